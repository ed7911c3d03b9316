import { aSubject, expect, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';
import { collectScripts, countFrames, isReadUpTo, listenToNetwork } from '../wire.ts';

/** Bytes of script under gzip that may come before the list of threads can be used. */
const FIRST_LOAD_LIMIT = 200_000;
/**
 * Bytes on the socket of a message of 40 characters, both ways: at its sender, and at one who has the thread open. How far
 * each of them has read is part of it, and that both are told so: in one poke, or in two where they read it apart.
 */
const SENT_LIMIT = 3_400;
const RECEIVED_LIMIT = 2_600;
/** Bytes of a minute in which nothing happens. */
const IDLE_LIMIT = 60;
/** Seconds that go by between two looks, fewer than the browser waits for an answer. */
const STEP_S = 5;

test('little script comes before the list of threads can be used', async ({ alice, visit }, testInfo) => {
  const subject = aSubject('Cold start');
  await alice.startThread({ subject, with: [BOB], message: 'Is anybody awake?' });
  // The key of the session, and nothing of what is kept here: a first load.
  const storageState = await alice.context.storageState({ indexedDB: true });
  for (const origin of storageState.origins as { indexedDB?: { name: string }[] }[]) {
    origin.indexedDB = (origin.indexedDB ?? []).filter(({ name }) => name === 'parley-session');
  }

  const again = await visit(ALICE, { storageState });
  const scripts = collectScripts(again.page);
  // The page of the thread comes beside the list: held back, it shows that the list does not wait for it.
  const released = Promise.withResolvers<void>();
  await again.page.route(
    /\/assets\/(thread-page|mutators|failed-items|markdown|plain-text|reads-words|recent|last-words|notice-words)-/,
    async (route) => {
      await released.promise;
      await route.continue();
    },
  );
  await again.page.goto(`${again.url}/`);
  await again.threadLink(subject).waitFor();
  const needed = await scripts();
  released.resolve();
  await again.expectThread(subject);
  await again.expectMessage('Is anybody awake?');
  const all = await scripts();

  const bytes = (of: typeof needed) => of.reduce((sum, { gzip }) => sum + gzip, 0);
  const description = `${bytes(needed)} bytes under gzip, ${bytes(all)} with the open thread`;
  testInfo.annotations.push({ type: 'script before the list', description });
  const list = needed.map(({ path, gzip }) => `${gzip} ${path}`).join('\n');
  expect(bytes(needed), list).toBeLessThanOrEqual(FIRST_LOAD_LIMIT);
  expect(bytes(needed)).toBeGreaterThan(50_000);
  expect(all.map(({ path }) => path).join()).not.toMatch(/yjs|nivo|emoji|invitations|react-query|popup|window/i);
});

test('a message costs few bytes, and nothing goes over HTTP', async ({ alice, bob }, testInfo) => {
  const subject = aSubject('Small talk');
  await alice.startThread({ subject, with: [BOB], message: 'Begin' });
  await bob.openThread(subject);
  const [ours, theirs] = [await countFrames(alice.page), await countFrames(bob.page)];
  for (const person of [alice, bob]) {
    await person.expectInstalled();
    await person.page.reload();
    await person.expectThread(subject);
    await person.expectInside();
    // Popups are fetched ahead when the page has come to rest; only then has it all it ever needs.
    await person.page.waitForLoadState('networkidle');
    await person.page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('menu-popup')),
    );
    await person.page.waitForLoadState('networkidle');
  }
  // What was asked before the page was loaded again has no answer.
  for (const frames of [ours, theirs]) frames.reset();
  await alice.sendMessage('The first one warms the sockets up.');
  await bob.expectMessage('The first one warms the sockets up.');
  // How far somebody has read is written down without a word; the wire tells when that is done.
  const readByBoth = (seq: number) => expect.poll(() => [ours, theirs].every((frames) => isReadUpTo(seq, 2, frames)));
  await readByBoth(2).toBe(true);

  const asked = [alice, bob].map(({ context }) => listenToNetwork(context));
  const cost = async (text: string) => {
    ours.reset();
    theirs.reset();
    await alice.sendMessage(text);
    await alice.expectSent(text);
    await bob.expectMessage(text);
    // The read positions are part of what it costs, and that the others learn of them is the last of it.
    await readByBoth(3).toBe(true);
    return { sender: ours.sent + ours.received, reader: theirs.sent + theirs.received };
  };
  const { sender, reader } = await cost('forty characters, no more and no fewer.'.padEnd(40, '.'));
  const description = `${sender} bytes at the sender, ${reader} at a reader`;
  testInfo.annotations.push({ type: 'one message', description });
  expect(sender, ours.texts.join('\n')).toBeLessThanOrEqual(SENT_LIMIT);
  expect(reader, theirs.texts.join('\n')).toBeLessThanOrEqual(RECEIVED_LIMIT);

  for (let n = 1; n <= 3; n += 1) {
    await bob.sendMessage(`and back again ${n}`);
    await alice.expectMessage(`and back again ${n}`);
  }
  expect(asked).toEqual([[], []]);
});

test('an idle minute is four questions and as many answers at most', async ({ visit }, testInfo) => {
  const alice = await visit(ALICE);
  await alice.page.clock.install();
  const frames = await countFrames(alice.page);
  let askedWho = 0;
  alice.page.on('response', (response) => {
    if (response.url().endsWith('/accounts.session')) askedWho += 1;
  });
  await alice.signIn();
  await alice.expectInside();
  // Before signing in, and once inside.
  await expect.poll(() => askedWho).toBe(2);
  await expect.poll(() => frames.texts.length).toBeGreaterThan(2);
  await alice.page.clock.pauseAt(await alice.page.evaluate(() => Date.now() + 1_000));
  const asked = listenToNetwork(alice.context);
  frames.reset();
  const said = (word: string) => frames.texts.filter((text) => text === word).length;
  for (let seconds = 0; seconds < 60; seconds += STEP_S) {
    await alice.page.clock.runFor(STEP_S * 1_000);
    await expect.poll(() => said('PONG')).toBe(said('PING'));
  }
  const description = `${frames.sent} bytes sent, ${frames.received} received`;
  testInfo.annotations.push({ type: 'one idle minute', description });
  // Each connection asks after a silence of its own, of 15 to 25 s.
  expect([2, 3, 4]).toContain(said('PING'));
  expect(frames.texts).toEqual(Array.from({ length: said('PING') }, () => ['PING', 'PONG']).flat());
  expect(frames.sent + frames.received).toBeLessThanOrEqual(IDLE_LIMIT);
  // What the page consists of, the browser fetches when it likes, its manifest last of all.
  expect(asked.filter((request) => !/\/assets\/|\/manifest\.webmanifest$/.test(request))).toEqual([]);
});
