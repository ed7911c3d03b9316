/** What the busiest paths cost, in numbers that do not depend on the machine. */
import { threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { LiveEvent } from '@parley/sync/protocol';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../connection.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  openInstallation,
  orgs,
  people,
  seed,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';

let testDatabase: TestDatabase;
let installation: TestInstallation;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

/** Statements that `act` takes, the beginning and end of transactions among them. */
async function statementsOf(act: () => Promise<unknown>): Promise<string[]> {
  installation.statements.length = 0;
  await act();
  return installation.statements.map((statement) => statement.trim().split(/\s+/).slice(0, 2).join(' '));
}

const send = (client: TestClient, threadId: string, text = 'Good morning') =>
  client.do('sendMessage', { threadId, messageId: newId(), text });

// Locks, lanes, all that is judged, all that is written.
const ONE_TRANSACTION = [
  'start transaction',
  'with locked',
  'select ask.place::int,',
  'select ask.place,',
  'with w0',
  'commit',
];

test('a send takes four statements inside its transaction', async () => {
  const threadId = await startThread(installation.server, [people.bob]);
  const alice = new TestClient(installation.server, people.alice);
  await send(alice, threadId);
  const statements = await statementsOf(() => send(alice, threadId));
  expect(statements).toEqual(ONE_TRANSACTION);
});

test('sends go by keys, however small everything was when that was planned', async () => {
  const { server, database, close } = openInstallation(testDatabase.url, { connections: 1 });
  onTestFinished(close);
  const threadId = await startThread(server, []);
  const clients = Array.from({ length: 8 }, () => new TestClient(server, people.alice));
  const sendTogether = () => Promise.all(clients.map((client) => send(client, threadId)));
  const readOfMessages = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(database.kysely);
    const { rows } = await sql<{ whole: number; by_key: number }>`select seq_tup_read as whole, idx_tup_fetch as by_key
      from pg_stat_user_tables where relname = 'message'`.execute(database.kysely);
    return rows[0] ?? { whole: NaN, by_key: NaN };
  };
  for (let times = 0; times < 8; times += 1) await sendTogether();
  // As it does by itself within a minute, and then not until a tenth has changed; here never again.
  const owner = openDatabase(testDatabase.url, { as: 'owner', connections: 1 });
  await sql`analyze`.execute(owner.kysely);
  await owner.close();
  for (let times = 0; times < 200; times += 1) await sendTogether();
  const before = await readOfMessages();
  await sendTogether();
  const after = await readOfMessages();
  expect(after.whole - before.whole).toBe(0);
  expect(after.by_key - before.by_key).toBeLessThanOrEqual(clients.length);
});

test('so do the sends of 40 people in one thread that come together', async () => {
  const { server, database } = installation;
  const ids = Array.from({ length: 40 }, () => newId());
  await sql`insert into person (id, name) select id, 'somebody' from unnest(${ids}::uuid[]) as id`.execute(
    database.kysely,
  );
  await sql`insert into sync_scope (id, version) select 'user:' || id, 1 from unnest(${ids}::uuid[]) as id`.execute(
    database.kysely,
  );
  await sql`insert into org_person (org_id, person_id, name, role, placeholder, active, joined_at, version)
    select ${orgs.acme}, id, 'somebody', 'member', false, true, now(), 1 from unnest(${ids}::uuid[]) as id`.execute(
    database.kysely,
  );
  const threadId = await startThread(server, []);
  const alice = new TestClient(server, people.alice);
  await alice.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: ids });
  const clients = ids.map((personId) => new TestClient(server, personId));
  const sendAll = () => Promise.all([alice, ...clients].map((client) => send(client, threadId)));
  // What clients are whose is known then.
  await sendAll();
  expect(await statementsOf(sendAll)).toEqual(ONE_TRANSACTION);
});

test('a read takes one more row than before there were receipts, and no more statements', async () => {
  const threadId = await startThread(installation.server, [people.bob]);
  await send(new TestClient(installation.server, people.alice), threadId);
  const { kysely } = installation.database;
  const bob = new TestClient(installation.server, people.bob);
  await bob.do('markUnread', { threadId, seq: 1, markEpoch: 1 });
  const jobs = async () => (await kysely.selectFrom('job').select('id').execute()).length;
  const before = await jobs();
  const statements = await statementsOf(() => bob.do('markRead', { threadId, seq: 1, markEpoch: 1 }));
  // The thread and whether one is in it come first, then how far one was.
  expect(statements).toEqual(ONE_TRANSACTION.toSpliced(3, 0, 'select ask.place,'));
  expect(await jobs()).toBe(before + 1);
});

test('adding 200 people takes no more statements than adding one', async () => {
  const { server, database } = installation;
  const threadId = await startThread(server, []);
  const ids = Array.from({ length: 200 }, () => newId());
  await sql`insert into person (id, name) select id, 'somebody' from unnest(${ids}::uuid[]) as id`.execute(
    database.kysely,
  );
  await sql`insert into sync_scope (id, version) select 'user:' || id, 1 from unnest(${ids}::uuid[]) as id`.execute(
    database.kysely,
  );
  await sql`insert into org_person (org_id, person_id, name, role, placeholder, active, joined_at, version)
    select ${orgs.acme}, id, 'somebody', 'member', false, true, now(), 1 from unnest(${ids}::uuid[]) as id`.execute(
    database.kysely,
  );
  const alice = new TestClient(server, people.alice);
  const add = (personIds: string[]) => () =>
    alice.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds });
  await add([people.bob])();
  const one = await statementsOf(add([people.erin]));
  const many = await statementsOf(add(ids));
  expect(many).toEqual(one);
  expect(one).toHaveLength(9);
});

test('a pull after a poke takes two statements inside its transaction', async () => {
  const threadId = await startThread(installation.server, [people.bob]);
  const bob = new TestClient(installation.server, people.bob);
  await send(new TestClient(installation.server, people.alice), threadId);
  const statements = await statementsOf(() => bob.pull({ scope: threadScope(threadId), from: 1, epoch: 1 }));
  expect(statements).toHaveLength(4);
});

test('coming back to 2,000 threads takes two statements inside its transaction, whatever changed', async () => {
  const { server } = installation;
  const threadIds = await makeThreads(2_000);
  const bob = new TestClient(server, people.bob);
  const vector = [
    { scope: userScope(people.bob), from: null, epoch: null },
    ...threadIds.flatMap((id) => [
      { scope: threadScope(id), from: 1, epoch: 1 },
      { scope: threadPeopleScope(id), from: 1, epoch: 1 },
    ]),
  ];
  const alice = new TestClient(server, people.alice);
  for (const threadId of threadIds.slice(0, 5)) expect((await send(alice, threadId)).status).toBe('applied');
  let answers: Awaited<ReturnType<TestClient['pull']>> = [];
  const statements = await statementsOf(async () => (answers = await bob.pull(...vector)));
  expect(statements).toHaveLength(4);
  expect(answers).toHaveLength(4_001);
  expect(answers.filter((answer) => answer.kind === 'delta' && answer.rows.length > 0)).toHaveLength(6);

  const heads = vector.map(({ scope }) => ({ scope, from: null, epoch: null, window: 30 }));
  const atFirst = await statementsOf(async () => (answers = await bob.pull(...heads)));
  expect(atFirst).toHaveLength(5);
  expect(answers.filter(({ kind }) => kind === 'truncated')).toHaveLength(2_000);
});

test('the poke of one message is no larger than it has to be', async () => {
  const threadId = await startThread(installation.server, [people.bob]);
  installation.commits.length = 0;
  await send(new TestClient(installation.server, people.alice), threadId);
  const pokes = installation.commits
    .flatMap(({ changes }) => changes)
    .map(({ scope, from, to, rows }): LiveEvent => ({ kind: 'poke', scope, from, to, rows }));
  expect(pokes).toHaveLength(1);
  expect(JSON.stringify(pokes[0]).length).toBeLessThanOrEqual(940);
});

/** Threads of alice and bob, put there at once. */
async function makeThreads(count: number): Promise<string[]> {
  const { kysely } = installation.database;
  const ids = Array.from({ length: count }, () => newId());
  const threads = sql`unnest(${ids}::uuid[]) as id`;
  const persons = sql`unnest(${[people.alice, people.bob]}::uuid[]) as person_id`;
  await sql`insert into sync_scope (id, home_org, version)
    select kind || id, ${orgs.acme}, 1 from ${threads}, unnest(array['thread:', 'people.thread:']) as kind`.execute(
    kysely,
  );
  await sql`insert into thread (home_org, id, subject, kind, created_by, created_at, last_seq, version)
    select ${orgs.acme}, id, 'Plans', 'internal', ${people.alice}, now(), 0, 1 from ${threads}`.execute(kysely);
  await sql`insert into participant (home_org, thread_id, person_id, name, acting_org, placeholder, joined_at, version)
    select ${orgs.acme}, id, person_id, 'x', ${orgs.acme}, false, now(), 1 from ${threads}, ${persons}`.execute(kysely);
  await sql`insert into participation (person_id, thread_id, acting_org, epoch, joined_at, version)
    select person_id, id, ${orgs.acme}, 1, now(), 1 from ${threads}, ${persons}`.execute(kysely);
  return ids;
}
