import { defineConfig } from '@playwright/test';
import { chromiumOptions } from '../chromium.ts';
import { pictures } from '../env.ts';

/** `npm run screenshots`: pictures of every page into `docs/screenshots`. Not a test; nothing compares them. */
export default defineConfig({
  testDir: '.',
  testMatch:
    pictures.importFile === undefined
      ? [
          'pages.ts',
          'states.ts',
          'writing.ts',
          'organisations.ts',
          'partners.ts',
          'presence.ts',
          'ways-in.ts',
          'device.ts',
        ]
      : 'imported.ts',
  outputDir: '../../test-results',
  globalSetup: '../web-build.ts',
  workers: 1,
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: chromiumOptions,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    actionTimeout: 15_000,
  },
});
