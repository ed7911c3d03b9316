import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('who writes sees who has read it; who switches that off shows and sees nothing', async ({ alice, bob }) => {
  const subject = aSubject('Night shift');
  await alice.startThread({ subject, with: [BOB], message: 'Who takes the night shift on Friday?' });
  await expect(alice.receipts).toContainText('Sent');

  await bob.openThread(subject);
  await bob.expectMessage('Who takes the night shift on Friday?');
  await expect(alice.receipts).toContainText(`Seen by ${BOB.name}`);

  await alice.receipts.click();
  const panel = alice.page.getByRole('region', { name: 'Who has seen this' });
  await expect(panel.getByRole('list', { name: 'Seen' })).toContainText(BOB.name);
  await expect(panel).toContainText('Everyone has seen it.');
  await expectAccessible(alice.page, 'who has read a message');
  await alice.page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await expect(alice.receipts).toBeFocused();

  await bob.sendMessage('I can.');
  await alice.expectMessage('I can.');
  await expect(bob.receipts).toContainText(`Seen by ${ALICE.name}`);
  await alice.chooseFromMenu('I can.', 'Who has seen this');
  await expect(panel.getByRole('list', { name: 'Seen' })).toContainText(`${ALICE.name} (you)`);
  await alice.page.keyboard.press('Escape');

  await bob.switchReceipts('Off');
  await expect(alice.receipts).toContainText('Sent');
  await bob.openThread(subject);
  await bob.expectMessage('I can.');
  await expect(bob.receipts).toHaveCount(0);
  await bob.sendMessage('From ten o’clock.');
  await alice.expectMessage('From ten o’clock.');
  await alice.sendMessage('Thank you.');
  await bob.expectMessage('Thank you.');
  await expect(bob.message('From ten o’clock.')).toBeVisible();
  await expect(bob.receipts).toHaveCount(0);
  expect(await bob.cachedRows()).not.toContain('receipts.thread:');

  await bob.switchReceipts('On');
  await bob.openThread(subject);
  await expect(bob.receipts).toContainText(`Seen by ${ALICE.name}`);
  await expect(alice.receipts).toContainText(`Seen by ${BOB.name}`);
});

test('they are there without a network as they were last', async ({ alice, bob }) => {
  const subject = aSubject('Gate four');
  await alice.startThread({ subject, with: [BOB], message: 'Gate four is shut.' });
  await bob.openThread(subject);
  await expect(alice.receipts).toContainText(`Seen by ${BOB.name}`);
  await alice.expectInstalled();
  await alice.goOffline();
  await alice.page.reload();
  await expect(alice.receipts).toContainText(`Seen by ${BOB.name}`);
  await alice.goOnline();
});

test('an organisation that switches them off has none, and they come back with the switch', async ({ alice, bob }) => {
  const subject = aSubject('Customs');
  await alice.startThread({ subject, with: [BOB], message: 'The papers are here.' });
  await bob.openThread(subject);
  await expect(alice.receipts).toContainText(`Seen by ${BOB.name}`);

  const choose = async (which: 'On' | 'Off') => {
    await alice.administer('Organisation');
    const radio = alice.page.getByRole('radiogroup', { name: 'Read receipts' }).getByRole('radio', { name: which });
    await radio.click();
    await expect(radio).toBeChecked();
  };
  await choose('Off');
  await expectAccessible(alice.page, 'administration, receipts off');
  await alice.openThread(subject);
  await alice.expectMessage('The papers are here.');
  await expect(alice.receipts).toHaveCount(0);
  await choose('On');
  await alice.openThread(subject);
  await expect(alice.receipts).toContainText(`Seen by ${BOB.name}`);
});
