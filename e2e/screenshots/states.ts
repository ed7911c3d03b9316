/** Pages and states beside the main path: what is kept for later, administration, and what could not go out. */
import { ACME_EXPORT } from '../../apps/api/src/imports/slack/export.fixture.ts';
import { zipOfJson } from '../../apps/api/src/imports/slack/zip.fixture.ts';
import { startInstallation } from '../installation.ts';
import { test } from '../journey.ts';
import { ALICE, BOB, type Account } from '../people.ts';
import type { Person } from '../person.ts';
import { writeInVain } from '../refusal.ts';
import { take } from './take.ts';

const SUBJECT = 'Gate 4 stays shut until Thursday';
const QUESTION = 'Can the Rotterdam trailers use gate 2 instead?';

async function talk(alice: Person, bob: Person): Promise<void> {
  await alice.startThread({ subject: 'Handover, late shift', with: [BOB], message: 'Keys are with the porter.' });
  await alice.startThread({
    subject: SUBJECT,
    with: [BOB],
    message: 'The hinge is cracked. **Nobody drives through.**',
  });
  await bob.openThread(SUBJECT);
  await bob.sendMessage(QUESTION);
  await alice.replyTo(QUESTION, 'Yes, after nine. Before that the milk lorries stand there.');
  await bob.expectMessage('Yes, after nine. Before that the milk lorries stand there.');
  await bob.replyTo(QUESTION, 'Then I tell them half past nine.');
  await alice.expectMessage('Then I tell them half past nine.');
  await alice.chooseFromMenu('The hinge is cracked. Nobody drives through.', 'Pin');
  await alice.chooseFromMenu(QUESTION, 'Save');
}

test('inside', async ({ visit }) => {
  await using fresh = await startInstallation();
  const { url } = fresh;
  const alice = await visit(ALICE, { url });
  const { page } = alice;
  await alice.setUp(fresh.setUpUrl ?? '');
  const bob = await visit(BOB, { url });
  await bob.acceptInvitation(await alice.invite(BOB));
  await page.goto(`${url}/`);
  await talk(alice, bob);

  const thread = page.url();
  const again = async () => {
    await page.goto(thread);
    await alice.expectMessage(QUESTION);
  };
  await take(page, 'details', async () => {
    await again();
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('region', { name: 'Details' }).waitFor();
  });
  await take(page, 'pins', async () => {
    await again();
    await page.getByRole('button', { name: '1 pinned message' }).click();
    await page.getByRole('list', { name: 'Pinned messages' }).waitFor();
  });
  await take(page, 'replies', async () => {
    await again();
    await alice
      .message(QUESTION)
      .getByRole('button', { name: /replies/ })
      .click();
    await page.getByText('2 replies', { exact: true }).filter({ visible: true }).waitFor();
  });
  await take(page, 'message-menu', async () => {
    await again();
    await alice.press(alice.message(QUESTION), 'More actions');
    await page.getByRole('menuitem', { name: 'Forward' }).waitFor();
  });
  await take(page, 'forward', async () => {
    await again();
    await alice.chooseFromMenu(QUESTION, 'Forward');
    await page.getByRole('combobox', { name: 'Find a thread' }).waitFor();
  });
  await take(page, 'schedule-menu', async () => {
    await again();
    await alice.composer.fill('The hinge is here, the fitter comes at seven.');
    await page.getByRole('button', { name: 'Send later' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Tomorrow morning' }).waitFor();
  });
  await again();
  await alice.sendLater('Gate 4 is open again.', 'Tomorrow morning');
  await alice.expectTyped('');
  await alice.type('Who signs for the');
  await alice.expectDraftKept('Who signs for the');
  await page.goto(`${url}/drafts`);
  await page.getByRole('region', { name: 'Scheduled' }).waitFor();
  await page.getByText('Who signs for the').filter({ visible: true }).first().waitFor();
  await take(page, 'drafts');
  await page.goto(`${url}/saved`);
  await page.getByRole('list', { name: 'Saved messages' }).waitFor();
  await take(page, 'saved');

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Change name' }).click();
  await page.getByRole('dialog', { name: 'Change name' }).waitFor();
  await take(page, 'change-name');

  const twice: Account = { name: 'Bob O.', email: 'bob.o@acme.example', password: 'seven crates of pears' };
  await page.goto(`${url}/people`);
  const before = await visit(twice, { url });
  await before.acceptInvitation(await alice.invite(twice));
  await before.leave();
  await alice.invite({ name: 'Zoe', email: 'zoe@acme.example', password: '' });
  for (const section of ['People', 'Invitations', 'Organisation', 'Import'] as const) {
    await page.goto(`${url}/people`);
    await alice.administer(section);
    await page.locator('nav [aria-current=page]').filter({ hasText: section }).waitFor();
    await take(page, `admin-${section.toLowerCase()}`);
  }
  await page.goto(`${url}/people`);
  await alice.makeTeam('Drivers', [BOB]);
  await take(page, 'admin-teams');
  await page.getByRole('button', { name: 'Edit Drivers' }).click();
  await page.getByRole('dialog').waitFor();
  await take(page, 'admin-team');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More for Drivers' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog', { name: 'Remove Drivers?' }).waitFor();
  await take(page, 'admin-team-remove');
  await page.keyboard.press('Escape');
  const tyres = {
    subject: 'Winter tyres',
    with: [],
    teams: ['Drivers'],
    message: '@Drivers they are fitted by Friday.',
  };
  await alice.startThread(tyres);
  await page.getByRole('button', { name: 'Details' }).click();
  await page.getByRole('list', { name: 'Groups in this thread' }).waitFor();
  await take(page, 'team-details');
  await page.goto(`${url}/people`);
  await page.getByRole('region', { name: 'Teams' }).getByText('Drivers').click();
  await page.getByRole('list', { name: 'People of Drivers' }).waitFor();
  await take(page, 'people-teams');
  await take(page, 'admin-merge', async () => {
    await page.goto(`${url}/people`);
    await alice.administer('People');
    await page.getByRole('button', { name: `More for ${twice.name}` }).click();
    await page.getByRole('menuitem', { name: 'Merge into somebody else' }).click();
    await page.getByRole('dialog').getByRole('combobox', { name: 'Who stays' }).fill('Bob Ok');
    await page.getByRole('dialog').getByRole('combobox').press('Enter');
    await page.getByRole('list', { name: 'What happens' }).waitFor();
  });
  await page.goto(`${url}/people`);
  await alice.administer('Import');
  const archive = { name: 'acme.zip', mimeType: 'application/zip', buffer: zipOfJson(ACME_EXPORT) };
  await page.getByLabel('Archive').setInputFiles(archive);
  await page.getByRole('heading', { name: /^The import is done/ }).waitFor();
  await take(page, 'admin-import-report');

  await writeInVain({ writer: bob, remover: alice, subject: 'Salary round', text: 'Here are my notes for Friday.' });
  const failed = bob.page.getByRole('list', { name: 'Could not be sent' });
  await failed.getByText('Here are my notes').waitFor();
  await take(bob.page, 'failed');
  await bob.page.goto(`${url}/activity`);
  await bob.page.getByText('Here are my notes').filter({ visible: true }).first().waitFor();
  await take(bob.page, 'activity-failed');
  for (const { complaints } of [alice, bob]) complaints.expectDisturbance();
  await alice.leave();
  await bob.leave();
});
