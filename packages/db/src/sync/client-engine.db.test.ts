/** The client engine that ships, over its real disk adapter, against the real server on PostgreSQL. */
import 'fake-indexeddb/auto';
import { indexedDB } from 'fake-indexeddb';
import { followedScopes, residentTables } from '@parley/core/following';
import { mutators, type Mutators } from '@parley/core/mutators';
import { isPaged, threadScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { createDexieStorage } from '@parley/sync/adapters/dexie';
import { createEngine, type Engine } from '@parley/sync/client';
import { createHub, createLocalBus, createSyncServer, type Hub } from '@parley/sync/server';
import { createDirectNetwork, createTabGroup, type DirectNetwork, type TabGroup } from '@parley/sync/testing';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDatabase, type OpenDatabase } from '../connection.ts';
import { createTestDatabase } from '../testing/index.ts';
import { orgs, people, seed, startThread, TestClient, type TestServer } from './acme.fixture.ts';
import type { DatabaseTransaction } from './statement.ts';
import { createPostgresStorage } from './storage.ts';

let database: OpenDatabase;
let server: TestServer;
let hub: Hub;
let drop: () => Promise<void>;
const running: Client[] = [];

beforeAll(async () => {
  const created = await createTestDatabase();
  drop = created.drop;
  database = openDatabase(created.url, { connections: 10 });
  const storage = createPostgresStorage(database.kysely);
  hub = createHub({ bus: createLocalBus(), incarnation: () => storage.incarnation() });
  server = createSyncServer<Tables, DatabaseTransaction>({
    storage,
    mutators,
    isPaged,
    ownScope: userScope,
    publish: hub.publish,
    interest: hub,
  });
  await seed({ server });
});
afterEach(() => {
  for (const client of running.splice(0)) client.engine.stop();
});
afterAll(async () => {
  hub.close();
  await database.close();
  await drop();
});

interface Client {
  engine: Engine<Tables, Mutators>;
  network: DirectNetwork;
  texts(threadId: string): string[];
}

/** One tab of a person. `profile` names the disk, so that a second one with the same name is a restart. */
async function openClient(
  personId: string,
  profile: string = newId(),
  { online = true, tabs = createTabGroup() }: { online?: boolean; tabs?: TabGroup } = {},
): Promise<Client> {
  const network = createDirectNetwork(
    {
      pull: (request) => server.pull(personId, request),
      push: (request) => server.push(personId, request),
      page: (request) => server.page(personId, request),
      live(caller, listener) {
        const ended = new AbortController();
        const events = hub.connect(caller, ended.signal);
        void (async () => {
          for await (const event of events) listener(event);
        })();
        return () => ended.abort();
      },
    },
    Math.random,
  );
  if (!online) network.setOnline(false);
  const engine = createEngine<Tables, Mutators>({
    personId,
    mutators,
    residentTables,
    isPaged,
    rootScope: userScope(personId),
    follow: (rows) => followedScopes(personId, rows),
    storage: createDexieStorage(`${personId}-${profile}`, newId),
    network,
    timers: {
      now: () => Date.now(),
      after(ms, act) {
        // Waits are shortened, not skipped: the order of things stays.
        const timer = setTimeout(act, Math.min(ms, 50));
        return () => clearTimeout(timer);
      },
      random: Math.random,
    },
    tabs: tabs.open(),
  });
  await engine.start();
  const texts = (threadId: string) => engine.rows(threadScope(threadId), 'message').map(({ data }) => data.text);
  const client = { engine, network, texts };
  running.push(client);
  return client;
}

const synced = ({ engine }: Client) => vi.waitFor(() => expect(engine.status().syncedAt).not.toBeNull());
const drained = ({ engine }: Client) => vi.waitFor(() => expect(engine.items()).toEqual([]), { timeout: 10_000 });
const say = ({ engine }: Client, threadId: string, text: string) =>
  engine.mutate('sendMessage', { threadId, messageId: newId(), text });

describe('the client engine', () => {
  test('[CLI1] shows what was done before anything is on disk or sent', async () => {
    const threadId = await startThread(server, [people.bob]);
    const alice = await openClient(people.alice);
    await synced(alice);
    alice.engine.open(threadScope(threadId));
    alice.network.setOnline(false);
    const { saved } = await say(alice, threadId, 'hello');
    expect(alice.texts(threadId)).toEqual(['hello']);
    expect(alice.engine.rows(threadScope(threadId), 'message')[0]?.pending[0]?.state).toBe('saving');
    await saved;
    expect(alice.engine.rows(threadScope(threadId), 'message')[0]?.pending[0]?.state).toBe('waiting');
  });

  test('[CLI2] brings a message to the other person without a pull', async () => {
    const threadId = await startThread(server, [people.bob]);
    const [alice, bob] = [await openClient(people.alice), await openClient(people.bob)];
    bob.engine.open(threadScope(threadId));
    await Promise.all([synced(alice), synced(bob)]);
    await vi.waitFor(() => expect(bob.engine.window(threadScope(threadId)).loading).toBe(false));
    const pulls = bob.network.requests.pull;
    await say(alice, threadId, 'one');
    await say(alice, threadId, 'two');
    await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['one', 'two']));
    expect(bob.network.requests.pull).toBe(pulls);
    await drained(alice);
  });

  test('[CLI3] keeps what was done offline over a restart, and sends it once, in order, by itself', async () => {
    const threadId = await startThread(server, [people.bob]);
    const first = await openClient(people.alice, 'restart');
    await synced(first);
    first.network.setOnline(false);
    const texts = Array.from({ length: 120 }, (_, index) => `message ${index}`);
    for (const text of texts) await (await say(first, threadId, text)).saved;
    const started = newId();
    await (
      await first.engine.mutate('createThread', {
        threadId: started,
        orgId: orgs.acme,
        subject: 'Started offline',
        participantIds: [people.bob],
      })
    ).saved;
    await (
      await say(first, started, 'first here')
    ).saved;
    first.engine.stop();

    const second = await openClient(people.alice, 'restart', { online: false });
    second.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(second.texts(threadId)).toEqual(texts));
    expect(second.engine.items()).toHaveLength(122);
    second.network.setOnline(true);
    await drained(second);
    expect(second.texts(threadId)).toEqual(texts);

    const bob = await openClient(people.bob);
    bob.engine.open(threadScope(threadId));
    bob.engine.open(threadScope(started));
    await vi.waitFor(() => expect(bob.texts(started)).toEqual(['first here']));
    await vi.waitFor(() => expect(bob.texts(threadId).at(-1)).toBe('message 119'));
    while (!bob.engine.window(threadScope(threadId)).complete) await bob.engine.loadOlder(threadScope(threadId));
    expect(bob.texts(threadId)).toEqual(texts);
  });

  test('[CLI4] loses and doubles nothing while requests, answers and pokes are lost', async () => {
    const threadId = await startThread(server, [people.bob]);
    const clients = [await openClient(people.alice), await openClient(people.bob)];
    for (const client of clients) {
      Object.assign(client.network.odds, { requestLost: 0.2, answerLost: 0.3, requestDoubled: 0.2, pokeLost: 0.4 });
      client.engine.open(threadScope(threadId));
    }
    await Promise.all(clients.map(synced));
    const sent: string[] = [];
    for (let round = 0; round < 30; round += 1) {
      for (const [index, client] of clients.entries()) {
        const text = `${index}.${round}`;
        sent.push(text);
        await (
          await say(client, threadId, text)
        ).saved;
        if (round % 10 === 5) {
          client.network.setOnline(false);
          client.network.setOnline(true);
        }
      }
    }
    await Promise.all(clients.map(drained));
    for (const client of clients) {
      Object.assign(client.network.odds, { requestLost: 0, answerLost: 0, requestDoubled: 0, pokeLost: 0 });
      client.network.setOnline(false);
      client.network.setOnline(true);
    }
    await vi.waitFor(() => {
      for (const { texts } of clients) expect(texts(threadId).toSorted()).toEqual(sent.toSorted());
    });
    const [alice, bob] = clients;
    expect(alice?.texts(threadId)).toEqual(bob?.texts(threadId));
    for (const author of ['0', '1']) {
      const own = alice?.texts(threadId).filter((text) => text.startsWith(`${author}.`));
      expect(own).toEqual(sent.filter((text) => text.startsWith(`${author}.`)));
    }
    const fired = clients.flatMap(({ network }) => Object.entries(network.fired));
    expect(fired.filter(([, times]) => times === 0)).toEqual([]);
  });

  test('[CLI5] shows a refusal in place and keeps what was typed', async () => {
    const threadId = await startThread(server, [people.bob]);
    const bob = await openClient(people.bob);
    await synced(bob);
    bob.network.setOnline(false);
    await (
      await say(bob, threadId, 'too late')
    ).saved;
    const alice = new TestClient(server, people.alice);
    await alice.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
    bob.network.setOnline(true);
    await vi.waitFor(() => expect(bob.engine.items()[0]).toMatchObject({ state: 'failed', code: 'not_found' }));
    expect(bob.engine.items()[0]?.args).toMatchObject({ text: 'too late' });
    expect(bob.engine.row(threadScope(threadId), 'thread', threadId)).toBeUndefined();
    await bob.engine.discard(bob.engine.items()[0]?.id ?? '');
    expect(bob.engine.items()).toEqual([]);
  });

  test('[CLI6] clears the draft together with keeping the message', async () => {
    const threadId = await startThread(server, []);
    const alice = await openClient(people.alice, 'drafts');
    await synced(alice);
    await alice.engine.saveDraft(threadId, 'half a thou');
    const { saved } = await alice.engine.mutate(
      'sendMessage',
      { threadId, messageId: newId(), text: 'half a thought' },
      { clearDraft: threadId },
    );
    expect(alice.engine.draft(threadId)).toBe('');
    await saved;
    alice.engine.stop();
    const again = await openClient(people.alice, 'drafts');
    expect(again.engine.draft(threadId)).toBe('');
  });

  test('[CLI7] leaves nothing behind after wiping', async () => {
    const threadId = await startThread(server, []);
    const alice = await openClient(people.alice, 'wiped');
    await synced(alice);
    await (
      await say(alice, threadId, 'secret')
    ).saved;
    await alice.engine.wipe();
    const databases: { name?: string }[] = await indexedDB.databases();
    expect(databases.filter(({ name }) => name?.includes('wiped'))).toEqual([]);
  });

  test('[CLI8] shows every tab the same, sends through one of them, and another takes over', async () => {
    const threadId = await startThread(server, [people.bob]);
    const tabs = createTabGroup();
    const leader = await openClient(people.alice, 'tabs', { tabs });
    await synced(leader);
    const follower = await openClient(people.alice, 'tabs', { tabs });
    for (const { engine } of [leader, follower]) engine.open(threadScope(threadId));
    await (
      await say(follower, threadId, 'from the second tab')
    ).saved;
    await vi.waitFor(() => expect(leader.texts(threadId)).toEqual(['from the second tab']));
    await drained(leader);
    await drained(follower);
    expect(follower.network.requests).toEqual({ pull: 0, push: 0, page: 0 });
    expect(follower.texts(threadId)).toEqual(['from the second tab']);

    const bob = new TestClient(server, people.bob);
    await bob.do('sendMessage', { threadId, messageId: newId(), text: 'seen by both' });
    await vi.waitFor(() => expect(follower.texts(threadId).at(-1)).toBe('seen by both'));

    leader.engine.stop();
    await (
      await say(follower, threadId, 'sent by the heir')
    ).saved;
    await drained(follower);
    expect(follower.network.requests.push).toBeGreaterThan(0);
  });

  test('[CLI9] fetches older messages on demand and shows each once', async () => {
    const threadId = await startThread(server, [people.bob]);
    const bob = new TestClient(server, people.bob);
    const texts = Array.from({ length: 230 }, (_, index) => `old ${index}`);
    for (const text of texts) await bob.do('sendMessage', { threadId, messageId: newId(), text });
    const tabs = createTabGroup();
    const alice = await openClient(people.alice, 'older', { tabs });
    await synced(alice);
    const follower = await openClient(people.alice, 'older', { tabs });
    for (const client of [alice, follower]) {
      client.engine.open(threadScope(threadId));
      await vi.waitFor(() => expect(client.engine.window(threadScope(threadId)).loading).toBe(false));
      expect(client.texts(threadId).length).toBeLessThan(texts.length);
      while (!client.engine.window(threadScope(threadId)).complete) {
        await client.engine.loadOlder(threadScope(threadId));
        expect(client.engine.window(threadScope(threadId)).unreachable).toBe(false);
      }
      expect(client.texts(threadId)).toEqual(texts);
    }
  });

  test('[CLI10] drops every row of a thread the person was removed from, and fetches it anew when added again', async () => {
    const threadId = await startThread(server, [people.bob]);
    const alice = new TestClient(server, people.alice);
    await alice.do('sendMessage', { threadId, messageId: newId(), text: 'before' });
    const bob = await openClient(people.bob, 'removed');
    const close = bob.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['before']));
    await alice.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
    await vi.waitFor(() => expect(bob.texts(threadId)).toEqual([]));
    close();
    bob.engine.stop();
    const again = await openClient(people.bob, 'removed', { online: false });
    expect(again.engine.row(threadScope(threadId), 'thread', threadId)).toBeUndefined();
    await alice.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: [people.bob] });
    again.network.setOnline(true);
    again.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(again.texts(threadId)[0]).toBe('before'));
  });
});
