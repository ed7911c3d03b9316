/** What is done with a message and with a thread, and who has read what. */
import { startInstallation } from '../installation.ts';
import { test } from '../journey.ts';
import { ALICE, BOB, MINA } from '../people.ts';
import { take } from './take.ts';

const SUBJECT = 'Ice on ramp 2';
const FIRST = 'The fitter says the drain is blocked.';
const LAST = 'Ramp 2 is shut until the salt is down.';

test('writing', async ({ visit }) => {
  await using fresh = await startInstallation();
  const { url } = fresh;
  const alice = await visit(ALICE, { url });
  const { page } = alice;
  await alice.setUp(fresh.setUpUrl ?? '');
  const bob = await visit(BOB, { url });
  await bob.acceptInvitation(await alice.invite(BOB));
  const mina = await visit(MINA, { url });
  await mina.acceptInvitation(await alice.invite(MINA));
  await mina.leave();
  await page.goto(`${url}/`);
  await alice.startThread({ subject: 'Salt for the yard', with: [BOB], message: 'Two pallets, before Friday.' });
  await alice.startThread({ subject: SUBJECT, with: [BOB, MINA], message: FIRST });
  await bob.openThread(SUBJECT);
  await bob.sendMessage('Then where do the vans go?');
  await alice.expectMessage('Then where do the vans go?');
  await alice.sendMessage(LAST);
  await bob.expectMessage(LAST);
  await alice.receipts.getByText(`Seen by ${BOB.name}`).waitFor();

  const thread = page.url();
  const again = async () => {
    await page.goto(thread);
    await alice.expectMessage(LAST);
  };
  await take(page, 'receipts', again);
  await take(page, 'readers', async () => {
    await again();
    await alice.receipts.click();
    await page.getByRole('region', { name: 'Who has seen this' }).waitFor();
  });
  await take(page, 'emoji', async () => {
    await again();
    await alice.press(alice.message(FIRST), 'React');
    await page.getByRole('dialog', { name: 'React' }).getByRole('button').first().waitFor();
  });
  await take(page, 'edit-message', async () => {
    await again();
    await alice.chooseFromMenu(LAST, 'Edit');
    await page.getByRole('button', { name: 'Save' }).waitFor();
  });
  await take(page, 'delete-message', async () => {
    await again();
    await alice.chooseFromMenu(LAST, 'Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).waitFor();
  });
  await take(page, 'thread-menu', async () => {
    await again();
    await page.getByRole('button', { name: 'Thread menu' }).click();
    await page.getByRole('menuitem', { name: 'Copy link' }).waitFor();
  });
  await take(page, 'list-menu', async () => {
    await page.goto(`${url}/`);
    await alice.threadLink(SUBJECT).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy link' }).waitFor();
  });
  await take(page, 'list-search', async () => {
    await page.goto(`${url}/`);
    // Beside the list, a desk has the thread that was open last.
    if (page.viewportSize()?.width === 1280) await alice.receipts.getByText('Seen by').waitFor();
    await page.getByRole('searchbox', { name: 'Find a thread' }).fill('sand');
    await page.getByText('No thread by that name').waitFor();
  });
  await take(page, 'rename', async () => {
    await again();
    await page.getByRole('button', { name: 'rename' }).click();
    await page.getByRole('textbox', { name: 'Subject' }).waitFor();
  });
  await take(page, 'people-picker', async () => {
    await page.goto(`${url}/new`);
    await page.getByRole('combobox', { name: 'People' }).fill('o');
    await page.getByRole('option').first().waitFor();
  });

  await again();
  await page.getByRole('button', { name: 'Thread menu' }).click();
  await page.getByRole('menuitem', { name: 'Resolve for everyone' }).click();
  await take(page, 'resolved', async () => {
    await again();
    await page.getByRole('group', { name: 'Resolved' }).waitFor();
  });
  await page.getByRole('button', { name: 'Reopen' }).click();
  await alice.sendLater('Salt is down, ramp 2 is open.', 'Tomorrow morning');
  await alice.expectTyped('');
  await take(page, 'edit-scheduled', async () => {
    await page.goto(`${url}/drafts`);
    await page.getByRole('region', { name: 'Scheduled' }).getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog', { name: 'Scheduled message' }).waitFor();
  });
  await page.keyboard.press('Escape');
  await alice.chooseUndoTime('30 s');
  const receipts = page.getByRole('radiogroup', { name: 'Read receipts' });
  await take(page, 'settings-reading', () => receipts.scrollIntoViewIfNeeded());
  await again();
  await alice.sendMessage('Who has the key to the salt store?');
  await take(page, 'undo');

  await alice.goOffline();
  await alice.sendMessage('The salt store is open now.');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('list', { name: 'Not sent' }).waitFor();
  await take(page, 'sign-out-unsent');
  await page.keyboard.press('Escape');
  await alice.goOnline();
  await alice.expectStatus('Everything is saved');
  await take(page, 'mentions', async () => {
    await again();
    await alice.composer.fill('');
    await alice.type('@bo');
    await page.getByRole('listbox', { name: 'People to mention' }).waitFor();
  });
  await bob.page.goto(`${url}/admin`);
  await bob.page.getByText('Owners and admins look after things here').waitFor();
  await take(bob.page, 'admin-refused');
  await alice.leave();
  await bob.leave();
});
