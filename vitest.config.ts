import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { leaveHole } from './scripts/testing/holes.ts';

const everywhere = '{apps,packages,bench,scripts,e2e}';
const shared = {
  setupFiles: ['scripts/testing/fail-on-console-error.ts'],
  exclude: ['**/node_modules/**', '**/dist/**'],
};

/** Three kinds of test: pure, with a real PostgreSQL, in a real browser. Journeys are Playwright's, in `e2e`. */
export default defineConfig({
  test: {
    // It would leave one processor to itself, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: [`${everywhere}/**/*.test.ts`],
          exclude: [...shared.exclude, '**/*.db.test.ts'],
        },
      },
      {
        plugins: [leaveHole(process.env['PARLEY_HOLE'])],
        test: {
          ...shared,
          name: 'db',
          include: [`${everywhere}/**/*.db.test.ts`],
          globalSetup: ['packages/db/src/testing/global-setup.ts'],
          // Real processes and crash recovery: what takes 2 s alone takes longer beside the other files.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [react(), tailwindcss()],
        // Nothing outside the chosen tests is to be bundled in the middle of one: that reloads the page.
        optimizeDeps: { entries: ['{apps/web,packages/{sync,ui}}/src/**/*.web.test.tsx'] },
        test: {
          ...shared,
          name: 'web',
          include: [`${everywhere}/**/*.web.test.tsx`],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({
              launchOptions: {
                executablePath: '/usr/bin/chromium',
                args: [
                  '--no-sandbox',
                  '--disable-gpu',
                  '--disable-quic',
                  '--no-first-run',
                  '--disable-background-networking',
                  '--disable-component-update',
                  '--disable-sync',
                ],
              },
            }),
          },
        },
      },
    ],
  },
});
