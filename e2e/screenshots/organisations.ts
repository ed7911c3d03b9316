/** Pages with nothing on them yet, and several organisations at once. */
import { startInstallation } from '../installation.ts';
import { test } from '../journey.ts';
import { ALICE } from '../people.ts';
import { take } from './take.ts';

test('organisations', async ({ visit }) => {
  await using fresh = await startInstallation();
  const alice = await visit(ALICE, { url: fresh.url });
  const { page } = alice;
  await alice.setUp(fresh.setUpUrl ?? '');
  await alice.expectInside();
  for (const name of ['drafts', 'saved', 'activity', 'people'] as const) {
    await page.goto(`${fresh.url}/${name}`);
    await page.getByRole('heading', { level: 1 }).last().waitFor();
    if (name === 'people') await page.getByRole('button', { name: 'Invite', exact: true }).waitFor();
    await take(page, `${name}-empty`);
  }
  await page.goto(`${fresh.url}/not/here`);
  await page.getByText('There is nothing here').waitFor();
  await take(page, 'not-found');
  await page.goto(`${fresh.url}/`);
  await page.getByRole('button', { name: 'Add a demo workspace' }).click();
  await alice.openThread('MV Skarv in dry dock');
  const thread = page.url();
  await take(page, 'organisations', async () => {
    await page.goto(thread);
    await alice.expectMessage('Thirteen would have been unlucky.');
  });
  await take(page, 'organisation-menu', async () => {
    await page.goto(`${fresh.url}/`);
    await page.getByRole('button', { name: 'choose another organisation' }).click();
    await page.getByRole('menuitemcheckbox', { name: /Kestrel/ }).waitFor();
  });
  await take(page, 'new-thread-organisations', async () => {
    await page.goto(`${fresh.url}/new`);
    await page.getByRole('radiogroup', { name: 'Organisation' }).waitFor();
  });
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Remove the demo' }).click();
  await page.getByRole('dialog', { name: 'Remove the demo?' }).waitFor();
  await take(page, 'demo-remove');
  await alice.leave();
});
