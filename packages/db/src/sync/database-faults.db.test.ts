/** A database that loses its answer, embraces, has no connection left or is held up: each fault is seen to fire. */
import { threadScope, userScope } from '@parley/core/scopes';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDatabase, type OpenDatabase } from '../connection.ts';
import { openInstallation, people, startThread, TestClient } from './acme.fixture.ts';
import { drained, openEngineWorld, synced, type Client, type EngineWorld } from './client-engine.fixture.ts';
import { someoneWaits } from './cursor-proof.fixture.ts';
import { openLosingProxy } from './losing-proxy.fixture.ts';

const PATIENCE = 300;

let world: EngineWorld;
/** Somebody else at the same database. */
let outside: OpenDatabase;
beforeAll(async () => {
  world = await openEngineWorld({ connections: 3, lockTimeoutMs: PATIENCE, connectTimeoutMs: PATIENCE });
  outside = openDatabase(world.url, { as: 'owner', connections: 2 });
});
afterEach(() => world.stopClients());
afterAll(async () => {
  await outside.close();
  await world.close();
});

const newThread = () => startThread(world.server, [people.bob]);
const say = (client: TestClient, threadId: string) =>
  client.mutation('sendMessage', { threadId, messageId: newId(), text: 'hello' });
const textsOf = async (threadId: string): Promise<string[]> => {
  const { rows } = await sql<{ text: string }>`select text from message where thread_id = ${threadId}
    order by seq`.execute(outside.kysely);
  return rows.map(({ text }) => text);
};
const sayIn = async ({ engine }: Client, threadId: string, text: string) =>
  (await engine.mutate('sendMessage', { threadId, messageId: newId(), text })).saved;

/** Holds a scope's lock until the answer is called. */
async function hold(scope: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = outside.kysely.transaction().execute(async (trx) => {
    await sql`select from sync_scope where id = ${scope} for update`.execute(trx);
    held.resolve();
    await release.promise;
  });
  await held.promise;
  return async () => {
    release.resolve();
    await holding;
  };
}

test('[PUSH1] the answer to a COMMIT is lost: what is sent again is done once, with the same answer', async () => {
  const threadId = await newThread();
  const proxy = await openLosingProxy(world.url);
  const losing = openInstallation(proxy.url, { connections: 1 });
  const alice = new TestClient(losing.server, people.alice);
  await alice.push(say(alice, threadId));
  const mutation = say(alice, threadId);
  proxy.loseNextCommit();
  await expect(alice.push(mutation)).rejects.toThrow();
  expect(proxy.lost).toBe(1);
  // It was done before anybody heard of it.
  expect(await textsOf(threadId)).toHaveLength(2);
  const [again] = await alice.push(mutation);
  expect(again).toMatchObject({ status: 'applied', effects: [{ scope: threadScope(threadId), version: 3 }] });
  expect(await textsOf(threadId)).toHaveLength(2);
  await losing.close();
  await proxy.close();
});

test('[CUR2] an embrace with somebody who keeps to no order is dissolved, and the act done again', async () => {
  const threadId = await newThread();
  const attempts: number[] = [];
  const installation = openInstallation(world.url, {
    wrap: (storage) => ({
      ...storage,
      write: (work) =>
        storage.write((tx, attempt) => {
          attempts.push(attempt);
          return work(tx, attempt);
        }),
    }),
  });
  const rename = () =>
    installation.server.act(people.alice, { write: [threadScope(threadId)] }, async (tx) => {
      const head = await tx.get('thread', threadScope(threadId), threadId);
      if (head) tx.put('thread', threadScope(threadId), threadId, { ...head, subject: 'Embraced' });
    });
  const [renaming] = await outside.kysely.transaction().execute(async (trx) => {
    // Whoever is patient is not the one whom the database sends away.
    await sql`set local deadlock_timeout = '30s'`.execute(trx);
    await sql`select from sync_scope where id = ${userScope(people.alice)} for update`.execute(trx);
    // Has the thread, and waits for alice; then we want the thread.
    const renaming = rename();
    await someoneWaits(installation.database);
    await sql`select from sync_scope where id = ${threadScope(threadId)} for update`.execute(trx);
    return [renaming];
  });
  await renaming;
  expect(attempts).toEqual([0, 1]);
  const { subject } = await outside.kysely
    .selectFrom('thread')
    .select('subject')
    .where('id', '=', threadId)
    .executeTakeFirstOrThrow();
  expect(subject).toBe('Embraced');
  await installation.close();
});

describe('[PUSH12] a lock that somebody holds for long', () => {
  test('holds up its own lane, with nothing used up, and no other', async () => {
    const [held, free] = [await newThread(), await newThread()];
    const alice = new TestClient(world.server, people.alice);
    const release = await hold(threadScope(held));
    const [first, second] = [say(alice, held), say(alice, free)];
    expect(await alice.push(first, second)).toMatchObject([{ status: 'not_yet' }, { status: 'applied' }]);
    await release();
    expect(await alice.push(first)).toMatchObject([{ status: 'applied' }]);
    expect([await textsOf(held), await textsOf(free)]).toEqual([['hello'], ['hello']]);
  });

  test('holds up its own lane when others share its transaction', async () => {
    const [held, free] = [await newThread(), await newThread()];
    const [alice, bob] = [new TestClient(world.server, people.alice), new TestClient(world.server, people.bob)];
    await Promise.all([alice.push(say(alice, free)), bob.push(say(bob, free))]);
    const release = await hold(threadScope(held));
    const [first, second, third] = [say(bob, free), say(alice, held), say(bob, free)];
    // The first goes at once, and the others together after it.
    const answers = await Promise.all([bob.push(first), alice.push(second), bob.push(third)]);
    expect(answers.flat()).toMatchObject([{ status: 'applied' }, { status: 'not_yet' }, { status: 'applied' }]);
    await release();
    expect(await alice.push(second)).toMatchObject([{ status: 'applied' }]);
  });

  test('is waited for by the client, which goes on in other threads', async () => {
    const [held, free] = [await newThread(), await newThread()];
    const client = await world.openClient(people.alice);
    await synced(client);
    const release = await hold(threadScope(held));
    for (const text of ['one', 'two']) await sayIn(client, held, text);
    await sayIn(client, free, 'meanwhile');
    await vi.waitFor(async () => expect(await textsOf(free)).toEqual(['meanwhile']), { timeout: 10_000 });
    expect(await textsOf(held)).toEqual([]);
    expect(client.engine.items().map(({ state }) => state)).not.toContain('failed');
    await release();
    await drained(client);
    expect(await textsOf(held)).toEqual(['one', 'two']);
  });
});

describe('[PUSH13] a server that has no connection left', () => {
  /** Takes every connection of the world's pool. */
  async function exhaust(): Promise<() => Promise<void>> {
    const taken = await Promise.all(Array.from({ length: 3 }, () => world.database.pool.connect()));
    return async () => taken.forEach((connection) => connection.release());
  }

  test('says so with a code, to whatever is asked', async () => {
    const threadId = await newThread();
    const alice = new TestClient(world.server, people.alice);
    await alice.push(say(alice, threadId));
    const giveBack = await exhaust();
    const busy = { name: 'RequestError', code: 'BUSY' };
    const mutation = say(alice, threadId);
    await expect(alice.push(mutation)).rejects.toMatchObject(busy);
    await expect(alice.pull({ scope: threadScope(threadId), from: null, epoch: null })).rejects.toMatchObject(busy);
    await expect(new TestClient(world.server, people.bob).push(mutation)).rejects.toMatchObject(busy);
    await giveBack();
    expect(await alice.push(mutation)).toMatchObject([{ status: 'applied' }]);
  });

  test('is asked again by the client until it has one', async () => {
    const threadId = await newThread();
    const client = await world.openClient(people.alice);
    await synced(client);
    const giveBack = await exhaust();
    const asked = client.network.requests.push;
    await sayIn(client, threadId, 'kept');
    await vi.waitFor(() => expect(client.network.requests.push).toBeGreaterThan(asked + 1), { timeout: 10_000 });
    expect(client.engine.items()).toMatchObject([{ code: null, args: { text: 'kept' } }]);
    await giveBack();
    await drained(client);
    expect(await textsOf(threadId)).toEqual(['kept']);
  });
});
