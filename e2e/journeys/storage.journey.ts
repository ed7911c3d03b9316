import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('the cache is deleted while the page is open: it is filled again, nobody notices, and nothing is lost', async ({
  alice,
  bob,
}) => {
  const subject = aSubject('Cold store 2');
  await alice.startThread({ subject, with: [BOB], message: 'Minus 21 at noon.' });
  await alice.expectSent('Minus 21 at noon.');
  await bob.openThread(subject);
  await alice.expectInstalled();
  await alice.goOffline();
  await alice.sendMessage('Compressor is loud.');
  await alice.expectWaiting('Compressor is loud.');

  await alice.deleteDatabases(/^parley-cache-/);
  await alice.expectMessagesInOrder(/./, ['Minus 21 at noon.', 'Compressor is loud.']);
  await alice.goOnline();
  await bob.expectMessage('Compressor is loud.');
  await bob.sendMessage('Fitter is called.');
  await alice.expectMessagesInOrder(/./, ['Minus 21 at noon.', 'Compressor is loud.', 'Fitter is called.']);
  await alice.expectStatus('Everything is saved');
  await expect.poll(() => alice.cachedRows()).toContain('Fitter is called.');

  // Without the server there is only what is on disk again.
  await alice.goOffline();
  await alice.page.reload();
  await alice.openThread(subject);
  await alice.expectMessagesInOrder(/./, ['Minus 21 at noon.', 'Compressor is loud.', 'Fitter is called.']);
});

test('cache and outbox are deleted while something waits: it is written down again, and goes out once', async ({
  alice,
  bob,
}) => {
  const subject = aSubject('Cold store 3');
  await alice.startThread({ subject, with: [BOB], message: 'Door is stuck.' });
  await alice.expectSent('Door is stuck.');
  await bob.openThread(subject);
  await alice.goOffline();
  await alice.sendMessage('Opened it by hand.');
  await alice.expectWaiting('Opened it by hand.');
  await alice.deleteDatabases(/^parley-(cache|outbox)-/);
  await alice.sendMessage('Closed it again.');
  await alice.goOnline();
  await bob.expectMessage('Opened it by hand.');
  await bob.expectMessage('Closed it again.');
  await alice.expectStatus('Everything is saved');
  await expect(bob.log.getByRole('article')).toHaveCount(3);
});

test('there is no room left: all can be read, the text stays in the field, and goes out when there is room', async ({
  bob,
  computerOf,
}) => {
  const subject = aSubject('Cold store 4');
  await bob.startThread({ subject, with: [ALICE], message: 'Defrosting.' });
  await bob.expectSent('Defrosting.');
  const computer = await computerOf(ALICE);
  let alice = await signedIn(await computer.start());
  await alice.leave();

  // A browser counts the room that is left when it opens a database for the first time.
  alice = await computer.start();
  await alice.page.goto(`${alice.url}/mark.svg`);
  const giveRoom = await alice.takeRoom();
  await alice.page.goto(`${alice.url}/`);
  await alice.openThread(subject);
  await alice.expectMessage('Defrosting.');
  await alice.composer.fill('Ice on the fan.');
  await alice.submit();
  await expect(alice.page.getByText('Your text is still here.')).toBeVisible();
  await expect(alice.composer).toHaveValue('Ice on the fan.');
  await expect(alice.message('Ice on the fan.')).toHaveCount(0);
  await alice.expectBanner('There is no space left on this device.');
  await alice.expectStatus('No space left on this device');
  await expectAccessible(alice.page, 'no room is left');
  await bob.openThread(subject);
  await bob.sendMessage('Can you read this?');
  await alice.expectMessage('Can you read this?');

  await giveRoom();
  await expect(alice.page.getByText('There is no space left on this device.').filter({ visible: true })).toHaveCount(0);
  await alice.submit();
  await bob.expectMessage('Ice on the fan.');
  await alice.expectSent('Ice on the fan.');
  await expect(bob.log.getByRole('article')).toHaveCount(3);
});

test('the browser has thrown cache and outbox away since yesterday: it is fetched again without a word', async ({
  computerOf,
}) => {
  const subject = aSubject('Cold store 5');
  const computer = await computerOf(ALICE);
  let alice = await signedIn(await computer.start());
  await alice.startThread({ subject, with: [BOB], message: 'Seal replaced.' });
  await alice.expectSent('Seal replaced.');
  await alice.expectStatus('Everything is saved');
  await alice.leave();

  alice = await computer.start();
  // A page of the same origin that opens no database.
  await alice.page.goto(`${alice.url}/mark.svg`);
  await alice.deleteDatabases(/^parley-(cache|outbox)-/);
  await alice.page.goto(`${alice.url}/`);
  await alice.openThread(subject);
  await alice.expectMessage('Seal replaced.');
  await alice.expectStatus('Everything is saved');
});

test('a tab crashes after a send without a network: it is there when the tab comes back, and goes out once', async ({
  alice,
  bob,
}) => {
  const subject = aSubject('Cold store 6');
  await alice.startThread({ subject, with: [BOB], message: 'Night shift.' });
  await alice.expectSent('Night shift.');
  await alice.expectInstalled();
  await bob.openThread(subject);
  await alice.goOffline();
  await alice.sendMessage('Alarm at two, reset.');
  await alice.expectWaiting('Alarm at two, reset.');
  await alice.crash();
  await alice.openTab();
  await alice.openThread(subject);
  await alice.expectWaiting('Alarm at two, reset.');
  await alice.goOnline();
  await bob.expectMessage('Alarm at two, reset.');
  await alice.expectSent('Alarm at two, reset.');
  await bob.expectMessagesInOrder(/./, ['Night shift.', 'Alarm at two, reset.']);
});
