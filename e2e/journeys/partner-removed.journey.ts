import { expectAccessible } from '../accessibility.ts';
import { startInstallation } from '../installation.ts';
import { aSubject, expect, test } from '../journey.ts';
import { CAROL, inviteToDemo, partnersIn } from '../partnership.ts';
import { BOB, type Account } from '../people.ts';

const DAVE: Account = { name: 'Dave Lund', email: 'dave@globex.example', password: 'under the old bridge' };

test('a partner is taken out in mid-thread while offline: she keeps what she wrote, and nothing more reaches her', async ({
  visit,
}) => {
  await using fresh = await startInstallation();
  const { alice, bob, carol } = await partnersIn(fresh, visit);
  const dave = await visit(DAVE, { url: fresh.url });
  await dave.acceptInvitation(await inviteToDemo(alice, DAVE, 'Member'));

  const subject = aSubject('Quay wall');
  await alice.startThread({ subject, with: [BOB, CAROL], message: 'The crack is wider.' });
  await carol.openThread(subject);
  await carol.sendMessage('How wide?');
  await bob.openThread(subject);
  await bob.expectMessage('How wide?');
  const thread = carol.page.url();

  await carol.expectInstalled();
  await carol.goOffline();
  for (const text of ['I have the drawings.', 'The diver comes on Monday.']) {
    await carol.sendMessage(text);
    await carol.expectWaiting(text);
  }
  await carol.composer.fill('And the bill');
  await carol.expectDraftKept('And the bill');

  await alice.page.keyboard.press('Alt+Shift+N');
  await alice.page.getByRole('textbox', { name: /^Note in/ }).fill('She talks to the press.');
  await alice.page.keyboard.press('Enter');
  await bob.expectMessage('She talks to the press.');
  await alice.page.getByRole('button', { name: 'Details' }).click();
  await alice.page.getByRole('button', { name: `Remove ${CAROL.name}` }).click();
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(alice.log).toContainText(`You removed ${CAROL.name}`);
  await expect(bob.page.getByText(/^External\. Read by Alice Weber at Acme Freight$/)).toBeVisible();
  await bob.sendMessage('Now among ourselves.');
  await alice.expectMessage('Now among ourselves.');

  await carol.goOnline();
  await expect(carol.page.getByRole('heading', { name: 'You no longer take part in this thread' })).toBeVisible();
  for (const text of ['I have the drawings.', 'The diver comes on Monday.', 'And the bill']) {
    await expect(carol.page.getByText(text)).toBeVisible();
  }
  await expectAccessible(carol.page, 'taken out of a thread, with words that were not sent');
  await expect(carol.threadLink(subject)).toHaveCount(0);
  await expect.poll(() => carol.cachedRows()).not.toMatch(/crack|How wide/);
  await carol.page.reload();
  for (const text of ['The diver comes on Monday.', 'And the bill']) {
    await expect(carol.page.getByText(text)).toBeVisible();
  }
  for (const person of [carol, dave]) {
    await person.page.goto(thread);
    await expect(person.page.getByRole('heading', { name: /no longer take part|is not here/ })).toBeVisible();
    expect(await person.cachedRows()).not.toMatch(/crack|among ourselves|press/);
  }
  await expect(bob.log.getByText('The diver comes on Monday.')).toHaveCount(0);
  for (const person of [alice, bob, carol, dave]) await person.leave();
});
