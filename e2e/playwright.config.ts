import { defineConfig } from '@playwright/test';
import { chromiumOptions } from './chromium.ts';

/** Journeys of people in a real browser, each worker with a whole installation of its own. */
export default defineConfig({
  testDir: './journeys',
  testMatch: '**/*.journey.ts',
  outputDir: '../test-results',
  globalSetup: './web-build.ts',
  // While one journey waits for its server or the disk, the other one has the processor.
  workers: 2,
  forbidOnly: true,
  // The decision why: docs/decisions/0007-a-second-walk.md.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: '../reports/playwright.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: chromiumOptions,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
  },
});
