import { expect, test } from '../journey.ts';
import { ALICE } from '../people.ts';
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

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Remove the demo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No threads yet')).toBeVisible();
  expect(alice.complaints.all).toEqual([]);
  await page.reload();
  await alice.expectInside();
  await expect(page.getByText('No threads yet')).toBeVisible();
});
