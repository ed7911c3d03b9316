import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';
import { BOB } from '../people.ts';

test('a thread and everything else is taken along as files while the server is away', async ({
  alice,
  browser,
}, info) => {
  const subject = aSubject('Pallet count');
  await alice.startThread({ subject, with: [BOB], message: 'Bay 4 holds **112** pallets.' });
  await alice.expectStatus('Everything is saved');
  await alice.goOffline();
  await alice.sendMessage('Bay 5 holds 90.');
  await alice.expectWaiting('Bay 5 holds 90.');

  const downloading = alice.page.waitForEvent('download');
  await alice.page.getByRole('button', { name: 'Thread menu' }).click();
  await alice.page.getByRole('menuitem', { name: 'Save as a page' }).click();
  const file = await downloading;
  expect(file.suggestedFilename()).toBe(`${subject.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()}.html`);

  const path = info.outputPath('thread.html');
  await file.saveAs(path);
  // The page forbids scripts, that of this test too.
  const reader = await browser.newPage({ bypassCSP: true });
  await reader.goto(`file://${path}`);
  await expect(reader.getByRole('heading', { name: subject })).toBeVisible();
  await expect(reader.getByRole('article').first()).toContainText('Bay 4 holds 112 pallets.');
  await expect(reader.getByRole('article').last()).toContainText('not sent yet');
  await expectAccessible(reader, 'an exported thread');
  await reader.close();

  await alice.page.getByRole('link', { name: 'Settings' }).click();
  const everything = alice.page.waitForEvent('download');
  await alice.page.getByRole('button', { name: 'Export everything' }).click();
  expect((await everything).suggestedFilename()).toMatch(/^parley-\d{4}-\d\d-\d\d\.zip$/);
  await expect(alice.page.getByRole('region', { name: 'Notices' })).toContainText('Everything is saved as a file');
});
