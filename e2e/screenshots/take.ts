import type { Page } from '@playwright/test';

export const FOLDER = new URL('../../docs/screenshots', import.meta.url).pathname;

const WINDOWS = { 1280: { width: 1280, height: 820 }, 390: { width: 390, height: 844 } };

export interface Picture {
  folder: string;
  name: string;
  /** Brings the page into its state, once in each window. */
  begin?: () => Promise<void>;
}

/** The page as it stands, in every window and theme: `FOLDER/NAME-WIDTH-THEME.png`. */
export async function take(page: Page, { folder, name, begin }: Picture): Promise<void> {
  for (const [width, viewport] of Object.entries(WINDOWS)) {
    await page.setViewportSize(viewport);
    await begin?.();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, caret: 'hide' });
    }
  }
  await page.setViewportSize(WINDOWS[1280]);
}
