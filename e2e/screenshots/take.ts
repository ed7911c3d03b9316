import { expect, type Page } from '@playwright/test';
import { accessibilityFaults } from '../accessibility.ts';
import { pictures } from '../env.ts';

const WINDOWS = { 1280: { width: 1280, height: 820 }, 390: { width: 390, height: 844 } };

/**
 * The page as it stands, in every window and theme: `NAME-WIDTH-THEME.png`; axe looks at it too.
 * @param begin brings the page into its state, once in each window
 */
export async function take(page: Page, name: string, begin?: () => Promise<void>): Promise<void> {
  for (const width of [390, 1280] as const) {
    await page.setViewportSize(WINDOWS[width]);
    await begin?.();
    await takeIn(width, page, name);
  }
}

/** The same of what a phone does not have. */
export const takeAtDesk = (page: Page, name: string): Promise<void> => takeIn(1280, page, name);

async function takeIn(width: keyof typeof WINDOWS, page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(atRest);
    await page.screenshot({ path: `${pictures.folder}/${name}-${width}-${colorScheme}.png`, caret: 'hide' });
  }
  expect.soft(await accessibilityFaults(page), `${name}, ${width} px`).toEqual({ light: [], dark: [] });
}

/** Runs in the page: its fonts are there, its pictures too, and nothing moves any more. */
async function atRest(): Promise<void> {
  await document.fonts.ready;
  const finite = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(finite.map(({ finished }) => finished));
  await Promise.allSettled([...document.images].map((image) => image.decode()));
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
