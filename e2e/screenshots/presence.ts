/** Who is there, who wants to be left alone, who is connected, and what is in the way. */
import { openGateway } from '../gateway.ts';
import { startInstallation } from '../installation.ts';
import { signedIn, test } from '../journey.ts';
import { ALICE, BOB, MINA } from '../people.ts';
import { take } from './take.ts';

const SUBJECT = 'Gate 4 stays shut until Thursday';

test('presence', async ({ visit }) => {
  await using fresh = await startInstallation();
  const { url } = fresh;
  const alice = await visit(ALICE, { url });
  const { page } = alice;
  await alice.setUp(fresh.setUpUrl ?? '');
  const bob = await visit(BOB, { url });
  await bob.acceptInvitation(await alice.invite(BOB));
  const mina = await visit(MINA, { url });
  await mina.acceptInvitation(await alice.invite(MINA));
  await page.goto(`${url}/`);
  await alice.startThread({ subject: SUBJECT, with: [BOB, MINA], message: 'The hinge is cracked.' });
  await alice.expectSent('The hinge is cracked.');
  const thread = page.url();
  await mina.openThread(SUBJECT);
  await page.goto(`${url}/people`);
  await page.getByRole('listitem').filter({ hasText: MINA.name }).getByText('Active').waitFor();
  await mina.leave();
  await bob.openThread(SUBJECT);
  await bob.page.getByRole('button', { name: `${BOB.name}: change account` }).click();
  await bob.page.getByRole('menuitem', { name: 'Do not disturb for an hour' }).click();

  await take(page, 'presence-people', async () => {
    await page.goto(`${url}/people`);
    await page.getByText('Do not disturb').first().waitFor();
    await page
      .getByText(/Last seen/)
      .first()
      .waitFor();
  });
  await take(page, 'presence-details', async () => {
    await page.goto(thread);
    await page.getByRole('button', { name: 'Details' }).click();
    await page
      .getByText(/Do not disturb/)
      .first()
      .waitFor();
  });
  await take(bob.page, 'do-not-disturb', async () => {
    await bob.page.goto(`${url}/settings`);
    await bob.page.getByRole('button', { name: 'End it now' }).scrollIntoViewIfNeeded();
  });
  await take(page, 'connections', async () => {
    await page.goto(`${url}/`);
    await alice.administer('Connections');
    await page.getByRole('main').getByText(BOB.name).first().waitFor();
  });
  for (const person of [alice, bob]) await person.leave();
});

test('a network that answers itself', async ({ installation, visit }) => {
  await using gateway = await openGateway(installation.url);
  const alice = await signedIn(await visit(ALICE, { url: gateway.url }));
  await alice.startThread({ subject: 'From the train', with: [BOB], message: 'Leaving now' });
  await alice.expectSent('Leaving now');
  await alice.expectInstalled();
  alice.complaints.expectDisturbance();
  gateway.portal(true);
  await alice.sendMessage('Written in the tunnel');
  await take(alice.page, 'intercepted', async () => {
    await alice.page.reload();
    await alice.expectBanner('This network wants you to sign in to it first.');
    await alice.expectWaiting('Written in the tunnel');
  });
  gateway.portal(false);
  await alice.expectSent('Written in the tunnel');
  await alice.leave();
});
