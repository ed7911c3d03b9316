import type { Computer } from '../computer.ts';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';
import type { Person } from '../person.ts';

test('the tab dies right after Enter: the text is either on its way or still in the field, never both', async ({
  bob,
  computerOf,
}) => {
  const subject = aSubject('Brake check');
  const computer = await computerOf(ALICE);
  let alice = await atHome(computer);
  await alice.startThread({ subject, with: [BOB], message: 'Started' });
  await alice.expectSent('Started');
  await bob.openThread(subject);

  await alice.composer.fill('Lorry 4 pulls to the left.');
  await alice.expectDraftKept('Lorry 4 pulls to the left.');
  alice.complaints.expectDisturbance();
  await alice.composer.press('Enter', { noWaitAfter: true });
  await computer.kill();

  alice = await computer.start();
  await alice.page.goto(`${alice.url}/`);
  await alice.openThread(subject);
  await alice.expectMessage('Started');
  const sent = alice.message('Lorry 4 pulls to the left.');
  await expect
    .poll(
      async () => (await sent.count()) + Number((await alice.composer.inputValue()) === 'Lorry 4 pulls to the left.'),
    )
    .toBe(1);
  if ((await sent.count()) === 0) await alice.composer.press('Enter');
  await bob.expectMessage('Lorry 4 pulls to the left.');
  await alice.expectStatus('Everything is saved');
  await bob.expectMessage('Lorry 4 pulls to the left.');
});

test('the browser is killed while messages wait: they are there afterwards, and go out once', async ({
  bob,
  computerOf,
}) => {
  const subject = aSubject('Seal numbers');
  const computer = await computerOf(ALICE);
  let alice = await atHome(computer);
  await alice.startThread({ subject, with: [BOB], message: 'Seals of today' });
  await alice.expectSent('Seals of today');
  await alice.expectInstalled();
  await bob.openThread(subject);
  await alice.goOffline();
  const seals = ['seal 4471', 'seal 4472', 'seal 4473'];
  for (const seal of seals) await alice.sendMessage(seal);
  for (const seal of seals) await alice.expectWaiting(seal);
  await computer.kill();

  alice = await computer.start({ offline: true });
  await alice.page.goto(`${alice.url}/`);
  await alice.openThread(subject);
  await alice.expectMessagesInOrder(/seal \d/, seals);
  await alice.goOnline();
  await bob.expectMessagesInOrder(/seal \d/, seals);
  await alice.expectStatus('Everything is saved');
  await bob.expectMessagesInOrder(/seal \d/, seals);
});

test('the server is killed between messages: it heals by itself, nothing lost or doubled', async ({
  alice,
  bob,
  installation,
}) => {
  const subject = aSubject('Gate 3');
  for (const person of [alice, bob]) person.complaints.expectDisturbance();
  await alice.startThread({ subject, with: [BOB], message: 'Gate is open' });
  await bob.openThread(subject);
  const texts: string[] = [];
  for (let round = 1; round <= 3; round += 1) {
    const killed = installation.killServer();
    for (const [person, name] of [
      [alice, 'alice'],
      [bob, 'bob'],
    ] as const) {
      texts.push(`gate ${round} ${name}`);
      await person.sendMessage(`gate ${round} ${name}`);
    }
    await killed;
  }
  for (const person of [alice, bob]) {
    await person.expectStatus('Everything is saved');
    for (const text of texts) await person.expectSent(text);
    const rows = person.log.getByRole('article').filter({ hasText: /gate \d (alice|bob)/ });
    await expect(rows).toHaveCount(6);
  }
});

test('everything is killed and started again: it is all there', async ({ alice, bob, installation }) => {
  const subject = aSubject('Weigh bridge');
  for (const person of [alice, bob]) person.complaints.expectDisturbance();
  await alice.startThread({ subject, with: [BOB], message: '18.4 tonnes' });
  await bob.openThread(subject);
  await bob.sendMessage('Noted.');
  await alice.expectMessage('Noted.');

  await installation.killEverything();
  await bob.expectBanner('The server cannot be reached.');
  await bob.sendMessage('Written while nothing ran.');
  await bob.expectStatus(/\d changes? waiting: offline/);
  await installation.start();

  await bob.expectSent('Written while nothing ran.');
  await alice.expectMessagesInOrder(/./, ['18.4 tonnes', 'Noted.', 'Written while nothing ran.']);
  await alice.page.reload();
  await alice.expectThread(subject);
  await alice.expectMessagesInOrder(/./, ['18.4 tonnes', 'Noted.', 'Written while nothing ran.']);
});

test('a server that hangs is noticed, and loses nothing', async ({ alice, bob, installation }) => {
  const subject = aSubject('Ramp 2');
  for (const person of [alice, bob]) person.complaints.expectDisturbance();
  await alice.startThread({ subject, with: [BOB], message: 'Ramp is wet' });
  await bob.openThread(subject);
  const thaw = installation.freezeServer();
  await alice.sendMessage('Salt is on its way.');
  await alice.expectWaiting('Salt is on its way.');
  thaw();
  await bob.expectMessage('Salt is on its way.');
  await alice.expectSent('Salt is on its way.');
  await bob.expectMessagesInOrder(/./, ['Ramp is wet', 'Salt is on its way.']);
});

/**
 * Somebody at a browser that has been theirs since yesterday: Chromium writes cookies down within half a minute, and a
 * browser that is killed sooner has forgotten who signed in.
 */
async function atHome(computer: Computer): Promise<Person> {
  const yesterday = await signedIn(await computer.start());
  await yesterday.expectInstalled();
  await yesterday.leave();
  const today = await computer.start();
  await today.page.goto(`${today.url}/`);
  await today.expectInside();
  return today;
}
