import { expectAccessible } from '../accessibility.ts';
import { startInstallation } from '../installation.ts';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ACME, ALICE, BOB } from '../people.ts';

const DAVE = { name: 'Dave Novak', email: 'dave@elsewhere.example', password: 'a ladder to the moon' };

test('the first account is made by the printed link, which works once', async ({ visit }) => {
  await using fresh = await startInstallation();
  const setUpUrl = fresh.setUpUrl ?? '';
  const alice = await visit(ALICE, { url: fresh.url });

  await alice.page.goto(`${fresh.url}/`);
  await expect(alice.page.getByRole('heading', { name: 'Open the set-up link' })).toBeVisible();

  await alice.setUp(`${fresh.url}/setup#token=guessed`);
  await expect(alice.page.getByRole('alert')).toContainText('no longer valid');

  await alice.setUp(setUpUrl);
  await alice.expectInside();
  await expect(alice.page.getByRole('heading', { name: ACME })).toBeVisible();
  await expect(alice.page.getByText('No threads yet')).toBeVisible();

  const dave = await visit(DAVE, { url: fresh.url });
  await dave.page.goto(setUpUrl);
  await expect(dave.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  for (const person of [alice, dave]) await person.leave();
});

test('a wrong password is refused in words, the right one lets in', async ({ visit }) => {
  const alice = await visit(ALICE);
  await alice.signIn('not my password');
  await expect(alice.page.getByRole('alert')).toContainText('E-mail and password do not match.');
  await expect(alice.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  await alice.signIn();
  await alice.expectInside();
});

test('an invitation lets one person in, once', async ({ alice, visit }) => {
  const erin = { name: 'Erin Sato', email: 'erin@acme.example', password: 'three blue lanterns' };
  const link = await alice.invite(erin);
  await expect(alice.page.getByRole('region', { name: 'Open invitations' })).toContainText(erin.email);

  const herself = await visit(erin);
  await herself.acceptInvitation(link);
  await expect(alice.page.getByRole('list', { name: 'People' })).toContainText(erin.name);

  const dave = await visit(DAVE);
  await dave.page.goto(link);
  await expect(dave.page.getByRole('heading', { name: 'This link does not open' })).toBeVisible();
  await expect(dave.page.getByText('This invitation was used already.')).toBeVisible();
});

test('a withdrawn invitation no longer opens', async ({ alice, visit }) => {
  const link = await alice.invite(DAVE);
  await alice.page.getByRole('button', { name: `Withdraw the invitation of ${DAVE.email}` }).click();
  await expect(alice.page.getByText(`The link for ${DAVE.email} no longer works.`).first()).toBeVisible();

  const dave = await visit(DAVE);
  await dave.page.goto(link);
  await expect(dave.page.getByRole('heading', { name: 'This link does not open' })).toBeVisible();
});

test('an invitation is bound to its address', async ({ alice, bob }) => {
  const link = await alice.invite(DAVE);
  await bob.page.goto(link);
  await bob.page.getByLabel('Your name').fill(BOB.name);
  await bob.page.getByLabel('Password', { exact: true }).fill(BOB.password);
  await bob.page.getByRole('button', { name: 'Create account' }).click();
  await expect(bob.page.getByRole('alert')).toContainText('This invitation is for another address.');

  // Beside his own account it makes that of the address.
  await bob.page.getByRole('button', { name: 'Use another account' }).click();
  await expect(bob.page.getByText('This tab belongs to')).toHaveCount(0);
  await bob.page.getByLabel('Your name').fill(DAVE.name);
  await bob.page.getByLabel('Password', { exact: true }).fill(DAVE.password);
  await bob.page.getByRole('button', { name: 'Create account' }).click();
  await bob.expectInside();
  await bob.openTab('/settings');
  await expect(bob.page.getByRole('main')).toContainText(DAVE.email);
});

test('signing out leaves nothing behind, and the next person sees nothing of the last', async ({ visit }) => {
  const alice = await signedIn(await visit(ALICE));
  const subject = 'Customs papers for Oslo';
  await alice.startThread({ subject, with: [], message: 'Only for my own eyes' });
  await alice.expectSent('Only for my own eyes');
  expect(await alice.databases()).not.toEqual([]);

  await alice.signOut();
  await expect.poll(() => alice.databases()).toEqual([]);
  expect(await alice.page.evaluate(() => Object.values(localStorage).join())).not.toContain('alice');

  await alice.page.getByLabel('E-mail').fill(BOB.email);
  await alice.page.getByLabel('Password', { exact: true }).fill(BOB.password);
  await alice.page.getByRole('button', { name: 'Sign in' }).click();
  await alice.expectInside();
  await expect(alice.page.getByText(subject)).toHaveCount(0);
  await expect(alice.page.getByText('Only for my own eyes')).toHaveCount(0);
});

test('a name that was changed without a network stands with everything its person wrote', async ({ alice, visit }) => {
  const finn = { name: 'Finn Olsen', email: 'finn@acme.example', password: 'a boat with two masts' };
  const link = await alice.invite(finn);
  const himself = await visit(finn);
  await himself.acceptInvitation(link);
  await alice.page.goto(alice.url);
  const subject = aSubject('Ropes and sails');
  await alice.startThread({ subject, with: [finn], message: 'Who orders them?' });
  await himself.openThread(subject);
  await himself.sendMessage('I do, on Monday.');
  await alice.expectMessage('I do, on Monday.');

  await himself.expectInstalled();
  await himself.goOffline();
  await himself.page.getByRole('link', { name: 'Settings' }).click();
  await himself.page.getByRole('button', { name: 'Change name' }).click();
  const dialog = himself.page.getByRole('dialog', { name: 'Change name' });
  await expect(dialog.getByLabel('Your name')).toBeFocused();
  await dialog.getByLabel('Your name').fill(' \u200B ');
  await himself.page.keyboard.press('Enter');
  await expect(dialog.getByText('A name needs a letter, a number or a sign.')).toBeVisible();
  await expectAccessible(himself.page, 'changing a name');
  await dialog.getByLabel('Your name').fill('Finn Olsen-Ruud');
  await himself.page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(himself.page.getByRole('main')).toContainText('Finn Olsen-Ruud');
  await himself.openThread(subject);
  await expect(himself.message('I do, on Monday.')).toHaveAccessibleName(/^Finn Olsen-Ruud/);

  await himself.goOnline();
  await himself.expectStatus('Everything is saved');
  await expect(alice.message('I do, on Monday.')).toHaveAccessibleName(/^Finn Olsen-Ruud/);
  await alice.page.getByRole('button', { name: 'Details' }).click();
  await expect(alice.page.getByRole('list', { name: 'People in this thread' })).toContainText('Finn Olsen-Ruud');
  await himself.page.reload();
  await himself.expectInside();
  await expect(himself.message('I do, on Monday.')).toHaveAccessibleName(/^Finn Olsen-Ruud/);
});
