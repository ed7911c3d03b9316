import { expectAccessible } from '../accessibility.ts';
import { aSubject, expect, test } from '../journey.ts';
import type { Account } from '../people.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test('an owner gives a role, shuts somebody out, and lets them in again', async ({ alice, visit }) => {
  const ines: Account = { name: 'Ines Duarte', email: 'ines@acme.example', password: 'three blue lanterns' };
  const herself = await visit(ines);
  await herself.acceptInvitation(await alice.invite(ines));
  const subject = aSubject('Night shift');
  await alice.startThread({ subject, with: [ines], message: 'Who has the keys?' });
  await herself.openThread(subject);
  await herself.expectMessage('Who has the keys?');

  await alice.administer('People');
  await expectAccessible(alice.page, 'administration, people');
  await alice.giveRole(ines, 'Guest');
  await herself.page.getByRole('link', { name: 'People', exact: true }).click();
  await expect(herself.page.getByText('Guests see the people in their threads')).toBeVisible();

  await alice.giveRole(ines, 'Member');
  await expect(herself.page.getByRole('list', { name: 'People' })).toContainText(alice.account.name);
  await alice.administer('Audit log');
  const log = alice.page.getByRole('list', { name: 'Audit log' });
  await expect(log).toContainText(`${alice.account.name} changed the role of ${ines.name} from Guest to Member`);
  await expect(log).toContainText(`${ines.name} signed in`);
  await expectAccessible(alice.page, 'administration, audit log');
  await alice.page.getByRole('combobox', { name: 'What' }).selectOption('Invitations');
  await expect(log).toContainText(`${alice.account.name} invited ${ines.email} as Member`);
  await expect(log).not.toContainText('changed the role');
  await alice.administer('People');

  herself.complaints.expectDisturbance();
  await alice.page.getByRole('button', { name: `More for ${ines.name}` }).click();
  await alice.page.getByRole('menuitem', { name: 'Deactivate' }).click();
  await expectAccessible(alice.page, 'deactivating somebody');
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(alice.page.getByText(`${ines.name} is deactivated.`).first()).toBeVisible();
  await expect(herself.page.getByText(subject)).toHaveCount(0);
  await expect(herself.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  await alice.page.getByRole('radio', { name: /Deactivated/ }).check();
  await alice.page.getByRole('button', { name: `More for ${ines.name}` }).click();
  await alice.page.getByRole('menuitem', { name: 'Let in again' }).click();
  await expect(alice.page.getByText(`${ines.name} is let in again.`).first()).toBeVisible();
  await herself.signIn();
  await herself.openThread(subject);
  await herself.expectMessage('Who has the keys?');
});

test('[GONE1] whoever is shut out while their computer is away finds their own words on it, and nothing else', async ({
  alice,
  visit,
}) => {
  const noor: Account = { name: 'Noor Haddad', email: 'noor@acme.example', password: 'three blue lanterns' };
  const herself = await visit(noor);
  await herself.acceptInvitation(await alice.invite(noor));
  const subject = aSubject('Harbour dues');
  await alice.startThread({ subject, with: [noor], message: 'The new rates are secret.' });
  await herself.openThread(subject);
  await herself.expectMessage('The new rates are secret.');
  await herself.expectInstalled();
  await herself.goOffline();
  await herself.sendMessage('Who told you?');
  await herself.expectWaiting('Who told you?');
  await herself.composer.fill('And another thing');
  await herself.expectDraftKept('And another thing');
  expect(await herself.cachedRows()).toContain('The new rates are secret.');

  await alice.administer('People');
  await alice.page.getByRole('button', { name: `More for ${noor.name}` }).click();
  await alice.page.getByRole('menuitem', { name: 'Deactivate' }).click();
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(alice.page.getByText(`${noor.name} is deactivated.`).first()).toBeVisible();

  await herself.goOnline();
  const { page } = herself;
  await expect(page.getByText('You are no longer in this organisation')).toBeVisible();
  const kept = page.getByRole('region', { name: 'Kept on this device' });
  await expect(kept).toContainText('Who told you?');
  await expect(kept).toContainText('And another thing');
  await expectAccessible(page, 'shut out');
  expect((await herself.databases()).filter((name) => name.startsWith('parley-cache-'))).toEqual([]);
  await expect(page.getByText(/secret|Harbour/)).toHaveCount(0);
  const downloading = page.waitForEvent('download');
  await kept.getByRole('button', { name: 'Save as file' }).click();
  const file = await (await downloading).createReadStream();
  const saved = (await file.toArray()).join('');
  for (const text of ['Who told you?', 'And another thing']) expect(saved).toContain(text);
  await herself.leave();
});

test('an owner makes one person of two: what the one wrote is the other’s, and they read it', async ({
  alice,
  visit,
}) => {
  const noa: Account = { name: 'Noa Berg', email: 'noa@acme.example', password: 'three blue lanterns' };
  const twice: Account = { name: 'N. Berg', email: 'n.berg@acme.example', password: 'three blue lanterns' };
  const herself = await visit(noa);
  await herself.acceptInvitation(await alice.invite(noa));
  const before = await visit(twice);
  await before.acceptInvitation(await alice.invite(twice));
  const subject = aSubject('Old letters');
  await alice.startThread({ subject, with: [twice], message: 'Where are they?' });
  await before.openThread(subject);
  await before.sendMessage('In the blue cabinet.');
  await alice.expectMessage('In the blue cabinet.');
  await expect(herself.page.getByText(subject)).toHaveCount(0);

  before.complaints.expectDisturbance();
  await alice.administer('People');
  await alice.page.getByRole('button', { name: `More for ${twice.name}` }).click();
  await alice.page.getByRole('menuitem', { name: 'Merge into somebody else' }).click();
  const dialog = alice.page.getByRole('dialog', { name: `Merge ${twice.name} into somebody else` });
  await expect(dialog.getByRole('combobox', { name: 'Who stays' })).toBeFocused();
  await expect(dialog.getByRole('button', { name: 'Merge for good' })).toBeDisabled();
  await dialog.getByRole('combobox').fill('Noa');
  await dialog.getByRole('combobox').press('Enter');
  await expect(dialog.getByRole('list', { name: 'What happens' })).toContainText('This cannot be undone.');
  await expectAccessible(alice.page, 'merging two people');
  await dialog.getByRole('button', { name: 'Merge for good' }).click();
  await expect(alice.page.getByText(`${twice.name} is ${noa.name} now.`).first()).toBeVisible();

  await herself.openThread(subject);
  await expect(herself.message('In the blue cabinet.')).toHaveAccessibleName(new RegExp(`^${noa.name}`));
  await herself.editMessage('In the blue cabinet.', 'In the green cabinet.');
  await alice.openThread(subject);
  await expect(alice.message('In the green cabinet.')).toHaveAccessibleName(new RegExp(`^${noa.name}`));
  await expect(before.page.getByRole('heading', { name: /^Sign in/ })).toBeVisible();
  await before.signIn();
  await expect(before.page.getByRole('alert')).toContainText('E-mail and password do not match.');
  await alice.administer('People');
  await expect(alice.page.getByRole('list', { name: 'Members' })).not.toContainText(twice.name);
});

test('invitations are copied, sent again and withdrawn, and rules are set, on a phone', async ({
  alice,
  visit,
  bob,
}) => {
  const zoe: Account = { name: 'Zoe', email: 'zoe@acme.example', password: 'three blue lanterns' };
  const first = await alice.invite(zoe);
  const phone = await visit(alice.account, PHONE);
  await phone.signIn();
  await phone.expectInside();
  const { page } = phone;
  await phone.administer('Organisation');
  await page
    .getByRole('radiogroup', { name: 'Who may start threads' })
    .getByRole('radio', { name: 'Owners and admins' })
    .waitFor();
  await expectAccessible(page, 'administration, organisation');
  await phone.administer('Invitations');
  const line = page.getByRole('list', { name: 'Invitations' }).getByRole('listitem').filter({ hasText: zoe.email });
  await expect(line).toBeVisible();
  await expectAccessible(page, 'administration, invitations');
  await line.getByRole('button', { name: `More for ${zoe.email}` }).click();
  await page.getByRole('menuitem', { name: 'Send again' }).click();
  await expect(page.getByText(`A new link is on its way to ${zoe.email}.`).first()).toBeVisible();
  const herself = await visit(zoe);
  await herself.page.goto(first);
  await expect(herself.page.getByRole('heading', { name: 'This link does not open' })).toBeVisible();
  await line.getByRole('button', { name: `More for ${zoe.email}` }).click();
  await page.getByRole('menuitem', { name: 'Withdraw' }).click();
  await expect(line).toHaveCount(0);

  await phone.administer('Organisation');
  await page
    .getByRole('radiogroup', { name: 'Who may start threads' })
    .getByRole('radio', { name: 'Owners and admins' })
    .check();
  await expect(bob.page.getByRole('button', { name: 'New thread' })).toHaveCount(0);
  await page
    .getByRole('radiogroup', { name: 'Who may start threads' })
    .getByRole('radio', { name: 'All members' })
    .check();
  await expect(bob.page.getByRole('button', { name: 'New thread' }).first()).toBeVisible();

  await page.getByRole('radio', { name: '1 year' }).click();
  const asked = page.getByRole('dialog', { name: 'Delete what is older than 1 year?' });
  await expectAccessible(page, 'administration, how long messages are kept');
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('radio', { name: 'For ever' })).toBeChecked();
  await page.getByRole('radio', { name: '1 year' }).click();
  await asked.getByRole('button', { name: 'Delete older messages' }).click();
  await expect(page.getByRole('radio', { name: '1 year' })).toBeChecked();
  await page.reload();
  await expect(page.getByRole('radio', { name: '1 year' })).toBeChecked();
  await page.getByRole('radio', { name: 'For ever' }).check();
  await expect(asked).toHaveCount(0);
  await phone.leave();
});

test('an organisation is put on hold with a reason, and the hold is lifted after a question', async ({ alice }) => {
  const { page } = alice;
  await alice.administer('Organisation');
  await page.getByRole('button', { name: 'Put on hold…' }).click();
  const placing = page.getByRole('dialog', { name: /on hold\?$/ });
  await expect(placing.getByRole('button', { name: 'Put on hold' })).toBeDisabled();
  await placing.getByLabel('Reason').fill('Claim of the harbour authority');
  await expectAccessible(page, 'putting an organisation on hold');
  await placing.getByLabel('Reason').press('Enter');
  await expect(page.getByText('On hold: Claim of the harbour authority')).toBeVisible();
  await expect(page.getByText('Nothing is deleted while there is a hold.')).toBeVisible();
  await expectAccessible(page, 'an organisation on hold');

  await page.reload();
  await page.getByRole('button', { name: 'Lift the hold…' }).click();
  const lifting = page.getByRole('dialog', { name: /^Lift the hold/ });
  await expectAccessible(page, 'lifting a hold');
  await lifting.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('On hold: Claim of the harbour authority')).toBeVisible();
  await page.getByRole('button', { name: 'Lift the hold…' }).click();
  await lifting.getByRole('button', { name: 'Lift the hold' }).click();
  await expect(page.getByRole('button', { name: 'Put on hold…' })).toBeVisible();

  await alice.administer('Audit log');
  const log = page.getByRole('list', { name: 'Audit log' });
  await expect(log).toContainText('put the organisation on hold: Claim of the harbour authority');
  await expect(log).toContainText('lifted the hold: Claim of the harbour authority');
});

test('an owner sees who is connected, with what, and what that was while there is no connection', async ({
  alice,
  visit,
}) => {
  const otto: Account = { name: 'Otto Brandt', email: 'otto@acme.example', password: 'three blue lanterns' };
  const himself = await visit(otto);
  await himself.acceptInvitation(await alice.invite(otto));
  await alice.administer('Connections');
  const list = alice.page.getByRole('list', { name: 'Connections' });
  await expect(list).toContainText(alice.account.name);
  await expect(list.getByRole('listitem').filter({ hasText: otto.name })).toContainText(/Chrome on Linux.*\d ms$/);
  await expectAccessible(alice.page, 'administration, connections');
  await himself.leave();
  await expect(list).not.toContainText(otto.name);
  await alice.goOffline();
  await expect(alice.page.getByText(/^As of /)).toBeVisible();
  await expect(list).toContainText(alice.account.name);
  await alice.goOnline();
  await expect(alice.page.getByText(/^As of /)).toHaveCount(0);
});
