/** What becomes of a client whose disk fails: packages/sync/SPEC.md, The disk. */
import 'fake-indexeddb/auto';
import { threadScope } from '@parley/core/scopes';
import { createDexieDisk } from '@parley/sync/adapters/dexie';
import {
  copyDatabase,
  createDiskFaults,
  createTabGroup,
  databasesOf,
  deleteDatabase,
  makeFirstOutbox,
  makeForeignCache,
  type DiskCall,
  type DiskFaults,
} from '@parley/sync/testing';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { people, startThread, TestClient, type TestServer } from './acme.fixture.ts';
import {
  drained,
  openEngineWorld,
  synced,
  type Client,
  type ClientOptions,
  type EngineWorld,
} from './client-engine.fixture.ts';

let world: EngineWorld;
let server: TestServer;

beforeAll(async () => {
  world = await openEngineWorld();
  server = world.server;
});
afterEach(() => world.stopClients());
afterAll(() => world.close());

const say = async ({ engine }: Client, threadId: string, text: string): Promise<void> => {
  const args = { threadId, messageId: newId(), text };
  const { saved } = await engine.mutate('sendMessage', args, { clearDraft: threadId });
  await saved;
};
const looking = (client: Client, threadId: string) => {
  client.engine.open(threadScope(threadId));
  return vi.waitFor(() => expect(client.engine.window(threadScope(threadId)).loading).toBe(false));
};
const storageOf = ({ engine }: Client) => engine.status().storage;

/** The thread's texts as the server has them, in order. */
async function onServer(threadId: string): Promise<string[]> {
  const bob = new TestClient(server, people.bob);
  const [answer] = await bob.pull({ scope: threadScope(threadId), from: null, epoch: null, window: 100 });
  const rows = answer && 'rows' in answer ? answer.rows : [];
  const messages = rows.flatMap(([table, , , data]) =>
    table === 'message' ? [data as { seq: number; text: string }] : [],
  );
  return messages.toSorted((a, b) => a.seq - b.seq).map(({ text }) => text);
}

/** Alice at a disk with faults to order, looking at a thread. */
async function atFaultyDisk(threadId: string, options: ClientOptions = {}) {
  const faults = createDiskFaults();
  const alice = await world.openClient(people.alice, { ...options, disk: faults.wrap });
  await synced(alice);
  await looking(alice, threadId);
  return { alice, faults };
}

/** The thread's texts in the cache on disk, in order. */
async function onDisk(profile: string, threadId: string): Promise<string[]> {
  const cache = await createDexieDisk(`${people.alice}-${profile}`, newId).openCache(() => {});
  const rows = await cache.pagedRows(threadScope(threadId), Number.MAX_SAFE_INTEGER, 100);
  cache.close();
  const messages = rows.flatMap(({ data }) => (data && 'text' in data ? [data as { seq: number; text: string }] : []));
  return messages.toSorted((a, b) => a.seq - b.seq).map(({ text }) => text);
}

const clientIdOf = async (profile: string): Promise<string> => {
  const outbox = await createDexieDisk(`${people.alice}-${profile}`, newId).openOutbox(() => {});
  outbox.close();
  return outbox.clientId;
};

describe('a client whose disk fails', () => {
  test('[DISK2] does again with a new handle what a lost one left undone', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const { alice, faults } = await atFaultyDisk(threadId, { profile });
    const calls: DiskCall[] = ['writeOutbox', 'writeCache', 'readOutbox', 'readCache'];
    for (const [index, call] of calls.entries()) {
      faults.set(call, 'lost', 1);
      await say(alice, threadId, `${index}`);
      await drained(alice);
    }
    alice.engine.open(threadScope(await startThread(server, [])));
    for (const call of ['writeOutbox', 'writeCache'] as const) expect(faults.fired[call]).toBe(1);
    expect(storageOf(alice)).toBe('disk');
    expect(alice.texts(threadId)).toEqual(['0', '1', '2', '3']);
    await vi.waitFor(async () => expect(await onDisk(profile, threadId)).toEqual(['0', '1', '2', '3']));
  });

  test.each(['corrupt', 'full', 'failed'] as const)(
    '[DISK3] fills a cache anew that was once %s, and keeps what is in view',
    async (failure) => {
      const threadId = await startThread(server, [people.bob]);
      const profile = newId();
      const { alice, faults } = await atFaultyDisk(threadId, { profile });
      await say(alice, threadId, 'before');
      await drained(alice);
      const seen: number[] = [];
      alice.engine.subscribe(threadScope(threadId), 'message', () => seen.push(alice.texts(threadId).length));
      // An unknown failure is first taken for one of the handle.
      faults.set('writeCache', failure, failure === 'failed' ? 2 : 1);
      await new TestClient(server, people.bob).do('sendMessage', { threadId, messageId: newId(), text: 'after' });
      await vi.waitFor(() => expect(alice.texts(threadId)).toEqual(['before', 'after']));
      const filled = async () => expect(await onDisk(profile, threadId)).toEqual(['before', 'after']);
      await vi.waitFor(filled, { timeout: 10_000 });
      await vi.waitFor(() => expect(storageOf(alice)).toBe('disk'));
      expect(faults.fired.writeCache).toBeGreaterThan(0);
      expect(Math.min(...seen)).toBeGreaterThan(0);
    },
  );

  test('[DISK3] fills a cache anew that was deleted under its feet, while offline too', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const tabs = createTabGroup();
    const alice = await world.openClient(people.alice, { profile, tabs });
    await synced(alice);
    await looking(alice, threadId);
    await say(alice, threadId, 'before');
    await drained(alice);
    const second = await world.openClient(people.alice, { profile, tabs });
    await looking(second, threadId);
    alice.network.setOnline(false);
    await say(alice, threadId, 'not sent yet');

    const cache = (await databasesOf(profile)).find((name) => name.startsWith('parley-cache-')) ?? '';
    await deleteDatabase(cache);
    for (const tab of [alice, second]) expect(tab.texts(threadId)).toEqual(['before', 'not sent yet']);
    alice.network.setOnline(true);
    await drained(alice);
    await say(second, threadId, 'from the other tab');
    for (const tab of [alice, second]) {
      const all = ['before', 'not sent yet', 'from the other tab'];
      await vi.waitFor(() => expect(tab.texts(threadId)).toEqual(all));
      expect(storageOf(tab)).toBe('disk');
    }
    await vi.waitFor(async () => expect(await onDisk(profile, threadId)).toHaveLength(3));
  });

  test('[DISK4] keeps the cache in memory where none can be had, and fills one when it can', async () => {
    const threadId = await startThread(server, [people.bob]);
    const other = await startThread(server, [people.bob]);
    const bob = new TestClient(server, people.bob);
    await bob.do('sendMessage', { threadId: other, messageId: newId(), text: 'elsewhere' });
    const profile = newId();
    const faults = createDiskFaults();
    faults.set('openCache', 'failed');
    const tabs = createTabGroup();
    const alice = await world.openClient(people.alice, { profile, tabs, disk: faults.wrap });
    await synced(alice);
    expect(storageOf(alice)).toBe('memory');
    await looking(alice, threadId);
    await say(alice, threadId, 'kept all the same');
    await drained(alice);
    expect(alice.texts(threadId)).toEqual(['kept all the same']);
    // What is not looked at has left the replica, and is read again.
    const close = alice.engine.open(threadScope(other));
    await vi.waitFor(() => expect(alice.texts(other)).toEqual(['elsewhere']));
    close();
    await looking(alice, other);
    expect(alice.texts(other)).toEqual(['elsewhere']);

    const second = await world.openClient(people.alice, { profile, tabs, disk: faults.wrap });
    await looking(second, threadId);
    await vi.waitFor(() => expect(second.texts(threadId)).toEqual(['kept all the same']));
    expect(storageOf(second)).toBe('memory');

    faults.clear();
    await vi.waitFor(() => expect([storageOf(alice), storageOf(second)]).toEqual(['disk', 'disk']));
    await vi.waitFor(async () => expect(await onDisk(profile, threadId)).toEqual(['kept all the same']));
  });

  test('[DISK5] gives the cache up for an outbox without room', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const { alice, faults } = await atFaultyDisk(threadId, { profile });
    await say(alice, threadId, 'before');
    await drained(alice);
    faults.set('writeOutbox', 'full', 1);
    await say(alice, threadId, 'squeezed in');
    expect(faults.fired.writeOutbox).toBe(1);
    expect(storageOf(alice)).not.toBe('full');
    await drained(alice);
    expect(alice.texts(threadId)).toEqual(['before', 'squeezed in']);
    await vi.waitFor(() => expect(storageOf(alice)).toBe('disk'));
    await vi.waitFor(async () => expect(await onDisk(profile, threadId)).toEqual(['before', 'squeezed in']));
  });

  test.each([
    ['full', 'full'],
    ['failed', 'unwritable'],
    ['corrupt', 'unwritable'],
  ] as const)('[DISK6] says of an outbox that is %s that it is, and heals by itself', async (failure, status) => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const { alice, faults } = await atFaultyDisk(threadId, { profile });
    alice.network.setOnline(false);
    await say(alice, threadId, 'kept before');
    await alice.engine.saveDraft(threadId, 'typed');
    faults.set('writeOutbox', failure);
    await expect(say(alice, threadId, 'typed')).rejects.toMatchObject({ failure });
    expect(alice.engine.draft(threadId)).toBe('typed');
    expect(alice.texts(threadId)).toEqual(['kept before']);
    expect(storageOf(alice)).toBe(status);

    faults.clear();
    await vi.waitFor(() => expect(storageOf(alice)).toBe('disk'));
    alice.network.setOnline(true);
    await say(alice, threadId, 'typed');
    await drained(alice);
    expect(alice.texts(threadId)).toEqual(['kept before', 'typed']);
  });

  test('[DISK6] sends what waits while its outbox can be read and not be written', async () => {
    const threadId = await startThread(server, [people.bob]);
    const { alice, faults } = await atFaultyDisk(threadId);
    alice.network.setOnline(false);
    await say(alice, threadId, 'goes out all the same');
    faults.set('writeOutbox', 'failed');
    alice.network.setOnline(true);
    await vi.waitFor(async () => expect(await onServer(threadId)).toEqual(['goes out all the same']));
    expect(alice.texts(threadId)).toEqual(['goes out all the same']);
    faults.clear();
    await drained(alice);
    expect(await onServer(threadId)).toEqual(['goes out all the same']);
  });

  test('[DISK7] leaves no half of a scope in a cache that vanished', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const { alice, faults } = await atFaultyDisk(threadId, { profile });
    for (const text of ['one', 'two']) await say(alice, threadId, text);
    await drained(alice);
    faults.set('writeCache', 'corrupt', 1);
    await say(alice, threadId, 'three');
    await drained(alice);
    // Whoever looks meanwhile finds it as it was, nothing, or the whole of it.
    const seen = new Set<string>();
    await vi.waitFor(async () => {
      const texts = (await onDisk(profile, threadId)).join();
      seen.add(texts);
      expect(texts).toBe('one,two,three');
    });
    for (const texts of seen) expect(['one,two', '', 'one,two,three']).toContain(texts);
  });

  test('[DISK8] writes down again what it has queued when the outbox vanished, and sends it once', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const alice = await world.openClient(people.alice, { profile });
    await synced(alice);
    await looking(alice, threadId);
    await say(alice, threadId, 'before');
    await drained(alice);
    alice.network.setOnline(false);
    for (const text of ['one', 'two']) await say(alice, threadId, text);
    await alice.engine.saveDraft('another', 'half a thou');
    for (const name of await databasesOf(profile)) await deleteDatabase(name);
    await say(alice, threadId, 'three');

    await vi.waitFor(async () => {
      const again = await world.openClient(people.alice, { profile, online: false });
      const queued = again.engine.items().map(({ args }) => (args as { text: string }).text);
      const draft = again.engine.draft('another');
      again.engine.stop();
      expect({ queued: queued.toSorted(), draft }).toEqual({ queued: ['one', 'three', 'two'], draft: 'half a thou' });
    });
    alice.network.setOnline(true);
    await drained(alice);
    expect((await onServer(threadId)).toSorted()).toEqual(['before', 'one', 'three', 'two']);
  });

  test('[CLI27] sends nothing that was counted for a client that is no more', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const [loses, holds] = [{ answers: false }, { answers: Promise.withResolvers<void>(), begun: false }];
    const renewed = Promise.withResolvers<void>();
    const alice = await world.openClient(people.alice, {
      profile,
      server: (reached) => ({
        ...reached,
        async push(request) {
          const answer = await reached.push(request);
          if (loses.answers) throw new Error('The answer is lost.');
          return answer;
        },
      }),
      storage: (storage) => ({
        ...storage,
        async enqueue(...args) {
          const stored = await storage.enqueue(...args);
          if (holds.begun) await holds.answers.promise;
          return stored;
        },
        async newClient(epoch) {
          const client = await storage.newClient(epoch);
          renewed.resolve();
          return client;
        },
      }),
    });
    await synced(alice);
    await looking(alice, threadId);
    loses.answers = true;
    await say(alice, threadId, 'one');
    await vi.waitFor(async () => expect(await onServer(threadId)).toEqual(['one']));
    alice.network.setOnline(false);
    loses.answers = false;

    holds.begun = true;
    for (const name of await databasesOf(profile)) await deleteDatabase(name);
    const said = say(alice, threadId, 'two');
    await renewed.promise;
    holds.answers.resolve();
    await said;
    alice.network.setOnline(true);
    await drained(alice);
    expect(alice.texts(threadId)).toEqual(['one', 'two']);
    expect(await onServer(threadId)).toEqual(['one', 'two']);
  });

  test('[DISK8] takes over what it could not read at its start', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const before = await world.openClient(people.alice, { profile, online: true });
    await synced(before);
    before.network.setOnline(false);
    await say(before, threadId, 'kept yesterday');
    await before.engine.saveDraft('another', 'half a thou');
    before.engine.stop();

    const faults: DiskFaults = createDiskFaults();
    faults.set('openOutbox', 'failed');
    const alice = await world.openClient(people.alice, { profile, disk: faults.wrap });
    await synced(alice);
    expect(storageOf(alice)).toBe('unwritable');
    expect(alice.engine.items()).toEqual([]);
    await expect(say(alice, threadId, 'refused')).rejects.toMatchObject({ failure: 'failed' });
    faults.clear();
    await vi.waitFor(() => expect(storageOf(alice)).toBe('disk'));
    await looking(alice, threadId);
    await vi.waitFor(() => expect(alice.texts(threadId)).toEqual(['kept yesterday']));
    await drained(alice);
    expect(alice.engine.draft('another')).toBe('half a thou');
    expect(alice.texts(threadId)).toEqual(['kept yesterday']);
  });

  test('[DISK8] leaves in its order what others have queued in an outbox that it could not read at its start', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const tabs = createTabGroup();
    const first = await world.openClient(people.alice, { profile, tabs });
    await synced(first);
    first.network.setOnline(false);
    for (const text of ['one', 'two']) await say(first, threadId, text);

    const faults: DiskFaults = createDiskFaults();
    faults.set('readOutbox', 'corrupt');
    const second = await world.openClient(people.alice, { profile, tabs, disk: faults.wrap, online: false });
    expect(storageOf(second)).toBe('unwritable');
    await say(first, threadId, 'three');
    await vi.waitFor(() => expect(second.engine.items()).toHaveLength(1));
    faults.clear();
    await vi.waitFor(() => expect(second.engine.items()).toHaveLength(3));

    for (const client of [first, second]) client.engine.stop();
    const again = await world.openClient(people.alice, { profile });
    await drained(again);
    expect(await onServer(threadId)).toEqual(['one', 'two', 'three']);
  });

  test('[CLI16] does again what a server had applied that was restored since, also where the cache is lost', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const alice = await world.openClient(people.alice, { profile });
    await synced(alice);
    alice.network.setOnline(false);
    await say(alice, threadId, 'lost with the server');
    alice.engine.stop();
    const outbox = await createDexieDisk(`${people.alice}-${profile}`, newId).openOutbox(() => {});
    const effects = [{ scope: threadScope(threadId), version: 1_000 }];
    const queued = await outbox.items();
    await outbox.updateItems(queued.map((item) => ({ ...item, state: 'applied', effects, incarnation: 'before' })));
    outbox.close();
    for (const name of await databasesOf(profile)) if (name.includes('cache')) await deleteDatabase(name);

    const again = await world.openClient(people.alice, { profile });
    await drained(again);
    expect(await onServer(threadId)).toEqual(['lost with the server']);
  });

  test('[DISK9] fills a cache of its own beside that of another release, and deletes that', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const [old, other] = [`parley-cache-1-${people.alice}-${profile}`, `parley-cache-1-${people.bob}-${profile}`];
    for (const name of [old, other]) await makeForeignCache(name);
    const alice = await world.openClient(people.alice, { profile });
    await synced(alice);
    await vi.waitFor(() => expect(alice.engine.row(threadScope(threadId), 'thread', threadId)).toBeDefined());
    await vi.waitFor(async () => expect(await databasesOf(profile)).not.toContain(old));
    expect(await databasesOf(profile)).toContain(other);
  });

  test('[DISK11] fills a cache for the release that comes next, which then starts without a network', async () => {
    const threadId = await startThread(server, [people.bob]);
    await new TestClient(server, people.bob).do('sendMessage', { threadId, messageId: newId(), text: 'hello' });
    const profile = newId();
    const former = `parley-cache-1-${people.alice}-${profile}`;
    await makeForeignCache(former);
    await world.fillCache(people.alice, profile);
    // Whoever runs meanwhile keeps what is theirs, and there is no trace of the work.
    expect(await databasesOf(profile)).toEqual([former, `parley-cache-2-${people.alice}-${profile}`]);

    const alice = await world.openClient(people.alice, { profile, online: false });
    alice.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(alice.texts(threadId)).toEqual(['hello']));
    alice.network.setOnline(true);
    await synced(alice);
    await say(alice, threadId, 'and on');
    await drained(alice);
    expect(alice.texts(threadId)).toEqual(['hello', 'and on']);
  });

  test('[DISK11] says where it cannot be filled; a later cache is left alone', async () => {
    const profile = newId();
    await expect(world.fillCache(people.alice, profile, { online: false })).rejects.toThrow();
    const later = `parley-cache-3-${people.alice}-${profile}`;
    await makeForeignCache(later);
    const alice = await world.openClient(people.alice, { profile });
    await synced(alice);
    await alice.engine.wipe();
    expect(await databasesOf(profile)).toEqual([]);
  });

  test('[DISK9] opens an outbox as the first release wrote it, and sends what it holds', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const lane = threadScope(threadId);
    const items = [1, 2].map((n) => {
      const args = { threadId, messageId: newId(), text: `from last year ${n}` };
      const about = { id: newId(), order: n, lane, n, name: 'sendMessage', version: 1, args, at: 1 };
      return { ...about, state: 'waiting' as const, effects: [], code: null, message: null };
    });
    const draft = { key: 'another', text: 'half a thou' };
    await makeFirstOutbox(`parley-outbox-${people.alice}-${profile}`, { clientId: newId(), items, draft });

    const alice = await world.openClient(people.alice, { profile });
    await drained(alice);
    expect(await onServer(threadId)).toEqual(['from last year 1', 'from last year 2']);
    expect(alice.engine.draft('another')).toBe('half a thou');
    await synced(alice);
    await say(alice, threadId, 'and on');
    await drained(alice);
    expect(await onServer(threadId)).toEqual(['from last year 1', 'from last year 2', 'and on']);
  });

  test('[DISK10] sends what two copies of a profile hold once, and gives one of them another client id', async () => {
    const threadId = await startThread(server, [people.bob]);
    const [profile, copy] = [newId(), newId()];
    const alice = await world.openClient(people.alice, { profile });
    await synced(alice);
    await say(alice, threadId, 'one');
    await drained(alice);
    alice.network.setOnline(false);
    await say(alice, threadId, 'both have it');
    await alice.engine.saveDraft('another', 'half a thou');
    alice.engine.stop();
    for (const name of await databasesOf(profile)) await copyDatabase(name, name.replace(profile, copy));
    const clientIds = () => Promise.all([profile, copy].map(clientIdOf));
    expect(new Set(await clientIds()).size).toBe(1);

    const original = await world.openClient(people.alice, { profile });
    await say(original, threadId, 'from the first');
    await drained(original);
    const clone = await world.openClient(people.alice, { profile: copy });
    await say(clone, threadId, 'from the copy');
    await drained(clone);
    for (const client of [original, clone]) {
      await say(client, threadId, 'on and on');
      await drained(client);
      expect(client.engine.draft('another')).toBe('half a thou');
    }
    const all = ['one', 'both have it', 'from the first', 'from the copy', 'on and on', 'on and on'];
    expect(await onServer(threadId)).toEqual(all);
    expect(new Set(await clientIds()).size).toBe(2);
  });
});
