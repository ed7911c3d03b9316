import { aSubject, expect, test } from '../journey.ts';
import { BOB } from '../people.ts';

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

test('signing out in one tab locks the other', async ({ alice }) => {
  const first = alice.page;
  await alice.openTab('/people');
  await alice.expectInside();
  await alice.signOut();
  await expect(first.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect.poll(() => alice.databases()).toEqual([]);
});
