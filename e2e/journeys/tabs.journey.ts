import type { Page } from '@playwright/test';
import { aSubject, expect, test } from '../journey.ts';
import { BOB, type Account } from '../people.ts';

test('a second tab shows the same, and goes on when the first is closed', async ({ alice, bob }) => {
  const subject = aSubject('Reefer containers');
  await alice.startThread({ subject, with: [BOB], message: 'Plugged in at noon.' });
  const first = alice.page;
  await alice.expectSent('Plugged in at noon.');

  const second = await alice.openTab('/people');
  await alice.expectInside();
  await alice.openThread(subject);
  await alice.expectMessage('Plugged in at noon.');

  await bob.openThread(subject);
  await bob.sendMessage('Minus eighteen, steady.');
  await alice.expectMessage('Minus eighteen, steady.');
  await alice.sendMessage('Written in the second tab.');
  await bob.expectMessage('Written in the second tab.');
  alice.page = first;
  await alice.expectSent('Written in the second tab.');

  await alice.closeTab();
  expect(alice.page).toBe(second);
  await bob.sendMessage('Are you still there?');
  await alice.expectMessage('Are you still there?');
  await alice.sendMessage('Yes, in the other tab.');
  await bob.expectMessage('Yes, in the other tab.');
  await alice.expectStatus('Everything is saved');
});

test('[TAB2] of five tabs the one that leads is frozen, another takes over, and the thawed one follows it', async ({
  alice,
  bob,
}) => {
  const subject = aSubject('Night shift');
  await alice.startThread({ subject, with: [BOB], message: 'Who has the keys?' });
  await alice.expectSent('Who has the keys?');
  const first = alice.page;
  const path = new URL(first.url()).pathname;
  const tabs = [first];
  for (let count = 1; count < 5; count += 1) {
    tabs.push(await alice.openTab(path));
    await alice.expectMessage('Who has the keys?');
  }
  const frozen = await alice.leader();
  const thaw = await alice.freeze(first);
  await bob.openThread(subject);

  alice.page = tabs[2] ?? first;
  await alice.sendMessage('Typed in the third tab.');
  await bob.expectMessage('Typed in the third tab.');
  const heir = await alice.leader();
  expect(heir).not.toBe(frozen);
  await bob.sendMessage('I have them.');

  await thaw();
  for (const tab of tabs) {
    alice.page = tab;
    await alice.expectSent('Typed in the third tab.');
    await alice.expectMessage('I have them.');
    await alice.expectStatus('Everything is saved');
  }
  alice.page = first;
  await alice.sendMessage('Typed in the one that was frozen.');
  await bob.expectMessage('Typed in the one that was frozen.');
  expect(await alice.leader()).toBe(heir);
});

test('signing out in one tab locks the other', async ({ alice }) => {
  const first = alice.page;
  await alice.openTab('/people');
  await alice.expectInside();
  await alice.signOut();
  await expect(first.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect.poll(() => alice.databases()).toEqual([]);
});

test('[ACC1] a second account in another tab never sends what the first one wrote', async ({ alice, bob }) => {
  const subject = aSubject('Salary round');
  await alice.startThread({ subject, with: [BOB], message: 'For the two of us.' });
  await alice.expectSent('For the two of us.');
  const first = alice.page;
  const reconnect = await alice.cutTab(first);
  await alice.sendMessage('Written as Alice.');
  await alice.expectWaiting('Written as Alice.');

  await alice.context.clearCookies();
  const second = await alice.openTab('/people');
  await expect(second.getByRole('heading', { name: 'Sign in again' })).toBeVisible();
  await signInHere(second, BOB);
  await reconnect();
  await expect(first.getByRole('heading', { name: /^Sign in|is signed in now$/ })).toBeVisible();
  await alice.expectInside();
  await alice.openThread(subject);
  await alice.expectMessage('For the two of us.');
  await expect(alice.page.getByText('Written as Alice.')).toHaveCount(0);

  await alice.signOut();
  await signInHere(second, alice.account);
  await alice.openThread(subject);
  await alice.expectSent('Written as Alice.');
  await bob.openThread(subject);
  await bob.expectMessage('Written as Alice.');
  const row = bob.message('Written as Alice.');
  await expect(row).toHaveAccessibleName(new RegExp(`^${alice.account.name}`));
});

async function signInHere(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
