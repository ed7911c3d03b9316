import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** The Latin text face is needed for the first paint: fetch it together with the style sheet that asks for it. */
function preloadTextFace(): Plugin {
  return {
    name: 'preload-text-face',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => /inter-latin-wght-normal-[\w-]+\.woff2$/.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${file}` },
            injectTo: 'head' as const,
          })),
    },
  };
}

/** Where the frame of everything behind sign-in is, for public/before-paint.js. */
function nameFrame(): Plugin {
  return {
    name: 'name-frame',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.values(bundle ?? {})
          .filter((file) => file.type === 'chunk' && file.name === 'frame')
          .map(({ fileName }) => ({
            tag: 'meta',
            attrs: { name: 'parley-frame', content: `/${fileName}` },
            injectTo: 'head-prepend' as const,
          })),
    },
  };
}

export default defineConfig({
  // What its package gives by default is written for older browsers, and longer.
  resolve: { alias: [{ find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.mjs' }] },
  plugins: [
    react(),
    tailwindcss(),
    preloadTextFace(),
    nameFrame(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'service-worker.ts',
      injectRegister: null,
      manifest: {
        id: '/',
        name: 'Parley',
        short_name: 'Parley',
        description: 'Messages inside your organisation and with its partners.',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#fbfaf7',
        theme_color: '#fbfaf7',
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      injectManifest: {
        // Faces of other scripts are kept when a page first asks for them.
        globPatterns: ['**/*.{js,css,html,svg,png}', 'assets/*-latin-wght-normal-*.woff2'],
      },
    }),
  ],
  build: {
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    // A data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    manifest: true,
    rolldownOptions: {
      output: {
        // What comes before the list can be used is two files, and an opened thread is one more with the parser of its text,
        // which the list uses too: small shared files compress worse, and cost a request each.
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'], priority: 5 },
            { name: 'frame', test: /apps\/web\/src\/shell\/app-frame\.tsx$/, priority: 4 },
            { name: 'mutators', test: /packages\/core\/src\/mutators\.ts$/, priority: 2 },
            { name: 'plain-text', test: /apps\/web\/src\/markdown\/plain-text\.ts$/, priority: 3 },
            { name: 'thread-page', test: /apps\/web\/src\/threads\/thread-page\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/trpc': { target: 'http://localhost:3000', ws: true },
      '/presence': { target: 'http://localhost:3000', ws: true },
    },
  },
});
