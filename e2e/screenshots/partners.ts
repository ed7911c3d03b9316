/** Organisations that talk to each other: how that begins, what is written there, notes and guests; the log, and the hold. */
import { startInstallation } from '../installation.ts';
import { test } from '../journey.ts';
import { CAROL, invitePartner, inviteToDemo, partnersIn } from '../partnership.ts';
import { BOB, type Account } from '../people.ts';
import { take } from './take.ts';

const DAVE: Account = { name: 'Dave Lund', email: 'dave@globex.example', password: 'under the old bridge' };
const SUBJECT = 'Customs hold, container 8471';

test('partners', async ({ visit }) => {
  await using fresh = await startInstallation();
  const { url } = fresh;
  const { alice, bob, carol } = await partnersIn(fresh, visit);
  const { page } = alice;
  await carol.leave();
  const dave = await visit(DAVE, { url });
  await dave.acceptInvitation(await inviteToDemo(alice, DAVE, 'Admin'));
  await page.goto(`${url}/people`);
  await alice.administer('Partners');
  await page.getByRole('list', { name: 'Partners', exact: true }).waitFor();
  const link = await invitePartner(alice, DAVE);
  await take(page, 'admin-partners');
  await take(dave.page, 'partner-review', async () => {
    await dave.page.goto(link);
    await dave.page.getByRole('button', { name: /^Accept for Brightwater/ }).waitFor();
  });
  await dave.leave();

  // Carol is chosen already: the page of a new thread remembers.
  const thread = { subject: SUBJECT, with: [BOB], message: 'The port says the code on line 3 is wrong.' };
  await page.setViewportSize({ width: 1280, height: 820 });
  await page.goto(`${url}/new`);
  await take(page, 'new-external-thread', async () => {
    await page.goto(`${url}/new`);
    await page.getByRole('combobox', { name: 'People' }).waitFor();
    const start = page.getByRole('button', { name: 'Start external thread' });
    // What was chosen in the narrow window is still chosen in the wide one.
    if (!(await start.isVisible())) {
      await page.getByRole('combobox', { name: 'People' }).fill('Carol');
      await page.getByRole('option').filter({ hasText: CAROL.name }).click();
    }
    await start.waitFor();
  });
  await page.setViewportSize({ width: 1280, height: 820 });
  await page.goto(`${url}/people`);
  await alice.startThread(thread);
  await bob.openThread(SUBJECT);
  await bob.sendMessage('The broker amends it before noon.');
  await alice.expectMessage('The broker amends it before noon.');
  await page.keyboard.press('Alt+Shift+N');
  const note = page.getByRole('textbox', { name: /^Note in/ });
  await note.fill('If it is not out by six we pay for the weekend, about EUR 1,900.');
  await page.keyboard.press('Enter');
  await alice.expectSent('If it is not out by six we pay for the weekend, about EUR 1,900.');
  const here = page.url();
  const again = async () => {
    await page.goto(here);
    await alice.expectMessage('The broker amends it before noon.');
  };
  await take(page, 'note-writing', again);
  await page.getByRole('radio', { name: 'Message' }).check();
  await take(page, 'external-thread', again);
  await take(page, 'external-details', async () => {
    await again();
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Invite a guest' }).waitFor();
  });
  await take(page, 'guest-invite', async () => {
    await again();
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Invite a guest' }).click();
    await page.getByRole('dialog').getByLabel('E-mail').waitFor();
  });

  await page.setViewportSize({ width: 1280, height: 820 });
  await page.goto(`${url}/people`);
  await alice.administer('Audit log');
  await page.getByRole('list').last().getByRole('listitem').first().waitFor();
  await take(page, 'admin-audit-log');
  await take(page, 'admin-hold', async () => {
    await page.goto(`${url}/people`);
    await alice.administer('Organisation');
    await page.getByRole('button', { name: /hold/i }).click();
    await page.getByRole('dialog').getByLabel('Reason').waitFor();
  });
  for (const person of [alice, bob]) await person.leave();
});
