import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';

test('[LOG1] a page shows what waits and why, lets it be taken back, and says what happened', async ({ alice }) => {
  const subject = aSubject('Crane inspection');
  await alice.startThread({ subject, with: [], message: 'Booked for Tuesday.' });
  await alice.expectStatus('Everything is saved');
  await alice.goOffline();
  await alice.sendMessage('Bring the log book.');
  await alice.sendMessage('And the second key.');
  await alice.expectStatus(/\d changes waiting/);
  const { page } = alice;
  await page.getByRole('link', { name: /\d changes waiting/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Saving and sending' })).toBeVisible();

  const lane = page.getByRole('region', { name: 'Waiting' }).getByRole('region', { name: subject });
  await expect(lane).toContainText('Bring the log book.');
  const second = lane.getByRole('listitem').filter({ hasText: 'second key' });
  await expect(second).toContainText('Waits for a connection');
  await expectAccessible(page, 'what waits');
  await second.getByRole('button', { name: 'Take back' }).click();
  await expect(lane).not.toContainText('second key');

  await alice.goOnline();
  await expect(page.getByText('Nothing waits')).toBeVisible();
  const happened = page.getByRole('list', { name: 'What happened' });
  await expect(happened).toContainText('No network');
  await expect(happened).toContainText('Connected');
  await expect(happened).toContainText(/Sent \d changes?/);
  await expect(happened).not.toContainText('log book');
  await alice.openThread(subject);
  await alice.expectSent('Bring the log book.');
  await expect(alice.message('And the second key.')).toHaveCount(0);
});
