import { defineConfig } from 'vite';

/** Node runs no TSX: the package is built. What the components need is taken along; the rest of that library is not. */
export default defineConfig({
  build: {
    ssr: 'src/index.ts',
    target: 'node24',
    outDir: 'dist',
    emptyOutDir: false,
    // Prettier is for looking at mails, which nobody does at run time.
    rolldownOptions: { external: /^prettier\b/, output: { entryFileNames: 'index.js' } },
  },
  ssr: { noExternal: ['react-email'] },
});
