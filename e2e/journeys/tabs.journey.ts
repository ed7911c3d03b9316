import { expectAccessible } from '../accessibility.ts';
import type { Page } from '@playwright/test';
import { aSubject, expect, signedIn, test } from '../journey.ts';
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

test('[ACC1] two people in two tabs of one browser: each writes as themselves, with and without a network', async ({
  alice,
  bob,
  visit,
}) => {
  const subject = aSubject('Salary round');
  await alice.startThread({ subject, with: [BOB], message: 'For the two of us.' });
  await alice.expectSent('For the two of us.');
  const first = alice.page;
  await alice.expectInstalled();

  // Bob signs in in another tab of Alice's browser.
  const second = await alice.openTab('/people');
  await alice.expectInside();
  await second.getByRole('button', { name: `${alice.account.name}: change account` }).click();
  await second.getByRole('menuitem', { name: 'Use another account' }).waitFor();
  await expectAccessible(second, 'accounts on this device');
  await second.getByRole('menuitem', { name: 'Use another account' }).click();
  await expect(second.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await signInHere(second, BOB);
  await alice.expectInside();
  await alice.openThread(subject);
  const inTab = async (tab: Page, text: string) => {
    alice.page = tab;
    await alice.sendMessage(text);
    await alice.expectWaiting(text);
  };

  await alice.goOffline();
  await inTab(first, 'Written as Alice.');
  await inTab(second, 'Written as Bob.');
  await inTab(first, 'Once more as Alice.');
  for (const tab of [first, second]) await tab.reload();
  alice.page = first;
  await alice.expectWaiting('Written as Alice.');
  await expect(first.getByText('Written as Bob.')).toHaveCount(0);
  alice.page = second;
  await alice.expectWaiting('Written as Bob.');
  await expect(second.getByText('Written as Alice.')).toHaveCount(0);

  await alice.goOnline();
  const witness = await signedIn(await visit(BOB));
  for (const reader of [alice, bob, witness]) {
    if (reader !== alice) await reader.openThread(subject);
    for (const [text, author] of [
      ['Written as Alice.', alice.account],
      ['Written as Bob.', BOB],
      ['Once more as Alice.', alice.account],
    ] as const) {
      await reader.expectSent(text);
      await expect(reader.message(text)).toHaveAccessibleName(new RegExp(`^${author.name}`));
    }
  }

  // Alice signs out; Bob's tab, and what it holds, goes on.
  const aliceId = await first.evaluate(() => sessionStorage.getItem('parley.person') ?? '');
  alice.page = first;
  await alice.signOut();
  const held = await alice.databases();
  expect(held.filter((name) => name.includes(aliceId))).toEqual([]);
  alice.page = second;
  await alice.sendMessage('Bob goes on.');
  await alice.expectSent('Bob goes on.');
  await second.reload();
  await alice.expectInside();
  await alice.expectSent('Bob goes on.');
  await bob.expectMessage('Bob goes on.');
});

test('whoever is signed in on this device is a press away, and a tab stays with its person', async ({ alice }) => {
  const { page } = alice;
  const subject = aSubject('Only for Alice');
  await alice.startThread({ subject, with: [], message: 'My own list' });
  await alice.expectSent('My own list');
  const choose = async (from: string, to: RegExp | string) => {
    await page.getByRole('button', { name: `${from}: change account` }).focus();
    await page.keyboard.press('Enter');
    const item = page.getByRole('menu', { name: 'Accounts on this device' }).getByText(to);
    await item.click();
  };
  await choose(alice.account.name, 'Use another account');
  await signInHere(page, BOB);
  await alice.expectInside();
  await expect(page.getByText(subject)).toHaveCount(0);

  await choose(BOB.name, new RegExp(`^${alice.account.name}`));
  await alice.expectInside();
  await expect(alice.threadLink(subject)).toBeVisible();
  const other = await alice.openTab('/');
  await alice.expectInside();
  alice.page = other;
  await expect(alice.threadLink(subject)).toBeVisible();
  alice.page = page;
  await choose(alice.account.name, new RegExp(`^${BOB.name}`));
  await alice.expectInside();
  for (const [tab, owner] of [
    [other, alice.account],
    [page, BOB],
  ] as const) {
    await tab.reload();
    await expect(tab.getByRole('button', { name: `${owner.name}: change account` })).toBeVisible();
  }

  // Locked, a person is asked for their password.
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Lock' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.reload();
  await page.getByRole('group', { name: 'Accounts on this device' }).getByText(alice.account.email).click();
  await alice.expectInside();
  await choose(alice.account.name, new RegExp(`^${BOB.name} .* locked$`));
  await expect(page.getByLabel('E-mail')).toHaveValue(BOB.email);
  await signInHere(page, BOB);
  await alice.expectInside();
});

test('[ACC1] a session that ended leaves the queue as it is, until its person is back', async ({ alice, bob }) => {
  const subject = aSubject('Night watch');
  await alice.startThread({ subject, with: [BOB], message: 'Who has it?' });
  await alice.expectSent('Who has it?');
  const first = alice.page;
  const reconnect = await alice.cutTab(first);
  await alice.sendMessage('I do.');
  await alice.expectWaiting('I do.');
  await alice.context.clearCookies();
  const second = await alice.openTab('/people');
  await expect(second.getByRole('heading', { name: 'Sign in again' })).toBeVisible();
  await signInHere(second, BOB);
  await reconnect();
  await expect(first.getByRole('heading', { name: 'Sign in again' })).toBeVisible();
  await alice.expectInside();
  await alice.openThread(subject);
  await expect(second.getByText('I do.')).toHaveCount(0);
  await signInHere(first, alice.account);
  alice.page = first;
  await alice.expectInside();
  await alice.openThread(subject);
  await alice.expectSent('I do.');
  await bob.openThread(subject);
  await expect(bob.message('I do.')).toHaveAccessibleName(new RegExp(`^${alice.account.name}`));
});

async function signInHere(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
