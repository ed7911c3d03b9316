import { mutators } from '@parley/core/mutators';
import { isPaged, orgPeopleScope, orgScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { createHub, createLocalBus, createSyncServer } from '@parley/sync/server';
import type { Tables } from '@parley/core/tables';
import { LIMITS, type LiveEvent, type ScopeAnswer } from '@parley/sync/protocol';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  addPerson,
  openInstallation,
  orgs,
  people,
  seed,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { midSnapshot } from './cursor-proof.fixture.ts';
import type { DatabaseTransaction } from './statement.ts';
import { createPostgresStorage } from './storage.ts';

let testDatabase: TestDatabase;
let installation: TestInstallation;
let alice: TestClient;
let bob: TestClient;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
  alice = new TestClient(installation.server, people.alice);
  bob = new TestClient(installation.server, people.bob);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

const newThread = (): Promise<string> => startThread(installation.server, [people.bob]);
const say = (threadId: string, text: string, messageId = newId()) =>
  alice.do('sendMessage', { threadId, messageId, text });

async function newThreadSaying(count: number): Promise<string> {
  const threadId = await newThread();
  for (let place = 1; place <= count; place += 1) await say(threadId, `${place}`);
  return threadId;
}

const rowsOf = (answer: ScopeAnswer | undefined) =>
  answer?.kind === 'delta' || answer?.kind === 'truncated' ? answer.rows : [];
const textsOf = (rows: ReturnType<typeof rowsOf>): string[] =>
  rows.flatMap(([table, , , data]) => (table === 'message' ? [(data as { text: string }).text] : []));

describe('[PULL3] a cursor that means nothing is reset', () => {
  test.each<[string, object]>([
    ['of another epoch', { from: 1, epoch: 2 }],
    ['of no epoch', { from: 1, epoch: null }],
    ['ahead of the version', { from: 1_000, epoch: 1 }],
  ])('%s', async (_what, cursor) => {
    const scope = threadScope(await newThread());
    const [answer] = await bob.pull({ scope, from: null, epoch: null, ...cursor });
    expect(answer).toEqual({ scope, kind: 'reset' });
  });

  test('below the floor', async () => {
    const scope = threadScope(await newThreadSaying(3));
    await sql`update sync_scope set floor = 3 where id = ${scope}`.execute(installation.database.kysely);
    expect(await bob.pull({ scope, from: 2, epoch: 1 })).toEqual([{ scope, kind: 'reset' }]);
    expect(await bob.pull({ scope, from: 3, epoch: 1 })).toMatchObject([{ kind: 'delta', to: 4 }]);
  });

  test('of another incarnation; what starts from nothing is answered', async () => {
    const scope = threadScope(await newThread());
    const { server } = installation;
    const { answers, incarnation } = await server.pull(people.bob, {
      ...bob.caller,
      incarnation: newId(),
      scopes: [
        { scope, from: 1, epoch: 1 },
        { scope: userScope(people.bob), from: null, epoch: null },
      ],
    });
    expect(answers).toMatchObject([
      { scope, kind: 'reset' },
      { kind: 'delta', from: 0 },
    ]);
    const page = { scope, epoch: 1, before: 9, limit: 9 };
    expect(await server.page(people.bob, { ...bob.caller, ...page, incarnation: newId() })).toEqual({ kind: 'reset' });
    expect(await server.page(people.bob, { ...bob.caller, ...page, epoch: 2, incarnation })).toEqual({ kind: 'reset' });
  });
});

test('[PULL2] versions and rows of a pull are of one moment', async () => {
  const threadId = await newThreadSaying(1);
  let isFirst = true;
  const paused = openInstallation(testDatabase.url, {
    wrap: midSnapshot(async () => {
      if (isFirst) await say(threadId, 'in between');
      isFirst = false;
    }),
  });
  const reader = new TestClient(paused.server, people.bob);
  const scope = threadScope(threadId);
  const [first] = await reader.pull({ scope, from: 1, epoch: 1 });
  expect(first).toMatchObject({ kind: 'delta', to: 2 });
  expect(textsOf(rowsOf(first))).toEqual(['1']);
  const [second] = await reader.pull({ scope, from: 2, epoch: 1 });
  expect(textsOf(rowsOf(second))).toEqual(['in between']);
  await paused.close();
});

test('[PULL4] a directory of thousands continues with more, and no version is torn apart', async () => {
  const { server, database } = installation;
  const orgId = newId();
  await server.act(null, { create: [orgScope(orgId), orgPeopleScope(orgId)], write: [] }, async (tx) => {
    tx.put('org', orgScope(orgId), orgId, { name: 'Large', threadStarters: 'members', createdAt: tx.now });
  });
  const id = newId();
  await addPerson(server, { id, name: 'olga', orgId, role: 'owner' });
  // Two acts of 800 people, and one of more people than a delta holds.
  for (const [version, count] of [
    [2, 800],
    [3, 800],
    [4, LIMITS.deltaRows + 200],
  ]) {
    const ids = Array.from({ length: count as number }, () => newId());
    await sql`insert into person (id, name) select id, 'x' from unnest(${ids}::uuid[]) as id`.execute(database.kysely);
    await sql`insert into org_person (org_id, person_id, name, role, placeholder, active, joined_at, version)
      select ${orgId}, id, 'x', 'member', false, true, now(), ${version} from unnest(${ids}::uuid[]) as id`.execute(
      database.kysely,
    );
  }
  const scope = orgPeopleScope(orgId);
  await sql`update sync_scope set version = 4 where id = ${scope}`.execute(database.kysely);

  const olga = new TestClient(server, id);
  const seen: string[] = [];
  let [answer] = await olga.pull({ scope, from: null, epoch: null });
  const steps: unknown[] = [];
  for (;;) {
    if (answer?.kind !== 'delta') throw new Error('A scope without places is answered with a delta.');
    seen.push(...answer.rows.map(([, personId]) => personId));
    steps.push([answer.from, answer.to, answer.rows.length, answer.more]);
    if (!answer.more) break;
    [answer] = await olga.pull({ scope, from: answer.to, epoch: 1 });
  }
  expect(steps).toEqual([
    [0, 3, 1_601, true],
    [3, 4, LIMITS.deltaRows + 200, false],
  ]);
  expect(new Set(seen).size).toBe(1_601 + LIMITS.deltaRows + 200);
});

describe('[PULL5] windows', () => {
  test('hold the head and the newest places; pages hold the rest', async () => {
    const threadId = await newThreadSaying(9);
    const scope = threadScope(threadId);
    const [answer] = await bob.pull({ scope, from: null, epoch: null, window: 4 });
    expect(answer).toMatchObject({ kind: 'truncated', to: 10, low: 6, epoch: 1 });
    expect(textsOf(rowsOf(answer)).sort()).toEqual(['6', '7', '8', '9']);
    expect(rowsOf(answer).filter(([table]) => table === 'thread')).toHaveLength(1);

    const [head] = await bob.pull({ scope, from: null, epoch: null, window: 0 });
    expect(head).toMatchObject({ kind: 'truncated', low: 10 });
    expect(rowsOf(head).map(([table]) => table)).toEqual(['thread']);

    const incarnation = (await installation.server.pull(people.bob, { ...bob.caller, incarnation: null, scopes: [] }))
      .incarnation;
    const page = (before: number) =>
      installation.server.page(people.bob, { ...bob.caller, incarnation, scope, epoch: 1, before, limit: 3 });
    const [first, second] = [await page(6), await page(3)];
    expect(first).toMatchObject({ kind: 'page', low: 3, version: 10, epoch: 1 });
    expect(first.kind === 'page' && textsOf(first.rows).sort()).toEqual(['3', '4', '5']);
    expect(second).toMatchObject({ kind: 'page', low: 1 });
    expect(second.kind === 'page' && textsOf(second.rows).sort()).toEqual(['1', '2']);
    expect(await page(1)).toMatchObject({ kind: 'page', low: 1, rows: [] });
  });

  test('take the place of a delta that would be too long', async () => {
    const threadId = await newThreadSaying(1);
    const { kysely } = installation.database;
    const scope = threadScope(threadId);
    const ids = Array.from({ length: LIMITS.deltaRows + 50 }, () => newId());
    await sql`insert into message (home_org, thread_id, id, seq, kind, author_id, author_org, owner_org, text, mentions,
        reactions, created_at, revisions, version)
      select ${orgs.acme}, ${threadId}, id, place + 1, 'internal', ${people.alice}, ${orgs.acme}, ${orgs.acme},
        place::text, '[]', '{}', now(), 0, place + 2
      from unnest(${ids}::uuid[]) with ordinality as t(id, place)`.execute(kysely);
    await sql`update sync_scope set seq = ${ids.length + 1}, version = ${ids.length + 2} where id = ${scope}`.execute(
      kysely,
    );

    const [far] = await bob.pull({ scope, from: 2, epoch: 1, window: 20 });
    expect(far).toMatchObject({ kind: 'truncated', to: ids.length + 2, low: ids.length - 18 });
    expect(rowsOf(far)).toHaveLength(21);
    const [near] = await bob.pull({ scope, from: 60, epoch: 1, window: 20 });
    expect(near).toMatchObject({ kind: 'delta', from: 60, more: false });
    expect(rowsOf(near)).toHaveLength(ids.length + 2 - 60);
  });
});

test('[PULL6] each scope is answered once, in the order asked, and without rows where nothing changed', async () => {
  const threadId = await newThreadSaying(2);
  const [thread, own] = [threadScope(threadId), userScope(people.bob)];
  const answers = await bob.pull(
    { scope: thread, from: 3, epoch: 1 },
    { scope: own, from: null, epoch: null },
    { scope: thread, from: 3, epoch: 1 },
  );
  expect(answers.map(({ scope }) => scope)).toEqual([thread, own]);
  expect(answers[0]).toEqual({ scope: thread, kind: 'delta', epoch: 1, from: 3, to: 3, rows: [], more: false });
});

test('[PULL7] a pull refused for its caller or its size says nothing', async () => {
  const scopes = [{ scope: userScope(people.alice), from: null, epoch: null }];
  const pull = (personId: string, request: object) =>
    installation.server.pull(personId, { ...alice.caller, incarnation: null, scopes, ...request });
  await expect(pull(people.bob, {})).rejects.toMatchObject({ code: 'WRONG_ACCOUNT' });
  await expect(pull(people.alice, { protocol: 0 })).rejects.toMatchObject({ code: 'OUTDATED' });
  const many = Array.from({ length: LIMITS.pullScopes + 1 }, (_, index) => ({
    scope: `thread:${index}`,
    from: null,
    epoch: null,
  }));
  await expect(pull(people.alice, { scopes: many })).rejects.toMatchObject({ code: 'TOO_LARGE' });
});

test('[PAGE1] pages are for readers, and of scopes with places', async () => {
  const threadId = await newThreadSaying(1);
  const dave = new TestClient(installation.server, people.dave);
  const { incarnation } = await installation.server.pull(people.bob, { ...bob.caller, incarnation: null, scopes: [] });
  const ask = { incarnation, epoch: 1, before: 9, limit: 9 };
  const page = (client: TestClient, scope: string) =>
    installation.server.page(client.personId, { ...client.caller, ...ask, scope });
  expect(await page(dave, threadScope(threadId))).toEqual({ kind: 'forbidden' });
  expect(await page(bob, threadPeopleScope(threadId))).toEqual({ kind: 'forbidden' });
  expect(await page(bob, threadScope(newId()))).toEqual({ kind: 'forbidden' });
});

test('[CUR4] an act that changes nothing moves no version, and has no effects', async () => {
  const threadId = await newThread();
  const messageId = newId();
  await say(threadId, 'same', messageId);
  expect(await alice.do('editMessage', { threadId, messageId, text: 'same' })).toMatchObject({
    status: 'applied',
    effects: [],
  });
  expect(await bob.pull({ scope: threadScope(threadId), from: 2, epoch: 1 })).toMatchObject([{ to: 2, rows: [] }]);
});

test('[LIVE2] what one sends, the other hears with its rows; whoever is removed hears only that', async () => {
  const storage = createPostgresStorage(installation.database.kysely);
  const hub = createHub({ bus: createLocalBus(), incarnation: () => storage.incarnation() });
  const server = createSyncServer<Tables, DatabaseTransaction>({
    storage,
    mutators,
    isPaged,
    ownScope: userScope,
    publish: hub.publish,
    interest: hub,
  });
  const threadId = await startThread(server, [people.bob]);
  const scope = threadScope(threadId);
  const reader = new TestClient(server, people.bob);
  const end = new AbortController();
  const events = hub.connect(reader.caller, end.signal)[Symbol.asyncIterator]();
  const next = async () => (await events.next()).value as LiveEvent | undefined;
  expect(await next()).toMatchObject({ kind: 'hello' });
  const fromNothing = { from: null, epoch: null };
  await reader.pull({ scope, ...fromNothing }, { scope: userScope(people.bob), ...fromNothing });

  const writer = new TestClient(server, people.alice);
  const messageId = newId();
  await writer.do('sendMessage', { threadId, messageId, text: 'hello' });
  const poke = await next();
  expect(poke).toMatchObject({ kind: 'poke', scope, from: 1, to: 2 });
  const [pulled] = await reader.pull({ scope, from: 1, epoch: 1 });
  const sorted = (rows: readonly unknown[]) =>
    rows.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  expect(sorted((poke?.kind === 'poke' && poke.rows) || [])).toEqual(sorted(rowsOf(pulled)));

  await writer.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
  await writer.do('sendMessage', { threadId, messageId: newId(), text: 'among us' });
  expect(await next()).toMatchObject({ kind: 'poke', scope: userScope(people.bob) });
  end.abort();
  expect(await next()).toBeUndefined();
});
