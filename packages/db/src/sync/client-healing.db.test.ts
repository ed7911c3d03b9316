/** What waits goes out by itself, and as nobody else: packages/sync/SPEC.md, [CONN2] and [ACC1]. */
import 'fake-indexeddb/auto';
import { threadScope } from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { people, startThread } from './acme.fixture.ts';
import { drained, openEngineWorld, synced, type Client, type EngineWorld } from './client-engine.fixture.ts';

let world: EngineWorld;

beforeAll(async () => {
  world = await openEngineWorld();
});
afterEach(() => world.stopClients());
afterAll(() => world.close());

/** Does harm, in the middle of which something is sent, and mends it; nobody is told of either. */
const harms: Record<string, (client: Client, send: () => Promise<void>) => Promise<void>> = {
  async 'the end of a connection'({ network }, send) {
    network.cutSilently();
    await send();
  },
  async 'that the server is back'({ network, engine }, send) {
    const mend = network.vanish();
    await send();
    await vi.waitFor(() => expect(engine.status().connection.state).toBe('reconnecting'));
    expect(engine.items()).toHaveLength(1);
    mend();
  },
  async 'an answer'({ network }, send) {
    network.odds.answerLost = 1;
    await send();
    await vi.waitFor(() => expect(network.fired.answerLost).toBeGreaterThan(0));
    network.odds.answerLost = 0;
  },
  async 'a poke'({ network }, send) {
    network.odds.pokeLost = 1;
    await send();
    await vi.waitFor(() => expect(network.fired.pokeLost).toBeGreaterThan(0));
  },
};

test.each(Object.entries(harms))('[CONN2] goes out although nobody told of %s', async (_missed, harm) => {
  const threadId = await startThread(world.server, [people.bob]);
  const alice = await world.openClient(people.alice);
  await synced(alice);
  alice.engine.open(threadScope(threadId));
  await harm(alice, async () => {
    const { saved } = await alice.engine.mutate('sendMessage', { threadId, messageId: newId(), text: 'in between' });
    await saved;
  });
  await drained(alice);
  expect(alice.texts(threadId)).toEqual(['in between']);
  const bob = await world.openClient(people.bob);
  bob.engine.open(threadScope(threadId));
  await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['in between']));
});

test('[CONN5] rests when its tries are spent, and tries again when the person does something', async () => {
  const threadId = await startThread(world.server, []);
  const alice = await world.openClient(people.alice, { retry: { tries: 2 } });
  await synced(alice);
  const send = (text: string) =>
    alice.engine.mutate('sendMessage', { threadId, messageId: newId(), text }).then(({ saved }) => saved);
  const mend = alice.network.vanish();
  await send('one');
  const rests = () => expect(alice.engine.status().connection).toEqual({ state: 'resting' });
  await vi.waitFor(rests, { timeout: 10_000 });
  const tries = alice.network.connects();
  mend();
  await send('two');
  await drained(alice);
  expect(alice.network.connects()).toBe(tries + 1);
  alice.engine.open(threadScope(threadId));
  await vi.waitFor(() => expect(alice.texts(threadId)).toEqual(['one', 'two']));
});

test.each(['wrong_account', 'unauthorised'] as const)(
  '[ACC1] sends nothing and loses nothing while the session is %s, and goes on when it is theirs again',
  async (reason) => {
    const threadId = await startThread(world.server, [people.bob]);
    const alice = await world.openClient(people.alice);
    await synced(alice);
    alice.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(alice.texts(threadId)).toEqual([]));
    alice.network.setRefusal(reason);
    const wrongAccount = reason === 'wrong_account';
    await vi.waitFor(() => {
      expect(alice.engine.status().connection).toEqual({ state: 'unauthorised', wrongAccount });
    });
    const { push } = alice.network.requests;
    const { saved } = await alice.engine.mutate('sendMessage', { threadId, messageId: newId(), text: 'only as alice' });
    await saved;
    const looked = alice.network.connects();
    await vi.waitFor(() => expect(alice.network.connects()).toBeGreaterThan(looked + 1), { timeout: 10_000 });
    expect(alice.network.requests.push).toBe(push);
    expect(alice.engine.items()).toMatchObject([{ state: 'waiting', args: { text: 'only as alice' } }]);
    expect(alice.engine.status()).toMatchObject({ waiting: 1, failed: 0, connection: { state: 'unauthorised' } });

    alice.network.setRefusal(null);
    await drained(alice);
    expect(alice.texts(threadId)).toEqual(['only as alice']);
  },
);
