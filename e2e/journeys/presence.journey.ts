/** Who is there, who types and who looks: seen at once, gone in time, and by nobody who may not know. */
import type { Page } from '@playwright/test';
import { expectAccessible } from '../accessibility.ts';
import { startInstallation } from '../installation.ts';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { CAROL, partnersIn } from '../partnership.ts';
import { ALICE, BOB } from '../people.ts';
import type { Person } from '../person.ts';

const here = ({ page }: Person, name: string) =>
  page.getByRole('banner').or(page.locator('header')).getByText(`${name} is here`);
const typing = ({ page }: Person, words: string) => page.getByRole('main').getByText(words, { exact: true });

test('typing appears in the other browser, and vanishes after silence and with the message', async ({ alice, bob }) => {
  const subject = aSubject('Gate times');
  await alice.startThread({ subject, with: [BOB], message: 'When does gate 4 open?' });
  await bob.openThread(subject);
  await expect(here(alice, 'Bob')).toBeVisible();
  await expect(here(bob, 'Alice')).toBeVisible();

  await bob.type('At six');
  await expect(typing(alice, 'Bob Okafor is typing…')).toBeVisible();
  await expect(alice.page.getByRole('status')).toHaveText('Bob Okafor is typing…');
  await expectAccessible(alice.page, 'somebody types');
  // Silence.
  await expect(typing(alice, 'Bob Okafor is typing…')).toHaveCount(0, { timeout: 10_000 });

  await bob.type(', I think');
  await expect(typing(alice, 'Bob Okafor is typing…')).toBeVisible();
  await bob.submit();
  await alice.expectMessage('At six, I think');
  await expect(typing(alice, 'Bob Okafor is typing…')).toHaveCount(0);
});

test('presence follows the page, the tab and the network', async ({ alice, bob }) => {
  const subject = aSubject('Night shift');
  await alice.startThread({ subject, with: [BOB], message: 'Who is there?' });
  await bob.openThread(subject);
  await alice.page.getByRole('button', { name: 'Details' }).click();
  const line = personLine(alice.page, BOB.name);
  await expect(line).toContainText('Looking at this thread');

  // Elsewhere in the program: there, and not here.
  await bob.page.getByRole('link', { name: 'People' }).click();
  await expect(line).toContainText('Active');
  await expect(here(alice, 'Bob')).toHaveCount(0);
  await expect(
    bob.page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ hasText: ALICE.name }),
  ).toContainText('Active');

  // A second tab keeps him there when the first is closed.
  const first = bob.page;
  await bob.openTab();
  await bob.openThread(subject);
  await expect(line).toContainText('Looking at this thread');
  await first.close();
  await expect(line).toContainText('Looking at this thread');

  await bob.goOffline();
  // The line is dead, and says nothing of it: the server notices when nobody answers.
  await expect(line).not.toContainText(/Active|Looking/, { timeout: 45_000 });
  // Who has no connection knows of nobody.
  await expect(here(bob, 'Alice')).toHaveCount(0);
  await bob.goOnline();
  await expect(line).toContainText('Looking at this thread');
  await expect(here(bob, 'Alice')).toBeVisible();

  await bob.page.goto('about:blank');
  await expect(line).not.toContainText(/Active|Looking/);
  await expect(line).toContainText('Last seen just now');
  // Whoever was not there to see it is told.
  await alice.page.reload();
  await alice.page.getByRole('button', { name: 'Details' }).click();
  await expect(line).toContainText(/Last seen (just now|1 minute ago)/);
  await alice.page.getByRole('link', { name: 'People' }).click();
  await expect(peopleLine(alice.page, BOB.name)).toContainText(/Last seen (just now|\d minutes? ago)/);
  await expectAccessible(alice.page, 'when people were last seen');
});

test('a computer that sleeps is gone, and back when it wakes', async ({ alice, computerOf }) => {
  const subject = aSubject('Closed lids');
  await alice.startThread({ subject, with: [BOB], message: 'Is anybody there?' });
  const computer = await computerOf(BOB);
  const bob = await signedIn(await computer.start());
  await bob.openThread(subject);
  await alice.page.getByRole('button', { name: 'Details' }).click();
  const line = personLine(alice.page, BOB.name);
  await expect(line).toContainText('Looking at this thread');

  const wake = computer.sleep();
  // The server notices when nobody answers.
  await expect(line).toContainText('Last seen', { timeout: 45_000 });
  await expect(here(alice, 'Bob')).toHaveCount(0);
  wake();
  await expect(line).toContainText('Looking at this thread');
  await expect(here(bob, 'Alice')).toBeVisible();
});

test('[PRE20] a tab that the browser freezes says so itself, and is back when it thaws', async ({ alice, bob }) => {
  const subject = aSubject('Ice');
  await alice.startThread({ subject, with: [BOB], message: 'Is it cold?' });
  await bob.openThread(subject);
  await alice.page.getByRole('button', { name: 'Details' }).click();
  const line = personLine(alice.page, BOB.name);
  await expect(line).toContainText('Looking at this thread');
  // A browser under test freezes nothing that it takes for being in sight: the page is told by hand.
  const tell = (event: string) => bob.page.evaluate((name) => void document.dispatchEvent(new Event(name)), event);
  await tell('freeze');
  await expect(line).toContainText('Last seen');
  await tell('resume');
  await expect(line).toContainText('Looking at this thread');
});

test('whoever wants to be left alone says so on every device, offline too, until they end it', async ({
  alice,
  bob,
  visit,
}) => {
  const subject = aSubject('Deadline');
  await alice.startThread({ subject, with: [BOB], message: 'Bob writes an offer.' });
  await bob.openThread(subject);
  await alice.page.getByRole('button', { name: 'Details' }).click();
  const line = personLine(alice.page, BOB.name);
  await expect(line).toContainText('Looking at this thread');
  await expect(line).not.toContainText('Do not disturb');

  // On the keyboard, and without a network.
  const other = await signedIn(await visit(BOB));
  await other.openThread(subject);
  await other.goOffline();
  await other.expectBanner('You are offline.');
  await other.page.getByRole('button', { name: `${BOB.name}: change account` }).focus();
  await other.page.keyboard.press('Enter');
  await expect(other.page.getByRole('menuitem', { name: 'Do not disturb for an hour' })).toBeVisible();
  await other.page.keyboard.press('End');
  await expect(other.page.getByRole('menuitem', { name: 'Do not disturb until I end it' })).toBeFocused();
  await other.page.keyboard.press('Enter');
  await expect(other.page.getByRole('button', { name: 'do not disturb is on' })).toBeVisible();
  await expect(line).not.toContainText('Do not disturb');
  await other.goOnline();
  await expect(line).toContainText('Do not disturb · Looking at this thread');
  await expect(bob.page.getByRole('button', { name: 'do not disturb is on' })).toBeVisible();
  await alice.page.getByRole('link', { name: 'People' }).click();
  await expect(peopleLine(alice.page, BOB.name)).toContainText('Do not disturb');
  await expectAccessible(alice.page, 'somebody wants to be left alone');

  await bob.page.getByRole('link', { name: 'Settings' }).click();
  await expect(bob.page.getByText('On until you end it.')).toBeVisible();
  await bob.page.getByRole('button', { name: 'End it now' }).click();
  await expect(peopleLine(alice.page, BOB.name)).toContainText('Active');
  await expect(peopleLine(alice.page, BOB.name)).not.toContainText('Do not disturb');
  await bob.page.getByRole('button', { name: 'Choose how long' }).click();
  await bob.page.getByRole('menuitem', { name: 'For an hour' }).click();
  await expect(bob.page.getByText(/^On until .*\d\d:\d\d\.$/)).toBeVisible();
  await expectAccessible(bob.page, 'do not disturb');
  await expect(peopleLine(alice.page, BOB.name)).toContainText('Do not disturb');
  await bob.page.getByRole('button', { name: 'End it now' }).click();
});

test('whoever is invisible sees the others and is not seen, on every device', async ({ alice, bob, visit }) => {
  const subject = aSubject('Quiet hours');
  await alice.startThread({ subject, with: [BOB], message: 'Do not disturb Bob.' });
  await bob.openThread(subject);
  await alice.page.getByRole('button', { name: 'Details' }).click();
  const line = personLine(alice.page, BOB.name);
  await expect(line).toContainText('Looking at this thread');

  const other = await visit(BOB);
  await other.signIn();
  await other.page.getByRole('link', { name: 'Settings' }).click();
  const choice = other.page.getByRole('radiogroup', { name: 'Presence' });
  await choice.getByRole('radio', { name: 'Invisible' }).click();
  await expect(line).not.toContainText(/Active|Looking/);
  await expect(line).toContainText('Last seen');
  await bob.type('Nobody sees this');
  await bob.submit();
  await alice.expectMessage('Nobody sees this');
  await expect(line).not.toContainText(/Active|Looking/);
  await expect(here(bob, 'Alice')).toBeVisible();

  await choice.getByRole('radio', { name: 'Visible', exact: true }).click();
  await expect(line).toContainText('Looking at this thread');
  await bob.page.goto('about:blank');
  await other.page.goto('about:blank');
  await expect(line).toContainText('Last seen');
});

test('[PRE20] a device that was away when its person became invisible does not betray them', async ({
  alice,
  bob,
  visit,
}) => {
  const subject = aSubject('Stale');
  await alice.startThread({ subject, with: [BOB], message: 'Who comes back?' });
  await bob.openThread(subject);
  await alice.page.getByRole('button', { name: 'Details' }).click();
  const line = personLine(alice.page, BOB.name);
  await expect(line).toContainText('Looking at this thread');
  const thread = bob.page.url();
  await bob.page.goto('about:blank');
  await expect(line).toContainText('Last seen');

  const other = await signedIn(await visit(BOB));
  await other.page.getByRole('link', { name: 'Settings' }).click();
  const choice = other.page.getByRole('radiogroup', { name: 'Presence' });
  await choice.getByRole('radio', { name: 'Invisible' }).click();
  await other.expectStatus('Everything is saved');
  await expect(line).toContainText('Last seen');
  const heard: string[] = [];
  await alice.page.exposeFunction('heardOfBob', (text: string) => heard.push(text));
  await alice.page.evaluate(() => {
    const page = window as never as { heardOfBob(text: string): void };
    new MutationObserver(() => {
      const text = document.body.innerText;
      if (/Bob is here|Looking at this thread|Active/.test(text)) page.heardOfBob(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  // With what it last knew on its disk.
  await bob.page.goto(thread);
  await expect(here(bob, 'Alice')).toBeVisible();
  await bob.sendMessage('Nobody saw me come');
  await alice.expectMessage('Nobody saw me come');
  expect(heard).toEqual([]);
  await choice.getByRole('radio', { name: 'Visible', exact: true }).click();
  await expect(line).toContainText('Looking at this thread');
});

test('a partner sees who is in the thread they share, and never that somebody writes a note', async ({ visit }) => {
  await using fresh = await startInstallation();
  const { alice, bob, carol } = await partnersIn(fresh, visit);
  const subject = aSubject('Claims');
  await alice.startThread({ subject, with: [BOB, CAROL], message: 'Three pallets are missing.' });
  await carol.openThread(subject);
  await bob.openThread(subject);
  await expect(carol.page.getByText('2 are here')).toBeVisible();
  await carol.page.getByRole('button', { name: 'Details' }).click();
  const line = personLine(carol.page, BOB.name);
  await expect(line).toContainText('Looking at this thread');

  const heard: string[] = [];
  await carol.page.exposeFunction('heardOfNote', (text: string) => heard.push(text));
  await carol.page.evaluate(() => {
    new MutationObserver(() => {
      const text = document.body.innerText;
      if (/is (writing|typing)/i.test(text)) (window as never as { heardOfNote(text: string): void }).heardOfNote(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await alice.page.keyboard.press('Alt+Shift+N');
  const note = alice.page.getByRole('textbox', { name: /note/i });
  await note.pressSequentially('We insured two of them');
  await expect(typing(bob, 'Alice Weber is writing a note…')).toBeVisible();
  await note.fill('');
  await expect(typing(bob, 'Alice Weber is writing a note…')).toHaveCount(0);
  expect(heard).toEqual([]);
  // What she writes to all of them is seen by all of them.
  await alice.page.keyboard.press('Alt+Shift+N');
  await alice.type('We look into it');
  await expect(typing(carol, 'Alice Weber is typing…')).toBeVisible();

  // Elsewhere Bob is there for his own people only.
  await bob.page.getByRole('link', { name: 'People' }).click();
  await expect(line).not.toContainText(/Active|Looking/);
  await expect(line).toContainText('Last seen');
  await alice.page.getByRole('button', { name: 'Details' }).click();
  await expect(personLine(alice.page, BOB.name)).toContainText('Active');
  // What he wants is said to partners where they see him, and nowhere else.
  await bob.page.getByRole('link', { name: 'Settings' }).click();
  await bob.page.getByRole('button', { name: 'Choose how long' }).click();
  await bob.page.getByRole('menuitem', { name: 'Until I end it' }).click();
  await expect(personLine(alice.page, BOB.name)).toContainText('Do not disturb');
  await expect(line).not.toContainText('Do not disturb');
  await bob.openThread(subject);
  await expect(line).toContainText('Do not disturb · Looking at this thread');
  for (const person of [alice, bob, carol]) await person.leave();
});

const peopleLine = (page: Page, name: string) =>
  page.getByRole('list', { name: 'People', exact: true }).getByRole('listitem').filter({ hasText: name });
const personLine = (page: Page, name: string) =>
  page.getByRole('list', { name: 'People in this thread' }).getByRole('listitem').filter({ hasText: name });
