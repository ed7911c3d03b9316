import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';
import { BOB } from '../people.ts';

test('a message goes out when it is due, and can be changed, sent or taken back before', async ({ alice, bob }) => {
  const subject = aSubject('Night train');
  await alice.startThread({ subject, with: [BOB], message: 'It leaves at ten.' });
  await bob.openThread(subject);
  await bob.expectMessage('It leaves at ten.');

  await alice.sendLater('Platform four.', 'Tomorrow morning');
  await alice.expectTyped('');
  await alice.page.getByRole('link', { name: 'Drafts and scheduled' }).click();
  const waiting = alice.page.getByRole('region', { name: 'Scheduled' }).getByRole('listitem');
  await expect(waiting).toContainText('Platform four.');
  await expectAccessible(alice.page, 'drafts and scheduled');
  await waiting.getByRole('button', { name: 'Edit' }).click();
  await alice.page.getByRole('dialog').getByLabel('Text').fill('Platform six.');
  await expectAccessible(alice.page, 'changing what goes out later');
  await alice.page.getByRole('button', { name: 'Save' }).click();
  await expect(waiting).toContainText('Platform six.');
  await waiting.getByRole('button', { name: 'Send now' }).click();
  await bob.expectMessage('Platform six.');
  await expect(waiting).toHaveCount(0);

  // By this clock it is due in an hour, and in truth it has been for one.
  await alice.page.clock.setSystemTime(Date.now() - 2 * 3_600_000);
  await alice.openThread(subject);
  await alice.sendLater('The train is late.', 'In an hour');
  await bob.expectMessage('The train is late.');
  await alice.expectMessage('The train is late.');
});
