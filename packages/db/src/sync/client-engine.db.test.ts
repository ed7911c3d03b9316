/** Rules of the client half of the engine: packages/sync/SPEC.md, Client. */
import { threadPeopleScope, threadScope } from '@parley/core/scopes';
import { createTabGroup, type DirectServer } from '@parley/sync/testing';
import { indexedDB } from 'fake-indexeddb';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { orgs, people, startThread, TestClient, type TestServer } from './acme.fixture.ts';
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

const openClient = (personId: string, options?: ClientOptions): Promise<Client> => world.openClient(personId, options);
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

  test('[CLI26] shows what is read before it has any mutator, and fetches them for what is done', async () => {
    const threadId = await startThread(server, [people.bob]);
    const [bob, there] = [await openClient(people.bob), Promise.withResolvers<void>()];
    const alice = await openClient(people.alice, { fetch: () => there.promise });
    alice.engine.open(threadScope(threadId));
    await synced(bob);
    await say(bob, threadId, 'before');
    await vi.waitFor(() => expect(alice.texts(threadId)).toEqual(['before']));
    const said = say(alice, threadId, 'after');
    await say(bob, threadId, 'meanwhile');
    await vi.waitFor(() => expect(alice.texts(threadId)).toEqual(['before', 'meanwhile']));
    there.resolve();
    await (
      await said
    ).saved;
    expect(alice.texts(threadId)).toEqual(['before', 'meanwhile', 'after']);
    await drained(alice);
  });

  test('[CLI26] shows what waits over a restart, and an act that finds no mutators leaves nothing behind', async () => {
    const threadId = await startThread(server, [people.bob]);
    const profile = newId();
    const first = await openClient(people.alice, { profile });
    first.engine.open(threadScope(threadId));
    await synced(first);
    first.network.setOnline(false);
    await (
      await say(first, threadId, 'waits')
    ).saved;
    first.engine.stop();

    let reachable = false;
    const fetch = vi.fn(async () => {
      if (!reachable) throw new Error('The network is away.');
    });
    await expect(openClient(people.alice, { profile, online: false, fetch })).rejects.toThrow('away');
    const idle = await openClient(people.bob, { online: false, fetch });
    await expect(say(idle, threadId, 'lost')).rejects.toThrow('away');
    expect(idle.engine.items()).toEqual([]);
    reachable = true;
    const again = await openClient(people.alice, { profile, fetch });
    again.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(again.texts(threadId)).toEqual(['waits']));
    await drained(again);
  });

  test('[CLI3] keeps what was done offline over a restart, and sends it once, in order, by itself', async () => {
    const threadId = await startThread(server, [people.bob]);
    const first = await openClient(people.alice, { profile: 'restart' });
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

    const second = await openClient(people.alice, { profile: 'restart', online: false });
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
    const missing = () => clients.flatMap(({ network }) => Object.values(network.fired)).includes(0);
    // As long as it takes for every fault to fire at every client; by the odds that is soon.
    for (let round = 0; round < 30 || (missing() && round < 300); round += 1) {
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
    expect(missing()).toBe(false);
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

  test('[DEAD1] sends a refused item once more with other arguments, and logs what it did', async () => {
    const threadId = await startThread(server, [people.bob]);
    const bob = await openClient(people.bob);
    await synced(bob);
    bob.network.setOnline(false);
    await (
      await say(bob, threadId, 'the first words')
    ).saved;
    const alice = new TestClient(server, people.alice);
    await alice.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
    bob.network.setOnline(true);
    await vi.waitFor(() => expect(bob.engine.items()[0]).toMatchObject({ state: 'failed' }));
    await alice.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: [people.bob] });

    bob.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(bob.engine.row(threadScope(threadId), 'thread', threadId)).toBeDefined());
    const [refused] = bob.engine.items();
    await expect(bob.engine.retry(refused?.id ?? '', { text: 1 })).rejects.toThrow();
    expect(bob.engine.items()).toEqual([refused]);
    await bob.engine.retry(refused?.id ?? '', { ...(refused?.args as object), text: 'the second words' });
    await drained(bob);
    await vi.waitFor(() => expect(bob.texts(threadId)).toContain('the second words'));
    expect(bob.texts(threadId)).not.toContain('the first words');
    const done = bob.engine.events().map(({ what }) => what);
    for (const what of ['leads', 'connection', 'pulled', 'refused', 'sent']) expect(done).toContain(what);
    expect(JSON.stringify(bob.engine.events())).not.toContain('words');
  });

  test('[CLI6] clears the draft together with keeping the message', async () => {
    const threadId = await startThread(server, []);
    const alice = await openClient(people.alice, { profile: 'drafts' });
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
    const again = await openClient(people.alice, { profile: 'drafts' });
    expect(again.engine.draft(threadId)).toBe('');
  });

  test('[CLI7] leaves nothing behind after wiping', async () => {
    const threadId = await startThread(server, []);
    const alice = await openClient(people.alice, { profile: 'wiped' });
    await synced(alice);
    await (
      await say(alice, threadId, 'secret')
    ).saved;
    // In the middle of work: whatever is under way must not complain of its disk.
    alice.engine.open(threadScope(threadId));
    const wiped = alice.engine.wipe();
    void alice.engine.loadOlder(threadScope(threadId));
    await wiped;
    const databases: { name?: string }[] = await indexedDB.databases();
    expect(databases.filter(({ name }) => name?.includes('wiped'))).toEqual([]);
  });

  test('[CLI8] shows every tab the same, sends through one of them, and another takes over', async () => {
    const threadId = await startThread(server, [people.bob]);
    const tabs = createTabGroup();
    const leader = await openClient(people.alice, { profile: 'tabs', tabs });
    await synced(leader);
    const follower = await openClient(people.alice, { profile: 'tabs', tabs });
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
    const texts = Array.from({ length: 330 }, (_, index) => `old ${index}`);
    for (const text of texts) await bob.do('sendMessage', { threadId, messageId: newId(), text });
    const tabs = createTabGroup();
    const alice = await openClient(people.alice, { profile: 'older', tabs });
    await synced(alice);
    const follower = await openClient(people.alice, { profile: 'older', tabs });
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

  test('[CLI28] asks by itself for older messages that could not be had before', async () => {
    const threadId = await startThread(server, [people.bob]);
    const scope = threadScope(threadId);
    const bob = new TestClient(server, people.bob);
    const texts = Array.from({ length: 330 }, (_, index) => `old ${index}`);
    for (const text of texts) await bob.do('sendMessage', { threadId, messageId: newId(), text });
    const tabs = createTabGroup();
    const alice = await openClient(people.alice, { profile: 'reach', tabs });
    await synced(alice);
    const follower = await openClient(people.alice, { profile: 'reach', tabs });
    alice.network.setOnline(false);
    for (const client of [alice, follower]) {
      client.engine.open(scope);
      await vi.waitFor(() => expect(client.engine.window(scope).loading).toBe(false));
      while (!client.engine.window(scope).unreachable) await client.engine.loadOlder(scope);
    }
    const held = [alice, follower].map((client) => client.texts(threadId).length);
    alice.network.setOnline(true);
    for (const [index, client] of [alice, follower].entries()) {
      await vi.waitFor(() => expect(client.engine.window(scope).unreachable).toBe(false));
      expect(client.texts(threadId).length).toBeGreaterThan(held[index] ?? 0);
    }
  });

  test('[CLI10] drops every row of a thread the person was removed from, and fetches it anew when added again', async () => {
    const threadId = await startThread(server, [people.bob]);
    const alice = new TestClient(server, people.alice);
    await alice.do('sendMessage', { threadId, messageId: newId(), text: 'before' });
    const bob = await openClient(people.bob, { profile: 'removed' });
    const close = bob.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['before']));
    await alice.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
    await vi.waitFor(() => expect(bob.texts(threadId)).toEqual([]));
    close();
    bob.engine.stop();
    const again = await openClient(people.bob, { profile: 'removed', online: false });
    expect(again.engine.row(threadScope(threadId), 'thread', threadId)).toBeUndefined();
    await alice.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: [people.bob] });
    again.network.setOnline(true);
    again.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(again.texts(threadId)[0]).toBe('before'));
  });

  test('[CLI11] takes a mutation back when the disk refuses it, and keeps the draft', async () => {
    const threadId = await startThread(server, []);
    const alice = await openClient(people.alice, {
      storage: (disk) => ({ ...disk, enqueue: () => Promise.reject(new DOMException('full', 'QuotaExceededError')) }),
    });
    await synced(alice);
    alice.engine.open(threadScope(threadId));
    await alice.engine.saveDraft(threadId, 'typed');
    const args = { threadId, messageId: newId(), text: 'typed' };
    const { saved } = await alice.engine.mutate('sendMessage', args, { clearDraft: threadId });
    await expect(saved).rejects.toThrow('full');
    expect(alice.engine.items()).toEqual([]);
    expect(alice.texts(threadId)).toEqual([]);
    expect(alice.engine.draft(threadId)).toBe('typed');
  });

  test('[CLI12] refuses at once what the rules refuse, and leaves nothing behind', async () => {
    const threadId = await startThread(server, []);
    const alice = await openClient(people.alice);
    await synced(alice);
    const messageId = newId();
    const edit = alice.engine.mutate('editMessage', { threadId, messageId, text: 'of nothing' });
    await expect(edit).rejects.toMatchObject({ code: 'not_found' });
    await expect(alice.engine.mutate('sendMessage', { threadId, messageId, text: '   ' })).rejects.toThrow();
    expect(alice.engine.items()).toEqual([]);
  });

  test('[CLI13] shows a message of their own exactly once at every moment until it is confirmed', async () => {
    const alice = await openClient(people.alice);
    await synced(alice);
    const threadId = newId();
    alice.engine.open(threadScope(threadId));
    alice.engine.open(threadPeopleScope(threadId));
    const seen: { texts: string[]; people: number }[] = [];
    let begun = false;
    const look = () => {
      const present = alice.engine.rows(threadPeopleScope(threadId), 'participant').length;
      if (begun) seen.push({ texts: alice.texts(threadId), people: present });
    };
    alice.engine.subscribe(threadScope(threadId), 'message', look);
    alice.engine.subscribe(threadPeopleScope(threadId), 'participant', look);
    const participantIds = [people.bob];
    await alice.engine.mutate('createThread', { threadId, orgId: orgs.acme, subject: 'Steady', participantIds });
    await say(alice, threadId, 'once');
    begun = true;
    look();
    await drained(alice);
    await synced(alice);
    look();
    expect(seen.length).toBeGreaterThan(1);
    for (const moment of seen) expect(moment).toEqual({ texts: ['once'], people: 2 });
  });

  test('[CLI14] keeps the rows that did not change the same objects', async () => {
    const threadId = await startThread(server, [people.bob]);
    const bob = new TestClient(server, people.bob);
    for (const text of ['one', 'two', 'three']) {
      await bob.do('sendMessage', { threadId, messageId: newId(), text });
    }
    const alice = await openClient(people.alice);
    await synced(alice);
    const scope = threadScope(threadId);
    alice.engine.open(scope);
    await vi.waitFor(() => expect(alice.texts(threadId)).toHaveLength(3));
    const before = alice.engine.rows(scope, 'message');
    expect(alice.engine.rows(scope, 'message')).toBe(before);
    await bob.do('sendMessage', { threadId, messageId: newId(), text: 'four' });
    await vi.waitFor(() => expect(alice.texts(threadId)).toHaveLength(4));
    const after = alice.engine.rows(scope, 'message');
    expect(after.slice(0, 3).every((row, index) => row === before[index])).toBe(true);
  });

  test('[CLI15] throws a late page away and fetches it again', async () => {
    const threadId = await startThread(server, [people.bob]);
    const bob = new TestClient(server, people.bob);
    const first = newId();
    await bob.do('sendMessage', { threadId, messageId: first, text: 'as it was' });
    for (let index = 0; index < 120; index += 1) {
      await bob.do('sendMessage', { threadId, messageId: newId(), text: `later ${index}` });
    }
    let late = 0;
    const asked: number[] = [];
    const alice = await openClient(people.alice, {
      server: (reached): DirectServer => ({
        ...reached,
        async page(request) {
          const answer = await reached.page(request);
          if (request.scope !== threadScope(threadId)) return answer;
          asked.push(request.before);
          if (late > 0 || answer.kind !== 'page' || answer.low > 1) return answer;
          late += 1;
          // The edit comes after the page's snapshot and reaches the client before the page does.
          await bob.do('editMessage', { threadId, messageId: first, text: 'as it is' });
          await bob.do('renameThread', { threadId, subject: 'Renamed after' });
          const subject = () => alice.engine.row(threadScope(threadId), 'thread', threadId)?.data.subject;
          await vi.waitFor(() => expect(subject()).toBe('Renamed after'));
          return answer;
        },
      }),
    });
    await synced(alice);
    alice.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(alice.engine.window(threadScope(threadId)).loading).toBe(false));
    while (!alice.engine.window(threadScope(threadId)).complete) await alice.engine.loadOlder(threadScope(threadId));
    expect(late).toBe(1);
    expect(asked.at(-1)).toBe(asked.at(-2));
    await vi.waitFor(() => expect(alice.texts(threadId)[0]).toBe('as it is'));
  });

  test('[CLI16] starts over after the server was restored, and loses nothing that was not sent', async () => {
    const threadId = await startThread(server, [people.bob]);
    const alice = await openClient(people.alice);
    await synced(alice);
    alice.engine.open(threadScope(threadId));
    await (
      await say(alice, threadId, 'before')
    ).saved;
    await drained(alice);
    alice.network.setOnline(false);
    await (
      await say(alice, threadId, 'not sent yet')
    ).saved;
    world.restore();
    const pulls = alice.network.requests.pull;
    alice.network.setOnline(true);
    await drained(alice);
    await vi.waitFor(() => expect(alice.texts(threadId)).toEqual(['before', 'not sent yet']));
    expect(alice.network.requests.pull).toBeGreaterThan(pulls);
  });

  test('[CLI17] fetches of a long thread what is read first, and leaves the rest until it is asked for', async () => {
    const threadId = await startThread(server, []);
    const alice = new TestClient(server, people.alice);
    for (let index = 0; index < 300; index += 1) {
      await alice.do('sendMessage', { threadId, messageId: newId(), text: `${index}` });
    }
    await alice.do('markRead', { threadId, seq: 300, markEpoch: 0 });
    const places: number[] = [];
    const count = <T extends { rows?: unknown[] }>(answer: T): T => {
      places.push(answer.rows?.length ?? 0);
      return answer;
    };
    const client = await openClient(people.alice, {
      server: (reached): DirectServer => ({
        ...reached,
        page: async (request) => {
          const answer = await reached.page(request);
          return request.scope === threadScope(threadId) ? count(answer as never) : answer;
        },
        pull: async (request) => {
          const response = await reached.pull(request);
          for (const answer of response.answers) if (answer.scope === threadScope(threadId)) count(answer as never);
          return response;
        },
      }),
    });
    await synced(client);
    await vi.waitFor(() => expect(client.network.requests.pull).toBeGreaterThan(2));
    client.engine.open(threadScope(threadId));
    await vi.waitFor(() => expect(client.engine.window(threadScope(threadId)).loading).toBe(false));
    expect(places.reduce((sum, rows) => sum + rows, 0)).toBeLessThanOrEqual(31 + 100);
  });

  test('[CLI18] pulls again what a poke told of before the first answer had arrived', async () => {
    const bob = new TestClient(server, people.bob);
    const threadId = newId();
    let overtaken = 0;
    const client = await openClient(people.alice, {
      server: (reached): DirectServer => ({
        ...reached,
        async pull(request) {
          const answer = await reached.pull(request);
          const asked = request.scopes.some(({ scope, from }) => scope === threadScope(threadId) && from === null);
          if (asked && overtaken === 0) {
            overtaken += 1;
            await bob.do('sendMessage', { threadId, messageId: newId(), text: 'quicker than the answer' });
            // The poke is delivered in a task of its own; the answer comes after it.
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          return answer;
        },
      }),
    });
    await synced(client);
    await bob.do('createThread', { threadId, orgId: orgs.acme, subject: 'Quick', participantIds: [people.alice] });
    const head = () => client.engine.row(threadScope(threadId), 'thread', threadId)?.data;
    await vi.waitFor(() => expect(head()?.lastMessage?.snippet).toBe('quicker than the answer'));
    expect(overtaken).toBe(1);
  });

  test('[CLI19] neither counts read positions that wait nor tells of one that was refused', async () => {
    const threadId = await startThread(server, [people.bob]);
    const alice = new TestClient(server, people.alice);
    await alice.do('sendMessage', { threadId, messageId: newId(), text: 'one' });
    const bob = await openClient(people.bob);
    await synced(bob);
    bob.network.setOnline(false);
    await (
      await bob.engine.mutate('markRead', { threadId, seq: 1, markEpoch: 0 })
    ).saved;
    expect(bob.engine.status()).toMatchObject({ waiting: 0, failed: 0 });
    await (
      await say(bob, threadId, 'two')
    ).saved;
    expect(bob.engine.status()).toMatchObject({ waiting: 1, failed: 0 });
    await alice.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
    bob.network.setOnline(true);
    await vi.waitFor(() => expect(bob.engine.status()).toMatchObject({ waiting: 0, failed: 1 }));
    const left = () => bob.engine.items().map(({ name, state }) => [name, state]);
    await vi.waitFor(() => expect(left()).toEqual([['sendMessage', 'failed']]));
  });
});
