import { expect, test } from '../journey.ts';
import { ACME, ALICE } from '../people.ts';
import { startInstallation } from '../installation.ts';
import { Person } from '../person.ts';

test('the demo comes with one click, is at work, and goes with one', async ({ browser }) => {
  await using installation = await startInstallation();
  const alice = await Person.at(await browser.newContext(), { account: ALICE, url: installation.url });
  await alice.setUp(installation.setUpUrl ?? '');
  await alice.expectInside();
  const { page } = alice;

  await page.getByRole('button', { name: 'Add a demo workspace' }).click();
  await alice.openThread('MV Skarv in dry dock');
  await alice.expectMessage('Thirteen would have been unlucky.');
  await alice.sendMessage('Who brings the coffee to the sea trial?');
  await alice.expectSent('Who brings the coffee to the sea trial?');

  // Its organisations are kept apart, beside the one that was here already.
  const places = page.getByRole('group', { name: 'Threads of' });
  await expect(places.getByRole('button')).toHaveCount(4);
  await expect(alice.threadLink('Dock plan, this month')).toContainText('Kestrel Marine');
  await places.getByRole('button', { name: /Brightwater/ }).click();
  await expect(alice.threadLink('Ticket machines print blank receipts')).toBeVisible();
  await expect(alice.threadLink('Dock plan, this month')).toHaveCount(0);
  await page.getByRole('button', { name: 'choose another organisation' }).click();
  await page.getByRole('menuitemcheckbox', { name: /Kestrel/ }).click();
  await expect(alice.threadLink('Dock plan, this month')).toBeVisible();
  await expect(alice.threadLink('Ticket machines print blank receipts')).toHaveCount(0);
  await places.getByRole('button', { name: ACME }).click();
  await expect(page.getByText('No threads yet')).toBeVisible();
  await places.getByRole('button', { name: 'All organisations' }).click();
  await expect(alice.threadLink('Ticket machines print blank receipts')).toBeVisible();

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Remove the demo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No threads yet')).toBeVisible();
  expect(alice.complaints.all).toEqual([]);
  await page.reload();
  await alice.expectInside();
  await expect(page.getByText('No threads yet')).toBeVisible();
});
