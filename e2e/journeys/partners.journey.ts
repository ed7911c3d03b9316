import { expectAccessible } from '../accessibility.ts';
import { startInstallation } from '../installation.ts';
import { aSubject, expect, test } from '../journey.ts';
import { CAROL, invitePartner, inviteToDemo } from '../partnership.ts';
import { ACME, ALICE, type Account } from '../people.ts';
import type { Person } from '../person.ts';

const DAVE: Account = { name: 'Dave Lund', email: 'dave@globex.example', password: 'under the old bridge' };

test('two organisations become partners, see each other, rest it and end it; nobody else gets in', async ({
  visit,
}) => {
  await using fresh = await startInstallation();
  const alice = await visit(ALICE, { url: fresh.url });
  await alice.setUp(fresh.setUpUrl ?? '');
  await alice.expectInside();
  // The other organisation: one of the demo's, which Carol looks after and Dave is a member of.
  await alice.page.getByRole('button', { name: 'Add a demo workspace' }).click();
  await expect(alice.threadLink('Ticket machines print blank receipts')).toBeVisible();
  const carol = await visit(CAROL, { url: fresh.url });
  await carol.acceptInvitation(await inviteToDemo(alice, CAROL, 'Admin'));
  await carol.signOut();
  const dave = await visit(DAVE, { url: fresh.url });
  await dave.acceptInvitation(await inviteToDemo(alice, DAVE, 'Member'));

  await alice.administer('Partners');
  await expect(alice.page.getByText('No partners yet')).toBeVisible();
  await expectAccessible(alice.page, 'no partners');
  const link = await invitePartner(alice, CAROL);

  // Dave has the link, and not the address.
  await dave.page.goto(link);
  await expect(dave.page.getByText('This invitation is for another address.')).toBeVisible();
  await expect(dave.page.getByRole('button', { name: /Accept/ })).toHaveCount(0);

  // Carol signs in first, and comes back to it.
  await carol.page.goto(link);
  await expect(carol.page.getByText(`Only ${CAROL.email} can accept it.`)).toBeVisible();
  await expectAccessible(carol.page, 'invitation of a partner, signed out');
  await carol.page.getByRole('link', { name: 'Sign in' }).click();
  await carol.page.getByLabel('E-mail').fill(CAROL.email);
  await carol.page.getByLabel('Password', { exact: true }).fill(CAROL.password);
  await carol.page.getByRole('button', { name: 'Sign in' }).click();
  await expect(carol.page.getByRole('region', { name: `What ${ACME} will see` })).toContainText('Your name');
  await expect(carol.page.getByRole('region', { name: /^What stays with Brightwater/ })).toContainText('directory');
  await expectAccessible(carol.page, 'review of a partnership');
  await carol.page.getByRole('button', { name: /^Accept for Brightwater/ }).click();
  await expect(carol.page.getByRole('heading', { name: /are partners$/ })).toBeVisible();
  await carol.page.getByRole('link', { name: 'Open Parley' }).click();
  await carol.administer('Partners');

  const seenByAlice = alice.page.getByRole('list', { name: 'Partners', exact: true });
  const seenByCarol = carol.page.getByRole('list', { name: 'Partners', exact: true });
  await expect(seenByAlice).toContainText(/Brightwater.*Active.*Carol Ibsen/);
  await expect(seenByCarol).toContainText(/Acme Freight.*Active.*Alice Weber/);
  await expectAccessible(alice.page, 'partners');

  await choose(carol, ACME, 'Whom they can reach');
  const dialog = carol.page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'People they can reach' }).fill('Dave');
  await dialog.getByRole('option').filter({ hasText: DAVE.name }).click();
  await expectAccessible(carol.page, 'whom a partner can reach');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(seenByAlice).toContainText('Carol Ibsen and 1 more');

  const subject = aSubject('Summer timetable');
  await alice.startThread({ subject, with: [CAROL], message: 'Shall we meet on Monday?' });
  await expect(alice.page.locator('header').filter({ hasText: subject })).toContainText(/External, with Brightwater/);
  await carol.openThread(subject);
  await carol.expectMessage('Shall we meet on Monday?');
  await expect(carol.page.getByText(/^External\. Read by Alice Weber/)).toBeVisible();
  await carol.sendMessage('Monday is fine.');
  await alice.expectMessage('Monday is fine.');
  await expectAccessible(carol.page, 'external thread');

  // It goes on with Dave alone, begun without a network: Carol reads that it does, and nothing more.
  const next = aSubject('Fares on Sundays');
  await alice.goOffline();
  await alice.page.getByRole('button', { name: 'Thread menu' }).click();
  await alice.page.getByRole('menuitem', { name: 'Continue with a partner' }).click();
  await alice.page.getByLabel('Subject').fill(next);
  await alice.page.getByRole('combobox', { name: 'People' }).fill('Dave');
  await alice.page.getByRole('option').filter({ hasText: DAVE.name }).click();
  const choice = alice.page.getByRole('radiogroup', { name: /^What Brightwater.* may do$/ });
  await choice.getByRole('radio', { name: 'Write', exact: true }).check({ force: true });
  await expectAccessible(alice.page, 'continuing with a partner');
  await alice.submit();
  await expect(alice.page.getByRole('link', { name: `Continues “${subject}”` })).toBeVisible();
  await alice.goOnline();
  await expect(carol.page.getByText('Alice Weber continued this with Brightwater')).toBeVisible();
  await expect(carol.page.getByRole('link', { name: /^Open “/ })).toHaveCount(0);
  await dave.page.goto(fresh.url);
  await dave.openThread(next);
  await expect(dave.page.getByRole('link', { name: /^Continues/ })).toHaveCount(0);
  await alice.page.getByRole('link', { name: `Continues “${subject}”` }).click();
  await alice.page.getByRole('link', { name: `Open “${next}”` }).click();
  await alice.expectThread(next);

  // Dave only writes, until Alice lets him bring others.
  await dave.page.getByRole('button', { name: 'Details' }).click();
  const addPeople = dave.page.getByRole('button', { name: 'Add people' });
  await expect(dave.page.getByRole('list', { name: 'Organisations in this thread' })).toContainText('May write');
  await expect(addPeople).toHaveCount(0);
  await alice.page.getByRole('button', { name: 'Details' }).click();
  await choice.getByRole('radio', { name: 'Write and add colleagues' }).check({ force: true });
  await expect(addPeople).toBeVisible();
  await expectAccessible(alice.page, 'what a partner may do');

  await carol.openThread(subject);
  await carol.composer.fill('And Tuesday?');
  await carol.expectDraftKept('And Tuesday?');
  await alice.administer('Partners');
  await choose(alice, 'Brightwater', 'Suspend');
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  await expect(seenByAlice).toContainText('Suspended by you');
  await expect(carol.page.getByText('The partnership rests: until it is resumed')).toBeVisible();
  await expect(carol.composer).toHaveCount(0);
  const kinds = carol.page.getByRole('radiogroup', { name: 'What you write' });
  await expect(kinds.getByRole('radio', { name: 'Message' })).toBeDisabled();
  await expectAccessible(carol.page, 'a thread with a partner that rests');
  const note = carol.page.getByRole('textbox', { name: /^Note in/ });
  await expect(note).toHaveValue('');
  await expect(note).not.toBeFocused();
  await note.fill('Let us wait');
  await carol.page.keyboard.press('Enter');
  await carol.expectSent('Let us wait');
  await carol.administer('Partners');
  await expect(seenByCarol).toContainText(`Suspended by ${ACME}`);
  await choose(alice, 'Brightwater', 'Resume');
  await expect(seenByCarol).toContainText('Active');

  await carol.threadLink(subject).click();
  await expect(kinds.getByRole('radio', { name: 'Message' })).toBeEnabled();
  await kinds.getByRole('radio', { name: 'Message' }).check({ force: true });
  await carol.expectTyped('And Tuesday?');
  await carol.administer('Partners');

  await choose(alice, 'Brightwater', 'End the partnership');
  await alice.page.getByRole('radio', { name: 'Are taken away' }).check();
  await expectAccessible(alice.page, 'ending a partnership');
  await alice.page.getByRole('dialog').getByRole('button', { name: 'End the partnership' }).click();
  await expect(seenByAlice).toContainText('Ended by you');
  await expect(seenByCarol).toContainText(`Ended by ${ACME}`);
  await expect(carol.page.getByRole('link', { name: subject })).toHaveCount(0);
  await expect(alice.threadLink(subject)).toBeVisible();

  // A member's yes waits for Carol's.
  await dave.page.goto(await invitePartner(alice, DAVE));
  await dave.page.getByRole('button', { name: 'Ask your administrators' }).click();
  await expect(dave.page.getByRole('heading', { name: 'Your administrators are asked' })).toBeVisible();
  await carol.page.reload();
  const waiting = carol.page.getByRole('list', { name: 'Waiting for your yes' });
  await expect(waiting).toContainText(`${ALICE.name} invited you, ${DAVE.name} said yes`);
  await expectAccessible(carol.page, 'a partner waits for a yes');
  await waiting.getByRole('button', { name: 'Approve' }).click();
  await expect(seenByCarol).toContainText('Active');
  await expect(seenByAlice).toContainText(/Active.*Dave Lund/);
  for (const person of [alice, carol, dave]) await person.leave();
});

/** Does what the menu of a partner offers. */
async function choose({ page }: Person, partner: string, item: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^More for ${partner}`) }).click();
  await page.getByRole('menuitem', { name: item }).click();
}
