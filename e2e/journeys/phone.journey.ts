import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';
import type { Person } from '../person.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

test('on a phone: from the list to a thread and back', async ({ bob, visit }) => {
  const subject = aSubject('Ferry times');
  await bob.startThread({ subject, with: [ALICE], message: 'The noon ferry is cancelled.' });
  const alice = await signedIn(await visit(ALICE, PHONE));
  const { page } = alice;

  await expect(page.getByRole('navigation', { name: 'Parley' })).toBeVisible();
  await alice.threadLink(subject).tap();
  await alice.expectThread(subject);
  await expect(alice.threads).toBeHidden();

  await alice.composer.fill('Then the one at three.');
  const send = page.getByRole('button', { name: 'Send', exact: true });
  await expect(send).toBeInViewport({ ratio: 1 });
  await send.tap();
  await alice.expectSent('Then the one at three.');
  await bob.expectMessage('Then the one at three.');

  await page.getByRole('button', { name: 'Back to threads' }).tap();
  await expect(alice.threadLink(subject)).toBeVisible();
  await expect(alice.composer).toBeHidden();
});

test('nothing is wider than a window of 320 px', async ({ visit }) => {
  const alice = await signedIn(await visit(ALICE, { viewport: { width: 320, height: 640 } }));
  const subject = aSubject(`A subject that is much too long for so narrow a window, ${'x'.repeat(60)}`);
  await expectNoSidewaysScroll(alice);
  await alice.page.goto(`${alice.url}/new`);
  await expectNoSidewaysScroll(alice);
  await alice.page.goto(`${alice.url}/`);
  await alice.startThread({ subject, with: [BOB], message: 'Wide' });
  await alice.sendMessage('y'.repeat(200));
  await alice.composer.fill('```\n' + 'const wide = true; '.repeat(20) + '\n```');
  await alice.composer.press('Enter');
  await alice.composer.fill('| a | b | c | d |\n|-|-|-|-|\n| ' + 'column | '.repeat(4));
  await alice.composer.press('Enter');
  await expectNoSidewaysScroll(alice);
  for (const path of ['/people', '/settings']) {
    await alice.page.goto(`${alice.url}${path}`);
    await expectNoSidewaysScroll(alice);
  }
});

async function expectNoSidewaysScroll({ page }: Person): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const beyond = () =>
    page.evaluate(() => {
      const limit = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= limit) return [];
      return [...document.querySelectorAll('body *')]
        .filter((element) => element.getBoundingClientRect().right > limit + 0.5)
        .map((element) => `${element.tagName} ${element.getAttribute('class') ?? ''}`);
    });
  await expect.poll(beyond).toEqual([]);
}
