/** Several tabs of one person, one of which leads: packages/sync/SPEC.md, Tabs and leaving. */
import 'fake-indexeddb/auto';
import { threadScope } from '@parley/core/scopes';
import { createDexieStorage } from '@parley/sync/adapters/dexie';
import type { Disk } from '@parley/sync/client';
import { createTabGroup, databasesOf, deleteDatabase } from '@parley/sync/testing';
import { indexedDB } from 'fake-indexeddb';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
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
  const { saved } = await engine.mutate('sendMessage', { threadId, messageId: newId(), text });
  await saved;
};

/** Tabs of alice with the same disk, all looking at one thread; the first leads. */
async function openTabs(threadId: string, count: number, options: ClientOptions = {}) {
  const profile = newId();
  const tabs = createTabGroup();
  const clients: Client[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = await world.openClient(people.alice, { ...options, profile, tabs });
    client.engine.open(threadScope(threadId));
    if (index === 0) await synced(client);
    clients.push(client);
  }
  return { profile, tabs, clients: clients as [Client, Client, Client] };
}

/** What a tab that starts now finds on the disk. */
const onDisk = async (profile: string, threadId: string): Promise<string[]> => {
  const client = await world.openClient(people.alice, { profile, online: false });
  client.engine.open(threadScope(threadId));
  await vi.waitFor(() => expect(client.engine.window(threadScope(threadId)).loading).toBe(false));
  return client.texts(threadId);
};

test('[TAB2] sends what is typed in the third tab while the leader is frozen, and shows everything once', async () => {
  const threadId = await startThread(server, [people.bob]);
  const { clients, profile } = await openTabs(threadId, 3);
  const [first, second, third] = clients;
  const bob = new TestClient(server, people.bob);
  await say(second, threadId, 'before');
  await Promise.all(clients.map(drained));

  first.freeze();
  await say(third, threadId, 'typed in the third');
  await drained(third);
  expect(first.leads()).toBe(false);
  await bob.do('sendMessage', { threadId, messageId: newId(), text: 'answer' });
  const all = ['before', 'typed in the third', 'answer'];
  for (const client of [second, third]) await vi.waitFor(() => expect(client.texts(threadId)).toEqual(all));

  first.thaw();
  await vi.waitFor(() => expect(first.texts(threadId)).toEqual(all));
  expect(clients.filter((client) => client.leads())).toHaveLength(1);
  expect(first.leads()).toBe(false);
  await say(first, threadId, 'typed in the thawed one');
  for (const client of clients) {
    await vi.waitFor(() => expect(client.texts(threadId)).toEqual([...all, 'typed in the thawed one']));
    await drained(client);
  }
  await vi.waitFor(async () => expect(await onDisk(profile, threadId)).toHaveLength(4));
});

test('[TAB3] writes nothing to the disk with what it heard while it was frozen', async () => {
  const threadId = await startThread(server, [people.bob]);
  const refused: unknown[] = [];
  const { clients, profile } = await openTabs(threadId, 2, {
    storage: (storage) => ({
      ...storage,
      writeCache: (...written) =>
        storage.writeCache(...written).catch((error: unknown) => {
          refused.push(error);
          throw error;
        }),
    }),
  });
  const [zombie, heir] = clients;
  const bob = new TestClient(server, people.bob);
  heir.network.setOnline(false);
  zombie.freeze();
  await vi.waitFor(() => expect(heir.leads()).toBe(true));
  await vi.waitFor(() => expect(heir.engine.status().connection.state).toBe('offline'));
  await bob.do('sendMessage', { threadId, messageId: newId(), text: 'while it was frozen' });

  zombie.thaw();
  await vi.waitFor(() => expect(refused).toHaveLength(1));
  expect(refused[0]).toMatchObject({ name: 'Fenced' });
  expect(heir.leads()).toBe(true);
  expect(zombie.texts(threadId)).toEqual(['while it was frozen']);
  expect(await onDisk(profile, threadId)).toEqual([]);

  // What it showed and could not write is fetched again when it leads once more.
  heir.engine.stop();
  await vi.waitFor(async () => expect(await onDisk(profile, threadId)).toEqual(['while it was frozen']));
  expect(zombie.texts(threadId)).toEqual(['while it was frozen']);
});

test('[TAB4] does once what the old and the new leader both send', async () => {
  const threadId = await startThread(server, [people.bob]);
  const pushes: string[][] = [];
  const { clients } = await openTabs(threadId, 2, {
    server: (reached) => ({
      ...reached,
      push(request) {
        pushes.push(request.mutations.map(({ id }) => id));
        return reached.push(request);
      },
    }),
  });
  const [zombie, heir] = clients;
  zombie.network.odds.requestLost = 1;
  await say(zombie, threadId, 'sent by two');
  await vi.waitFor(() => expect(zombie.network.fired.requestLost).toBeGreaterThan(0));
  // It knows of no answer, so it will send again, now through the line that works.
  zombie.network.odds.requestLost = 0;
  zombie.network.odds.answerLost = 1;
  await vi.waitFor(() => expect(zombie.network.fired.answerLost).toBeGreaterThan(0));
  zombie.freeze();
  await vi.waitFor(() => expect(heir.leads()).toBe(true));
  await drained(heir);
  zombie.thaw();
  await drained(zombie);
  for (const client of clients) expect(client.texts(threadId)).toEqual(['sent by two']);
  expect(new Set(pushes.flat()).size).toBe(1);
  expect(pushes.length).toBeGreaterThan(1);
});

test('[TAB5] refuses writes of an earlier epoch, of an earlier membership, and to a scope that is not held', async () => {
  const disk = createDexieStorage(newId(), newId);
  await disk.open([]);
  const scope = 'thread:1';
  const state = (version: number, epoch: number) => ({ scope, version, epoch, low: null });
  const row = { scope, table: 'message', id: 'm', version: 3, data: { text: 'late' } };
  const old = await disk.takeLead();
  const current = await disk.takeLead();
  expect(current.epoch).toBeGreaterThan(old.epoch);

  const write = (purge: boolean, epoch: number, membership: number) =>
    disk.writeCache([{ scope, purge, state: state(3, membership), rows: [row] }], 'one', epoch);
  await expect(write(true, old.epoch, 2)).rejects.toMatchObject({ name: 'Fenced' });
  await expect(write(false, current.epoch, 2)).rejects.toMatchObject({ name: 'Fenced' });
  expect(await disk.row(scope, 'message', 'm')).toBeUndefined();
  await write(true, current.epoch, 2);
  expect(await disk.row(scope, 'message', 'm')).toMatchObject({ version: 3 });
  await expect(write(true, current.epoch, 1)).rejects.toMatchObject({ name: 'Fenced' });
  await expect(disk.renumber('lane', 1, old.epoch)).rejects.toMatchObject({ name: 'Fenced' });
  await expect(disk.newClient(old.epoch)).rejects.toMatchObject({ name: 'Fenced' });
  expect((await disk.takeLead()).scopes).toEqual([state(3, 2)]);
  await disk.wipe();
});

test('[CLI8] counts one lane without a gap when two tabs race to write into it, and sends each act once', async () => {
  const threadId = await startThread(server, [people.bob]);
  const places = new Map<string, number>();
  const { clients } = await openTabs(threadId, 2, {
    server: (reached) => ({
      ...reached,
      push(request) {
        for (const { id, n } of request.mutations) places.set(id, n);
        return reached.push(request);
      },
    }),
  });
  const ofTab = (tab: number) => Array.from({ length: 20 }, (_, index) => `${tab}-${index}`);
  const racing = [0, 1].flatMap((tab) => ofTab(tab).map((text) => say(clients[tab === 0 ? 0 : 1], threadId, text)));
  await Promise.all(racing);
  await Promise.all(clients.map(drained));
  expect([...places.values()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  const [first, second] = clients;
  for (const tab of [0, 1]) {
    expect(first.texts(threadId).filter((text) => text.startsWith(`${tab}-`))).toEqual(ofTab(tab));
  }
  expect(first.texts(threadId)).toHaveLength(40);
  await vi.waitFor(() => expect(second.texts(threadId)).toEqual(first.texts(threadId)));
});

test('[CLI7] leaves nothing behind after wiping in one of two tabs, and the other lets go', async () => {
  const threadId = await startThread(server, [people.bob]);
  const { clients, profile } = await openTabs(threadId, 2);
  const [leader, follower] = clients;
  await say(follower, threadId, 'secret');
  await leader.engine.wipe();
  await vi.waitFor(async () => {
    const databases: { name?: string }[] = await indexedDB.databases();
    expect(databases.filter(({ name }) => name?.includes(profile))).toEqual([]);
  });
  // The heir is told before it gets the lead, and asks the server for nothing.
  expect(follower.leads()).toBe(false);
  expect(follower.network.connects()).toBe(0);
});

test('[CLI7] leaves nothing behind when another tab is frozen, which makes nothing anew when it thaws', async () => {
  const threadId = await startThread(server, [people.bob]);
  const { clients, profile, tabs } = await openTabs(threadId, 1);
  const [leader] = clients;
  let opened = 0;
  const counted = (disk: Disk): Disk => ({
    ...disk,
    openCache: (lost) => {
      opened += 1;
      return disk.openCache(lost);
    },
    openOutbox: (lost) => {
      opened += 1;
      return disk.openOutbox(lost);
    },
  });
  const frozen = await world.openClient(people.alice, { profile, tabs, disk: counted });
  await say(frozen, threadId, 'secret');
  await drained(frozen);
  frozen.freeze();
  const before = opened;
  for (const name of await databasesOf(profile)) await deleteDatabase(name);
  // It waits for an outbox that can be had again.
  void say(frozen, threadId, 'too late');
  await leader.engine.wipe();
  frozen.thaw();
  await vi.waitFor(async () => expect(await databasesOf(profile)).toEqual([]));
  expect(opened).toBe(before);
});

test('[CLI7] leaves nothing behind when it is wiped while a flush is on its way, which arrives once', async () => {
  const threadId = await startThread(server, [people.bob]);
  const arrived = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const { clients, profile } = await openTabs(threadId, 2, {
    server: (reached) => ({
      ...reached,
      async push(request) {
        const answer = await reached.push(request);
        arrived.resolve();
        await answered.promise;
        return answer;
      },
    }),
  });
  const [leader, follower] = clients;
  const bob = await world.openClient(people.bob);
  bob.engine.open(threadScope(threadId));
  await say(leader, threadId, 'on its way');
  await arrived.promise;
  // What still waits for the disk when the other tab signs out comes to no end.
  void say(leader, threadId, 'too late');
  const wiped = follower.engine.wipe();
  answered.resolve();
  await wiped;
  await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['on its way']));
  await new TestClient(server, people.bob).do('sendMessage', { threadId, messageId: newId(), text: 'answer' });
  await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['on its way', 'answer']));
  await vi.waitFor(async () => {
    const databases: { name?: string }[] = await indexedDB.databases();
    expect(databases.filter(({ name }) => name?.includes(profile))).toEqual([]);
  });
});
