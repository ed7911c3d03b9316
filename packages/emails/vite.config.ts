import { defineConfig } from 'vite';

/** Node runs no TSX: the package is built. What the components need is taken along; the rest of that library is not. */
export default defineConfig({
  build: {
    ssr: 'src/index.ts',
    target: 'node24',
    outDir: 'dist',
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: 'index.js' } },
  },
  ssr: { noExternal: ['react-email'] },
});
