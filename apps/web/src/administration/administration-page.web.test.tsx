import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import '../styles.css';
import { SectionLinks } from './administration-page.tsx';

afterEach(clear);

/** Draws the parts of administration in a window of that width, with one of them open. */
async function parts(width: number, open: string): Promise<{ nav: HTMLElement; last: DOMRect }> {
  await page.viewport(width, 800);
  const root = createRootRoute();
  const admin = createRoute({
    getParentRoute: () => root,
    path: '/admin/$orgId/$section',
    component: () => (
      <div className="px-4">
        <SectionLinks orgId="acme" />
      </div>
    ),
  });
  const history = createMemoryHistory({ initialEntries: [`/admin/acme/${open}`] });
  const router = createRouter({ routeTree: root.addChildren([admin]), history });
  draw(<RouterProvider router={router as never} />, { width });
  await soon(() => expect(document.querySelector(`[aria-current=page][href$='/${open}']`)).not.toBeNull());
  const nav = document.querySelector('nav') as HTMLElement;
  return { nav, last: (nav.lastElementChild as HTMLElement).getBoundingClientRect() };
}

/** Where the edge begins to fade. */
const FADE = 20;

test('all parts of administration fit beside one another in a window', async () => {
  const { nav, last } = await parts(660, 'people');
  expect(nav.scrollWidth).toBe(nav.clientWidth);
  expect(last.right).toBeLessThanOrEqual(660 - FADE);
});

test('on a phone they do not: the last ones fade, and the one that is open is in sight', async () => {
  const { nav } = await parts(390, 'people');
  expect(nav.scrollWidth).toBeGreaterThan(nav.clientWidth);
  expect(getComputedStyle(nav).maskImage).toContain('linear-gradient');
  clear();
  const { last } = await parts(390, 'log');
  // Places to scroll to are whole pixels.
  expect(Math.floor(last.right)).toBeLessThanOrEqual(390 - FADE);
});
