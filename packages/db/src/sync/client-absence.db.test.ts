/** Clients that were away for long, or whose clocks are wrong, on the engine that ships and real databases. */
import { threadScope, userScope } from '@parley/core/scopes';
import type { ScopeAnswer } from '@parley/sync/protocol';
import type { DirectServer } from '@parley/sync/testing';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { orgs, people, startThread, TestClient } from './acme.fixture.ts';
import { drained, openEngineWorld, synced, type Client, type EngineWorld } from './client-engine.fixture.ts';
import { purgeTombstones } from './purge.ts';

const DAY = 86_400_000;

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
});
afterEach(() => world.stopClients());
afterAll(() => world.close());

const say = ({ engine }: Client, threadId: string, text: string, messageId = newId()) =>
  engine.mutate('sendMessage', { threadId, messageId, text });
const newThread = () => startThread(world.server, [people.bob]);
const loaded = async ({ engine }: Client, threadId: string) => {
  engine.open(threadScope(threadId));
  await vi.waitFor(() => expect(engine.window(threadScope(threadId)).loading).toBe(false), { timeout: 10_000 });
};

/** Notes what a client is answered. */
function noting(answers: ScopeAnswer[], sizes: number[] = []) {
  return (reached: DirectServer): DirectServer => ({
    ...reached,
    async pull(request) {
      const response = await reached.pull(request);
      answers.push(...response.answers);
      sizes.push(JSON.stringify(response).length);
      return response;
    },
    async page(request) {
      const answer = await reached.page(request);
      sizes.push(JSON.stringify(answer).length);
      return answer;
    },
  });
}

test('[SCOPE6] whoever was away while tombstones were forgotten starts those scopes anew, and no other', async () => {
  const [threadId, other] = [await newThread(), await newThread()];
  const alice = new TestClient(world.server, people.alice);
  const messageId = newId();
  await alice.do('sendMessage', { threadId, messageId, text: 'as it was' });
  await alice.do('editMessage', { threadId, messageId, text: 'as it is' });
  await alice.do('sendMessage', { threadId: other, messageId: newId(), text: 'elsewhere' });
  const answers: ScopeAnswer[] = [];
  const bob = await world.openClient(people.bob, { server: noting(answers) });
  await synced(bob);
  for (const id of [threadId, other]) await loaded(bob, id);
  const revisions = () => bob.engine.rows(threadScope(threadId), 'revision').map(({ data }) => data.text);
  await vi.waitFor(() => expect(revisions()).toEqual(['as it was']));

  bob.network.setOnline(false);
  await alice.do('deleteMessage', { threadId, messageId });
  await alice.do('renameThread', { threadId: other, subject: 'Renamed' });
  expect(await purgeTombstones(world.database.kysely, new Date(Date.now() + DAY))).toBe(1);
  answers.length = 0;
  bob.network.setOnline(true);
  await vi.waitFor(() => expect(revisions()).toEqual([]));
  await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['']));
  expect(bob.engine.row(threadScope(other), 'thread', other)?.data.subject).toBe('Renamed');
  const reset = answers.filter(({ kind }) => kind === 'reset').map(({ scope }) => scope);
  expect(reset).toEqual([threadScope(threadId)]);
});

test('[CLI25] a week offline: 10,000 missed messages and what was done meanwhile come together', async () => {
  const [busy, ...quiet] = await Promise.all(Array.from({ length: 13 }, newThread));
  if (busy === undefined) throw new Error('There are threads.');
  const [answers, sizes]: [ScopeAnswer[], number[]] = [[], []];
  const bob = await world.openClient(people.bob, { server: noting(answers, sizes) });
  const alice = new TestClient(world.server, people.alice);
  const [kept, doomed] = [newId(), newId()];
  await alice.do('sendMessage', { threadId: busy, messageId: kept, text: 'before the week' });
  await new TestClient(world.server, people.bob).do('sendMessage', {
    threadId: busy,
    messageId: doomed,
    text: 'doomed',
  });
  await synced(bob);
  await loaded(bob, busy);
  await vi.waitFor(() => expect(bob.texts(busy)).toEqual(['before the week', 'doomed']));
  await drained(bob);

  bob.network.setOnline(false);
  const [mine, started] = [newId(), newId()];
  const done = [
    await say(bob, busy, 'written offline', mine),
    await bob.engine.mutate('editMessage', { threadId: busy, messageId: mine, text: 'written offline, and edited' }),
    await bob.engine.mutate('react', { threadId: busy, messageId: kept, emoji: '👍', on: true }),
    await bob.engine.mutate('editMessage', { threadId: busy, messageId: doomed, text: 'edited, too late' }),
    await bob.engine.mutate('createThread', {
      threadId: started,
      orgId: orgs.acme,
      subject: 'Offline',
      participantIds: [people.alice],
    }),
    await say(bob, started, 'first there'),
  ];
  for (const { saved } of done) await saved;
  await alice.do('deleteMessage', { threadId: busy, messageId: doomed });
  await miss(busy, 4_000);
  for (const threadId of quiet) await miss(threadId, 500);

  answers.length = 0;
  sizes.length = 0;
  const before = { ...bob.network.requests };
  bob.network.setOnline(true);
  await vi.waitFor(() => expect(bob.engine.items().map(({ code }) => code)).toEqual(['not_found']), {
    timeout: 20_000,
  });
  await vi.waitFor(() => expect(bob.texts(busy).at(-1)).toBe('written offline, and edited'), { timeout: 20_000 });
  expect(bob.engine.items()[0]?.args).toMatchObject({ text: 'edited, too late' });

  // What is read first is there; the gap below it is known as one.
  const window = bob.engine.window(threadScope(busy));
  expect(window.complete).toBe(false);
  expect(bob.texts(busy)).toContain('missed 4000');
  expect(bob.texts(busy)).not.toContain('missed 1');
  expect(answers.find(({ scope, kind }) => scope === threadScope(busy) && kind === 'truncated')).toBeDefined();
  for (const threadId of quiet) {
    expect(bob.engine.row(threadScope(threadId), 'thread', threadId)?.data.lastSeq).toBe(500);
  }
  const asked = (kind: 'pull' | 'push' | 'page') => bob.network.requests[kind] - before[kind];
  expect(asked('pull')).toBeLessThanOrEqual(8);
  expect(asked('push')).toBeLessThanOrEqual(3);
  // All that was missed and is not left for later: 12 × 500 messages and one window, some 450 bytes each.
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(6_500 * 450);

  // The same as somebody sees who was there all the time.
  while (!bob.engine.window(threadScope(busy)).complete) await bob.engine.loadOlder(threadScope(busy));
  const { rows } = await sql<{ text: string }>`select text from message where thread_id = ${busy}
    order by seq`.execute(world.database.kysely);
  expect(bob.texts(busy)).toEqual(rows.map(({ text }) => text));
  expect(bob.texts(started)).toEqual([]);
  await loaded(bob, started);
  await vi.waitFor(() => expect(bob.texts(started)).toEqual(['first there']));
});

/** Messages of alice in a thread, put there at once. */
async function miss(threadId: string, count: number): Promise<void> {
  const { kysely } = world.database;
  const scope = threadScope(threadId);
  const { seq, version } = await kysely
    .selectFrom('sync_scope')
    .select(['seq', 'version'])
    .where('id', '=', scope)
    .executeTakeFirstOrThrow();
  const ids = Array.from({ length: count }, () => newId());
  await sql`insert into message (home_org, thread_id, id, seq, kind, author_id, author_org, owner_org, text, mentions,
      reactions, created_at, revisions, version)
    select ${orgs.acme}, ${threadId}, id, place + ${seq}, 'internal', ${people.alice}, ${orgs.acme}, ${orgs.acme},
      'missed ' || place, '[]', '{}', now(), 0, place + ${version}
    from unnest(${ids}::uuid[]) with ordinality as t(id, place)`.execute(kysely);
  await sql`update thread set last_seq = ${seq + count}, version = ${version + count} where id = ${threadId}`.execute(
    kysely,
  );
  await sql`update sync_scope set seq = ${seq + count}, version = ${version + count} where id = ${scope}`.execute(
    kysely,
  );
}

test('[PUSH8] clocks that are 400 days off, and jump, are labels: the order is the server’s', async () => {
  const threadId = await newThread();
  let bobs = -400 * DAY;
  const alice = await world.openClient(people.alice, { now: () => Date.now() + 400 * DAY });
  const bob = await world.openClient(people.bob, { now: () => Date.now() + bobs });
  const clients = [alice, bob];
  await Promise.all(clients.map(synced));
  await Promise.all(clients.map((client) => loaded(client, threadId)));
  const begun = Date.now();
  const texts: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const text = `round ${round}`;
    await (
      await say(clients[round % 2] as Client, threadId, text)
    ).saved;
    texts.push(text);
    // An hour forwards, then a day back.
    bobs += round % 2 === 0 ? DAY / 24 : -DAY;
    await vi.waitFor(() => clients.forEach((client) => expect(client.texts(threadId)).toEqual(texts)));
    await Promise.all(clients.map(drained));
  }
  for (const { engine } of clients) {
    for (const { data } of engine.rows(threadScope(threadId), 'message')) {
      expect(data.createdAt).toBeGreaterThanOrEqual(begun - 1_000);
      expect(data.createdAt).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  }
  await new TestClient(world.server, people.alice).do('markRead', { threadId, seq: 6, markEpoch: 0 });
  const position = () => alice.engine.row(userScope(people.alice), 'readPosition', threadId)?.data.seq;
  await vi.waitFor(() => expect(position()).toBe(6));
});

test('[CLI15] a page of a membership that has ended is thrown away, whatever its version', async () => {
  const threadId = await newThread();
  const alice = new TestClient(world.server, people.alice);
  for (let index = 0; index < 160; index += 1) {
    await alice.do('sendMessage', { threadId, messageId: newId(), text: `${index}` });
  }
  let late = 0;
  let lowest = 0;
  const epochs: number[] = [];
  const bob: Client = await world.openClient(people.bob, {
    server: (reached): DirectServer => ({
      ...reached,
      // The new membership begins at the place where the old one had come to: only the epoch tells them apart.
      pull: (request) =>
        reached.pull({
          ...request,
          scopes: request.scopes.map((ask) =>
            ask.scope === threadScope(threadId) && late > 0 ? { ...ask, window: 163 - lowest } : ask,
          ),
        }),
      async page(request) {
        const answer = await reached.page(request);
        if (request.scope !== threadScope(threadId) || answer.kind !== 'page') return answer;
        epochs.push(answer.epoch);
        if (late > 0 || answer.low > 1) return answer;
        late += 1;
        lowest = request.before;
        await alice.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
        await alice.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: [people.bob] });
        await vi.waitFor(() => {
          const row = bob.engine.row(threadScope(threadId), 'thread', threadId);
          expect(row?.data.lastSeq).toBe(162);
        });
        const forged = answer.rows.map(([table, id, , data]): (typeof answer.rows)[number] => {
          return [table, id, 1_000, { ...data, text: 'of the membership before' }];
        });
        return { ...answer, version: 1_000, rows: forged };
      },
    }),
  });
  await synced(bob);
  await loaded(bob, threadId);
  const complete = () => bob.engine.window(threadScope(threadId)).complete;
  for (let pages = 0; !complete() && pages < 20; pages += 1) await bob.engine.loadOlder(threadScope(threadId));
  expect(late).toBe(1);
  expect(epochs).toContain(1);
  expect(epochs.at(-1)).toBe(2);
  expect(complete()).toBe(true);
  expect(bob.texts(threadId)).not.toContain('of the membership before');
  expect(bob.texts(threadId).slice(0, 160)).toEqual(Array.from({ length: 160 }, (_, index) => `${index}`));
});
