import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('a message is quoted, forwarded, pinned and saved, and every way leads back to it', async ({ alice, bob }) => {
  const subject = aSubject('Cold chain');
  const other = aSubject('Handover');
  await alice.startThread({ subject: other, with: [], message: 'Notes for the late shift.' });
  await alice.startThread({ subject, with: [BOB], message: 'Bay 4 stays at minus twenty.' });
  await bob.openThread(subject);
  await bob.sendMessage('Bay 5 is at plus four.');
  await bob.sendMessage('And bay 6 is off.');

  await alice.chooseFromMenu('And bay 6 is off.', 'Quote');
  await expect(alice.composer).toHaveValue(/^\[Bob Okafor\]\(.+\):\n> And bay 6 is off\.\n\n$/);
  await alice.composer.pressSequentially('Who set that?');
  await alice.submit();
  await expect(bob.message('Who set that?')).toContainText('Bob Okafor:And bay 6 is off.');
  await bob.message('Who set that?').getByRole('link', { name: 'Bob Okafor' }).click();
  await expect(bob.page).toHaveURL(/\/t\/[0-9a-f-]+$/);

  await alice.chooseFromMenu('Bay 4 stays at minus twenty.', 'Pin');
  await bob.page.getByRole('button', { name: '1 pinned message' }).click();
  await expect(bob.page.getByRole('list', { name: 'Pinned messages' })).toContainText('Bay 4 stays at minus twenty.');
  await expectAccessible(bob.page, 'pinned messages');
  await expect(bob.message('Bay 4 stays at minus twenty.')).toContainText('Pinned by Alice Weber');

  await alice.chooseFromMenu('Bay 5 is at plus four.', 'Save');
  await alice.expectStatus('Everything is saved');
  await alice.goOffline();
  await alice.chooseFromMenu('Bay 5 is at plus four.', 'Forward');
  await alice.page.getByRole('combobox', { name: 'Find a thread' }).fill(other);
  await expectAccessible(alice.page, 'forwarding');
  await alice.page.getByRole('combobox', { name: 'Find a thread' }).press('Enter');
  await alice.openThread(other);
  await expect(alice.message('Bay 5 is at plus four.')).toContainText('Forwarded from Bob Okafor');
  await alice.message('Bay 5 is at plus four.').getByRole('link', { name: subject }).click();
  await alice.expectThread(subject);
  await expect(alice.message('Bay 5 is at plus four.')).toBeInViewport();
  await expect(alice.page.getByText('That message is not there.')).toHaveCount(0);

  await alice.page.getByRole('link', { name: 'Saved', exact: true }).click();
  const saved = alice.page.getByRole('list', { name: 'Saved messages' });
  await expect(saved).toContainText('Bay 5 is at plus four.');
  await expectAccessible(alice.page, 'saved messages');
  await alice.goOnline();
  await alice.expectStatus('Everything is saved');
  await saved.getByRole('link', { name: subject }).click();
  await alice.expectThread(subject);
  await alice.page.getByRole('link', { name: 'Saved', exact: true }).click();
  await saved.getByRole('button', { name: 'Remove from saved' }).click();
  await expect(alice.page.getByText('Nothing saved yet')).toBeVisible();
});

test('of a message in which something is selected, that is what is quoted', async ({ alice, bob }) => {
  const subject = aSubject('Loading bay');
  await bob.startThread({ subject, with: [ALICE], message: 'Bay 4 is wet, bay 5 is dry.' });
  await alice.openThread(subject);
  await alice.expectMessage('Bay 4 is wet, bay 5 is dry.');
  const text = alice.message('Bay 4 is wet, bay 5 is dry.').getByText('Bay 4 is wet');
  await text.evaluate(
    ({ firstChild }) => firstChild && getSelection()?.setBaseAndExtent(firstChild, 14, firstChild, 26),
  );
  await alice.chooseFromMenu('Bay 4 is wet, bay 5 is dry.', 'Quote');
  await expect(alice.composer).toHaveValue(/^\[Bob Okafor\]\(.+\):\n> bay 5 is dry\n\n$/);
  await alice.composer.pressSequentially('Use that one.');
  await alice.submit();
  await bob.expectMessage('Use that one.');

  // What is selected elsewhere is no part of the message.
  await text.evaluate((element) => getSelection()?.selectAllChildren(element.ownerDocument.body));
  await alice.chooseFromMenu('Bay 4 is wet, bay 5 is dry.', 'Quote');
  await expect(alice.composer).toHaveValue(/> Bay 4 is wet, bay 5 is dry\.\n\n$/);
});
