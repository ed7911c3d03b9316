import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';
import type { Account } from '../people.ts';

const GIL: Account = { name: 'Gil Moreau', email: 'gil@harbour.example', password: 'seven paper boats' };

test('[SCOPE4] a guest from outside is let into one thread by a link, writes there, and sees nothing else', async ({
  alice,
  visit,
}) => {
  const [subject, other] = [aSubject('Berth for the ferry'), aSubject('Wages')];
  await alice.startThread({ subject: other, with: [], message: 'Nobody else reads this.' });
  await alice.startThread({ subject, with: [], message: 'Which berth is free?' });
  await alice.page.getByRole('button', { name: 'Details' }).click();
  await alice.page.getByRole('button', { name: 'Invite a guest' }).click();
  const dialog = alice.page.getByRole('dialog');
  await expect(dialog).toContainText(`Invite a guest to “${subject}”`);
  await expectAccessible(alice.page, 'invite a guest');
  await dialog.getByLabel('E-mail').fill(GIL.email);
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const link = await alice.page.getByLabel('Invitation link').inputValue();
  await alice.page.getByRole('button', { name: 'Done' }).click();

  const gil = await visit(GIL);
  await gil.acceptInvitation(link);
  await gil.openThread(subject);
  await gil.expectMessage('Which berth is free?');
  await gil.sendMessage('Number four.');
  await alice.expectMessage('Number four.');
  await expect(alice.page.getByRole('list', { name: 'People in this thread' })).toContainText(GIL.name);
  await expect(gil.threads.getByRole('link')).toHaveCount(1);
  await gil.page.getByRole('button', { name: 'Details' }).click();
  await expect(gil.page.getByRole('button', { name: 'Leave this thread' })).toBeVisible();
  await expect(gil.page.getByRole('button', { name: /Invite|Add people|New thread/ })).toHaveCount(0);
  expect(await gil.cachedRows()).not.toMatch(/Nobody else|Wages/);

  await alice.page.getByRole('button', { name: `Remove ${GIL.name}` }).click();
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(gil.page.getByText('You no longer take part in this thread')).toBeVisible();
  await expect.poll(() => gil.cachedRows()).not.toContain('Which berth is free?');
});
