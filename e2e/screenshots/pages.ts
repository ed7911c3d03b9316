/** A small world at work, and a picture of each page of it: desk and phone, light and dark. */
import { startInstallation } from '../installation.ts';
import { test } from '../journey.ts';
import { BOB, MINA, type Account } from '../people.ts';
import type { Person } from '../person.ts';
import { writeInVain } from '../refusal.ts';
import { take } from './take.ts';

const alicia: Account = { name: 'Alice Lindqvist', email: 'alice@acme.example', password: 'quiet harbour at noon' };

async function talk(alice: Person, bob: Person, miss: Person): Promise<void> {
  for (const [subject, message] of [
    [
      'Welcome, Tomás',
      'First week: yard tour on Monday, scanner training on Tuesday. **The plan is pinned in the canteen.**',
    ],
    ['Warehouse heating', 'The fitter comes Monday at 7. Gate 2 will be open for him.'],
    ['Scanner firmware 2.9', 'Rolled back on dock 3, works again. The other docks stay on 2.8 until we know why.'],
  ] as const) {
    await miss.startThread({ subject, with: [alicia, BOB], message });
  }
  const rota = {
    subject: 'Berlin depot rota, week 48',
    with: [alicia, MINA],
    message: 'Thursday late shift is still open.',
  };
  await bob.startThread(rota);
  await bob.sendMessage('I can take it if Mina swaps Friday with me.');
  const hold = 'Customs hold on container 4471';
  const opening =
    'Container 4471 has been on hold since this morning. The port says the tariff code on line 3 does not match the packing list: `8471.30` against `8471.41`.';
  await alice.startThread({ subject: hold, with: [BOB, MINA], message: opening });
  await bob.openThread(hold);
  await bob.sendMessage(
    'The broker typed the laptop code for the whole pallet. I have asked them to amend the declaration.',
  );
  await miss.openThread(hold);
  await miss.react(
    'The broker typed the laptop code for the whole pallet. I have asked them to amend the declaration.',
    '👍',
  );
  await miss.sendMessage('If it is not out by six we pay demurrage for the weekend, about €1,900.');
  await bob.replyTo(
    'If it is not out by six we pay demurrage for the weekend, about €1,900.',
    'Do we have room to bill that on?',
  );
  await miss.composer.fill(
    'They are back, one field was still open:\n\n- net weight per unit\n- gross weight per unit',
  );
  await miss.submit();
  await miss.page.getByText('gross weight per unit').first().waitFor();
  await bob.sendMessage('Alice, can you confirm the weights? I can file it the minute I have them.');
  await alice.sendMessage('Confirmed: 2.4 kg net, 2.9 kg gross.');
  await alice.expectSent('Confirmed: 2.4 kg net, 2.9 kg gross.');
  await alice.react('Alice, can you confirm the weights? I can file it the minute I have them.', '👍');
}

test('pictures of every page', async ({ visit }) => {
  await using fresh = await startInstallation();
  const { url, setUpUrl } = fresh;
  const alice = await visit(alicia, { url });
  await alice.page.goto(setUpUrl ?? '');
  await alice.page.getByLabel('Organisation').waitFor();
  await take(alice.page, 'set-up');
  await alice.setUp(setUpUrl ?? '');
  await alice.expectInside();
  await alice.page.getByText('No threads yet').waitFor();
  await take(alice.page, 'empty');

  const bob = await visit(BOB, { url });
  await bob.acceptInvitation(await alice.invite(BOB));
  await take(alice.page, 'invite', async () => {
    await alice.page.goto(`${url}/people`);
    await alice.page.getByRole('button', { name: 'Invite', exact: true }).click();
    await alice.page.getByRole('dialog').getByLabel('E-mail').fill(MINA.email);
  });
  await alice.page.getByRole('button', { name: 'Make link' }).click();
  await alice.page.getByLabel('Invitation link').waitFor();
  await take(alice.page, 'invite-link');
  const link = await alice.page.getByLabel('Invitation link').inputValue();
  const miss = await visit(MINA, { url });
  await miss.page.goto(link);
  await miss.page.getByLabel('Your name').waitFor();
  await take(miss.page, 'invitation');
  await miss.acceptInvitation(link);
  await alice.page.goto(`${url}/`);
  await alice.expectInside();
  await talk(alice, bob, miss);
  await alice.receipts.getByText('Seen by').waitFor();
  await take(alice.page, 'thread');
  await take(alice.page, 'threads', async () => {
    await alice.page.goto(`${url}/`);
    await alice.expectUnread('Warehouse heating', 1);
    await alice.page.getByText('fitter comes Monday').filter({ visible: true }).waitFor();
    // Beside the list, a desk has the thread that was open last.
    if (alice.page.viewportSize()?.width === 1280) await alice.receipts.getByText('Seen by').waitFor();
  });
  await alice.page.goto(`${url}/people`);
  await alice.page.getByText('Mina Sato').first().waitFor();
  await alice.page.getByRole('button', { name: 'Invite', exact: true }).waitFor();
  await take(alice.page, 'people');
  await alice.page.goto(`${url}/settings`);
  await alice.page.getByRole('heading', { name: 'Settings' }).first().waitFor();
  await take(alice.page, 'settings');
  await alice.page.goto(`${url}/new`);
  await alice.page.getByLabel('Subject').fill('Damaged pallets from Rotterdam');
  await take(alice.page, 'new-thread');
  await alice.page.getByLabel('Subject').fill('');

  await alice.page.goto(`${url}/`);
  await alice.expectInside();
  await alice.openThread('Berlin depot rota, week 48');
  await alice.goOffline();
  await alice.sendMessage('Swap is fine with me. I put it into the plan.');
  await alice.sendMessage('Bob takes Thursday late, Mina takes Friday early.');
  await alice.expectWaiting('Bob takes Thursday late, Mina takes Friday early.');
  await alice.expectBanner('You are offline');
  await take(alice.page, 'offline');
  await alice.page.getByRole('link', { name: /waiting/ }).click();
  await alice.page.getByText('Waits for a connection').first().waitFor();
  await take(alice.page, 'activity');
  await alice.openThread('Berlin depot rota, week 48');
  await alice.goOnline();
  await alice.expectSent('Bob takes Thursday late, Mina takes Friday early.');

  await writeInVain({ writer: bob, remover: alice, subject: 'Salary round', text: 'Here are my notes for Friday.' });
  await bob.page.getByRole('list', { name: 'Could not be sent' }).getByText('Here are my notes').waitFor();
  await take(bob.page, 'refused');

  for (const { complaints } of [alice, bob, miss]) complaints.expectDisturbance();
  const visitor = await visit(BOB, { url });
  await visitor.page.goto(`${url}/sign-in`);
  await visitor.page.getByLabel('E-mail').waitFor();
  await take(visitor.page, 'sign-in');
});
