import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import { expectAccessible } from '../accessibility.ts';
import { startInstallation } from '../installation.ts';
import { aSubject, expect, test } from '../journey.ts';
import { CAROL, partnersIn } from '../partnership.ts';
import { BOB } from '../people.ts';
import type { Person } from '../person.ts';

const PHONE = { width: 390, height: 844 };

test('a note in a partner thread is read inside, in its place, and leaves no trace at the partner', async ({
  visit,
}, info) => {
  await using fresh = await startInstallation();
  const { alice, bob, carol } = await partnersIn(fresh, visit);
  const subject = aSubject('Customs hold');
  await alice.startThread({ subject, with: [BOB, CAROL], message: 'The container is on hold.' });
  await carol.openThread(subject);
  await carol.sendMessage('The broker amends it.');
  await alice.expectMessage('The broker amends it.');

  // By keyboard, and it comes back as what it was.
  await alice.composer.fill('Thank you, Carol');
  await alice.page.keyboard.press('Alt+Shift+N');
  await expect(note(alice)).toBeFocused();
  await expect(alice.page.getByText('Only Acme Freight reads this')).toBeVisible();
  await alice.page.keyboard.type('Our margin is ');
  await alice.expectDraftKept('Our margin is ');
  await alice.page.reload();
  await expect(note(alice)).toHaveValue('Our margin is ');
  await expect(alice.composer).toHaveCount(0);
  await expectAccessible(alice.page, 'a note is being written');
  const kinds = alice.page.getByRole('radiogroup', { name: 'What you write' });
  await kinds.getByRole('radio', { name: 'Note' }).focus();
  await alice.page.keyboard.press('ArrowLeft');
  await expect(kinds.getByRole('radio', { name: 'Message' })).toBeFocused();
  await alice.expectTyped('Thank you, Carol');
  await alice.page.keyboard.press('ArrowRight');
  await note(alice).focus();
  await alice.page.keyboard.press('End');
  await alice.page.keyboard.type('eleven guilders');
  await alice.page.keyboard.press('Enter');
  await alice.expectSent('Our margin is eleven guilders');
  await expect(note(alice)).toHaveValue('');
  await carol.sendMessage('It is released.');

  // Unread with the messages, and read with them.
  await bob.expectUnread(subject, 4);
  await bob.openThread(subject);
  const timeline = [
    'The container is on hold.',
    'The broker amends it.',
    'Note, only Acme Freight sees this',
    'It is released.',
  ];
  const rows = bob.log.getByRole('article');
  await expect(rows).toHaveCount(4);
  await expect(rows).toContainText(timeline);
  await expect(bob.message('Our margin is eleven guilders')).toHaveAccessibleName(/^Note of Alice Weber/);
  await bob.expectUnread(subject, 0);
  await bob.react('Our margin is eleven guilders', '👍');
  await alice.expectReaction('Our margin is eleven guilders', '👍', 1);
  await alice.press(alice.message('Our margin is eleven guilders'), 'More actions');
  await expect(alice.page.getByRole('menuitem')).toHaveText(['Edit', 'Copy text', 'Delete']);
  await expectAccessible(alice.page, 'what can be done with a note');
  await alice.page.getByRole('menuitem', { name: 'Edit' }).click();
  await note(alice).fill('Our margin is twelve guilders');
  await alice.page.keyboard.press('Enter');
  await bob.expectMessage('Our margin is twelve guilders');
  await expect(bob.message('Our margin is twelve guilders')).toContainText('edited');

  // Whom it can mention.
  await note(alice).fill('@');
  await expect(alice.page.getByRole('option')).toHaveText([/Bob Okafor/, /Acme Freight/]);
  await note(alice).fill('');

  await alice.goOffline();
  await alice.expectBanner('You are offline.');
  await note(alice).fill('Bill them forty guilders');
  await alice.page.keyboard.press('Enter');
  await alice.expectWaiting('Bill them forty guilders');
  await alice.goOnline();
  await alice.expectSent('Bill them forty guilders');
  await bob.expectMessage('Bill them forty guilders');
  await expect(bob.threadLink(subject)).toContainText('Note Alice: Bill them forty guilders');
  await expect(carol.threadLink(subject)).toContainText('You: It is released.');

  // What was begun as a message is still one.
  await alice.page.keyboard.press('Alt+Shift+N');
  await alice.expectTyped('Thank you, Carol');
  await alice.submit();
  await carol.expectMessage('Thank you, Carol');

  // Its words leave by no mistake.
  await alice.press(alice.message('Our margin is twelve guilders'), 'More actions');
  await alice.page.getByRole('menuitem', { name: 'Copy text' }).click();
  await alice.composer.focus();
  await alice.page.keyboard.press('ControlOrMeta+V');
  await alice.page.keyboard.press('Enter');
  const question = alice.page.getByRole('group', { name: 'Before this goes out' });
  await expect(question).toContainText(`Text pasted from a note in “${subject}” will be read by Brightwater`);
  await expectAccessible(alice.page, 'a note is about to leave');
  await alice.page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await alice.expectTyped('Our margin is twelve guilders');
  await alice.composer.fill('');
  await expectAccessible(bob.page, 'a thread with notes');
  await bob.page.setViewportSize(PHONE);
  await expectAccessible(bob.page, 'a thread with notes on a phone');

  const marks = /guilders/;
  expect(await bob.cachedRows()).toMatch(marks);
  await expect(carol.log.getByRole('article')).toHaveCount(4);
  await expect(carol.page.getByRole('radiogroup', { name: 'What you write' })).toBeVisible();
  expect(await carol.cachedRows()).toContain('Thank you, Carol');
  expect(await carol.cachedRows()).not.toMatch(marks);
  expect(await cachedAnswers(carol)).not.toMatch(marks);

  expect(await savedData(alice, info.outputPath('alice.json'))).toMatch(marks);
  expect(await savedData(carol, info.outputPath('carol.json'))).not.toMatch(marks);

  expect(await everythingSaved(alice, info.outputPath('alice.zip'))).toMatch(marks);
  const ofCarol = await everythingSaved(carol, info.outputPath('carol.zip'));
  expect(ofCarol).toContain('Thank you, Carol');
  expect(ofCarol).not.toMatch(marks);
  await alice.openThread(subject);

  await alice.deleteMessage('Bill them forty guilders');
  await expect(bob.log.getByText('Note deleted')).toBeVisible();
  for (const person of [alice, bob, carol]) await person.leave();
});

/** The field where a note is written. */
const note = ({ page }: Person) => page.getByRole('textbox', { name: /^Note in/ });

/** All that the browser keeps of what it was answered, as one text. */
const cachedAnswers = ({ page }: Person): Promise<string> =>
  page.evaluate(async () => {
    const texts: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const answer of await cache.matchAll()) texts.push(await answer.text());
    }
    return texts.join('\n');
  });

/** Saves the open thread as data. @returns what is in the file */
async function savedData({ page }: Person, path: string): Promise<string> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Thread menu' }).click();
  await page.getByRole('menuitem', { name: 'Save as data' }).click();
  await (await downloading).saveAs(path);
  return readFile(path, 'utf8');
}

/** Exports all that a person can read. @returns what is in the files */
async function everythingSaved({ page }: Person, path: string): Promise<string> {
  await page.getByRole('link', { name: 'Settings' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export everything' }).click();
  await (await downloading).saveAs(path);
  return textsInZip(await readFile(path)).join('\n');
}

function textsInZip(zip: Buffer): string[] {
  const begin = 'PK\u0003\u0004';
  const texts: string[] = [];
  for (let at = zip.indexOf(begin); at >= 0; at = zip.indexOf(begin, at + 1)) {
    const data = zip.subarray(at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28));
    const isPacked = zip.readUInt16LE(at + 8) === 8;
    texts.push((isPacked ? inflateRawSync(data) : data).toString());
  }
  return texts;
}
