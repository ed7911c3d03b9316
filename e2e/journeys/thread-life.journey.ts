import type { Locator } from '@playwright/test';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { BOB } from '../people.ts';
import type { Person } from '../person.ts';

/** Opens the menu of a thread in the list and picks from it. */
async function pick(person: Person, subject: string, entry: string): Promise<void> {
  const item = person.page.getByRole('menuitem', { name: entry });
  const checkbox = person.page.getByRole('menuitemcheckbox', { name: entry });
  await person.threadLink(subject).click({ button: 'right' });
  await item.or(checkbox).click();
}

const filter = (person: Person, name: string | RegExp): Locator =>
  person.page.getByRole('group', { name: 'Show' }).getByRole('button', { name });

test('unread again from a message on, the same on another device', async ({ alice, bob, visit }) => {
  const subject = aSubject('Read it later');
  await bob.startThread({ subject, with: [alice.account], message: 'First' });
  for (const text of ['Second', 'Third']) await bob.sendMessage(text);
  await alice.openThread(subject);
  await alice.expectMessage('Third');
  await alice.expectUnread(subject, 0);
  const phone = await signedIn(await visit(alice.account));
  await phone.page.goto(`${phone.url}/new`);
  await phone.expectUnread(subject, 0);

  const second = alice.message('Second');
  await alice.press(second, 'More actions');
  await alice.page.getByRole('menuitem', { name: 'Mark unread from here' }).click();
  await alice.expectUnread(subject, 2);
  await phone.expectUnread(subject, 2);
  // Somebody who was shown them stays at the thread; only going on counts as reading.
  await alice.sendMessage('On my list now');
  await phone.expectUnread(subject, 0);
  await pick(phone, subject, 'Mark as unread');
  await alice.expectUnread(subject, 1);
});

test('pinned, muted and archived for oneself alone, without a network too', async ({ alice, bob }) => {
  const [subject, other] = [aSubject('Gate list'), aSubject('Yard tour')];
  await bob.startThread({ subject, with: [alice.account], message: 'Gate 2 is shut' });
  await bob.startThread({ subject: other, with: [alice.account], message: 'Monday at eight' });
  await alice.expectUnread(other, 1);
  await alice.goOffline();
  await alice.threadLink(subject).focus();
  await alice.page.keyboard.press('p');
  await expect(alice.threads.getByRole('link').first()).toContainText(subject);
  await pick(alice, other, 'Mute');
  await alice.expectUnread(other, 0);
  await alice.threadLink(other).focus();
  await alice.page.keyboard.press('e');
  await expect(alice.threadLink(other)).toHaveCount(0);
  await alice.goOnline();
  await alice.expectStatus('Everything is saved');

  // A message brings back what is not muted.
  await pick(alice, subject, 'Archive');
  await expect(alice.threadLink(subject)).toHaveCount(0);
  await alice.expectStatus('Everything is saved');
  await bob.sendMessage('Monday at nine');
  await bob.openThread(subject);
  await bob.sendMessage('Gate 2 is open again');
  await expect(alice.threadLink(subject)).toContainText('Gate 2 is open again');
  await filter(alice, 'Archived').click();
  await expect(alice.threadLink(other)).toContainText('Monday at nine');
  await pick(alice, other, 'Move back to threads');
  await filter(alice, 'All').click();
  await expect(alice.threadLink(other)).toBeVisible();
  // Bob's list knows nothing of it.
  await expect(bob.threads).not.toContainText(/Pinned|Muted/);
});

test('resolved by one, seen by all, reopened by writing', async ({ alice, bob }) => {
  const subject = aSubject('Broken pallet');
  await alice.startThread({ subject, with: [BOB], message: 'Dock 3 again' });
  await bob.openThread(subject);
  await alice.page.getByRole('button', { name: 'Thread menu' }).click();
  await alice.page.getByRole('menuitem', { name: 'Resolve for everyone' }).click();
  await expect(bob.page.getByRole('group', { name: 'Resolved' })).toContainText('Resolved by Alice Weber');
  await expect(bob.threadLink(subject)).toContainText('Alice resolved this thread');
  await filter(bob, 'Resolved').click();
  await expect(bob.threadLink(subject)).toBeVisible();

  await bob.page.getByLabel('Writing reopens it').uncheck();
  await bob.sendMessage('Thanks');
  await alice.expectMessage('Thanks');
  await expect(alice.page.getByRole('group', { name: 'Resolved' })).toBeVisible();
  await bob.page.getByLabel('Writing reopens it').check();
  await bob.sendMessage('It broke again');
  await alice.expectMessage('It broke again');
  await expect(alice.page.getByRole('group', { name: 'Resolved' })).toHaveCount(0);
  await expect(alice.log).toContainText('Bob Okafor reopened this thread');
});
