import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('a working day without a network: everything arrives once, in order, without a click', async ({
  alice,
  computerOf,
}) => {
  const subject = aSubject('Night shift');
  const other = aSubject('Forklift 7');
  const computer = await computerOf(BOB);
  let bob = await signedIn(await computer.start());
  await bob.startThread({ subject, with: [ALICE], message: 'Who has the keys?' });
  await alice.openThread(subject);
  await alice.sendMessage('The guard has them.');
  await bob.expectMessage('The guard has them.');
  await bob.expectUnread(subject, 0);
  await bob.expectStatus('Everything is saved');
  await bob.page.getByRole('link', { name: 'People' }).click();
  await bob.expectUnread(subject, 0);
  await bob.expectStatus('Everything is saved');
  await alice.sendMessage('Ask before six.');
  await bob.expectUnread(subject, 1);
  await bob.expectInstalled();

  await bob.goOffline();
  await bob.openThread(subject);
  await bob.expectBanner('You are offline.');
  await bob.expectMessage('Ask before six.');
  await bob.expectUnread(subject, 0);
  const five = [1, 2, 3, 4, 5].map((n) => `crate ${n} is in bay ${n * 3}`);
  for (const text of five) await bob.sendMessage(text);
  const edited = 'crate 3 is in bay 90';
  await bob.editMessage('crate 3 is in bay 9', edited);
  await bob.react('Ask before six.', '👍');
  await bob.expectWaiting(edited);
  await bob.startThread({ subject: other, with: [ALICE], message: 'It leaks oil again.' });
  await bob.expectWaiting('It leaks oil again.');
  await bob.expectStatus(/\d+ changes waiting: offline/);

  await bob.leave();
  bob = await computer.start({ offline: true });
  await bob.page.goto(`${bob.url}/`);
  await bob.expectThread(other);
  await bob.expectWaiting('It leaks oil again.');
  await bob.openThread(subject);
  const sent = five.map((text) => (text === 'crate 3 is in bay 9' ? edited : text));
  await bob.expectMessagesInOrder(/crate \d/, sent);
  for (const text of sent) await bob.expectWaiting(text);
  await bob.expectReaction('Ask before six.', '👍', 1);
  await bob.expectUnread(subject, 0);
  await bob.expectStatus(/\d+ changes waiting: offline/);
  await expect(alice.log).not.toContainText('crate ');
  await expect(alice.threadLink(other)).toHaveCount(0);

  await bob.goOnline();
  await bob.expectStatus('Everything is saved');
  await bob.expectNoBanner();
  for (const text of sent) await bob.expectSent(text);

  await alice.expectMessagesInOrder(/crate \d/, sent);
  await alice.expectReaction('Ask before six.', '👍', 1);
  await alice.expectUnread(other, 1);
  await alice.openThread(other);
  await alice.expectMessage('It leaks oil again.');

  await alice.page.reload();
  await alice.openThread(subject);
  await alice.expectMessagesInOrder(/crate \d/, sent);
  await expect(alice.log.getByRole('article')).toHaveCount(8);
});

test('the banner and the status line say what is the matter, and what waits', async ({ alice }) => {
  const subject = aSubject('Fuel cards');
  await alice.startThread({ subject, with: [], message: 'Card 12 is lost.' });
  await alice.expectSent('Card 12 is lost.');
  await alice.expectStatus('Everything is saved');

  await alice.goOffline();
  await alice.expectBanner('You are offline. Read and write as usual');
  await alice.expectStatus('Offline, all saved here');
  await alice.sendMessage('Blocked it.');
  await alice.expectWaiting('Blocked it.');
  await alice.expectStatus('1 change waiting: offline');
  await expect(alice.composer).toBeEnabled();

  await alice.goOnline();
  await alice.expectStatus('Everything is saved');
  await alice.expectSent('Blocked it.');
  await alice.expectNoBanner();
});

test('what is typed and not sent survives a closed browser', async ({ computerOf }) => {
  const subject = aSubject('Toll invoices');
  const computer = await computerOf(BOB);
  let bob = await signedIn(await computer.start());
  await bob.startThread({ subject, with: [ALICE], message: 'March is missing.' });
  await bob.composer.fill('Half a sentence about');
  await bob.leave();

  bob = await computer.start();
  await bob.page.goto(`${bob.url}/`);
  await bob.openThread(subject);
  await expect(bob.composer).toHaveValue('Half a sentence about');
});
