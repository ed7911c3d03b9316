import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** WCAG 2.2 AA and axe's good practices. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Looks through the page as it stands and fails with each violation and where it is. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  expect(await accessibilityFaults(page), state).toEqual({ light: [], dark: [] });
}

/** Each violation and where it is; in dark only those of the colours. */
export async function accessibilityFaults(page: Page): Promise<{ light: string[]; dark: string[] }> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const light = await violations(page, axe(page).withTags(RULES));
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  const dark = await violations(page, axe(page).withRules(['color-contrast', 'link-in-text-block']));
  return { light, dark };
}

const axe = (page: Page): AxeBuilder =>
  new AxeBuilder({ page })
    // There are no frames; without this mode a page is opened for each look.
    .setLegacyMode()
    // They catch the focus on its way out of a popup and hand it on at once: nobody ever rests on one.
    .exclude('[data-base-ui-focus-guard]');

async function violations(page: Page, builder: AxeBuilder): Promise<string[]> {
  const found: string[] = [];
  for (const { id, nodes } of (await builder.analyze()).violations) {
    for (const { target, failureSummary = '' } of nodes) {
      const path = target.join(' ');
      // A popup is drawn at the end of the page, outside its landmarks, and is reached from its trigger.
      if (id === 'region' && (await page.locator(path).evaluate(isInPopup))) continue;
      found.push(`${id} at ${path}: ${failureSummary}`);
    }
  }
  return found;
}

const isInPopup = (element: Element): boolean => element.closest('[data-base-ui-portal]') !== null;
