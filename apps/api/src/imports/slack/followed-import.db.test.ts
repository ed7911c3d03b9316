import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutators } from '@parley/core/mutators';
import { isPaged, orgPeopleScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { createPostgresStorage, openDatabase, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { createSyncServer } from '@parley/sync/server';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setUpFirstAccount } from '../../accounts/set-up.ts';
import { ACME_EXPORT } from './export.fixture.ts';
import { importSlack } from './import-slack.ts';
import { zipOfJson } from './zip.fixture.ts';

/** What a client that follows an organisation gets of an import, through the engine. */
let folder: string;
let testDatabase: TestDatabase;
let database: OpenDatabase;
let alice: { readonly personId: string; readonly orgId: string };
const clientId = uuidv7();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-follow-'));
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, { sees: 'everything' });
  const account = { name: 'Alice', email: 'alice@acme.example', password: 'correct horse battery' };
  alice = await setUpFirstAccount(engine(), { organisationName: 'Acme', ...account }, null);
});
afterEach(async () => {
  await database.close();
  await testDatabase.drop();
  await rm(folder, { recursive: true });
});

const engine = () =>
  createSyncServer({
    storage: createPostgresStorage(database.kysely),
    mutators,
    isPaged,
    ownScope: userScope,
    publish: () => {},
  });

async function importFiles(files: Readonly<Record<string, unknown>>) {
  const file = join(folder, 'export.zip');
  await writeFile(file, zipOfJson(files));
  return importSlack(database.kysely, { file, organisation: { id: alice.orgId, name: 'Acme' } });
}

/** A day of `count` messages, the first of which is a root that the others reply to. */
const dayOf = (count: number) => ({
  'general/2023-11-20.json': Array.from({ length: count }, (_, index) => ({
    type: 'message',
    user: 'U0BOB',
    text: `message ${index}`,
    ts: `${1_700_500_000 + index}.000100`,
    thread_ts: '1700500000.000100',
  })),
});

interface Copy {
  version: number;
  epoch: number;
  readonly rows: Map<string, unknown>;
}

/** Brings a client's copy of a scope up to date, in as many answers as it takes. Returns the kinds of the answers. */
async function pull(scope: string, copy: Copy, window = 0): Promise<string[]> {
  const kinds: string[] = [];
  for (;;) {
    const isNew = copy.version === 0;
    const { answers } = await engine().pull(alice.personId, {
      protocol: PROTOCOL_VERSION,
      personId: alice.personId,
      clientId,
      incarnation: null,
      scopes: [{ scope, from: isNew ? null : copy.version, epoch: isNew ? null : copy.epoch, window }],
    });
    const [answer] = answers;
    if (answer?.kind !== 'delta' && answer?.kind !== 'truncated') throw new Error(`${scope} is ${answer?.kind}`);
    if (answer.kind === 'truncated') copy.rows.clear();
    for (const [table, id, version, data] of answer.rows) copy.rows.set(`${table} ${id}`, { version, data });
    Object.assign(copy, { version: answer.to, epoch: answer.epoch });
    kinds.push(answer.kind);
    if (answer.kind === 'truncated' || !answer.more) return kinds;
  }
}

const nothing = (): Copy => ({ version: 0, epoch: 0, rows: new Map() });

async function generalId(): Promise<string> {
  const { id } = await database.kysely
    .selectFrom('thread')
    .select('id')
    .where('subject', '=', '#general')
    .executeTakeFirstOrThrow();
  return id;
}

test('the owner gets the thread, its people and the directory', async () => {
  await importFiles(ACME_EXPORT);
  const own = nothing();
  await pull(userScope(alice.personId), own);
  const threadId = await generalId();
  expect(own.rows.get(`participation ${threadId}`)).toMatchObject({ data: { actingOrg: alice.orgId, leftAt: null } });
  expect(own.rows.get(`readPosition ${threadId}`)).toMatchObject({ data: { seq: 6, noteSeq: 0, markEpoch: 0 } });
  const thread = nothing();
  await pull(threadScope(threadId), thread, 100);
  expect([...thread.rows.keys()].filter((key) => key.startsWith('message '))).toHaveLength(6);
  const people = nothing();
  await pull(threadPeopleScope(threadId), people);
  expect(people.rows.size).toBe(5);
  const directory = nothing();
  await pull(orgPeopleScope(alice.orgId), directory);
  expect(directory.rows.size).toBe(7);
});

test.each([1, 700, 2_600])('an import of %i more messages brings a follower to what a newcomer gets', async (count) => {
  await importFiles(ACME_EXPORT);
  const threadId = await generalId();
  const scopes = [
    threadScope(threadId),
    threadPeopleScope(threadId),
    orgPeopleScope(alice.orgId),
    userScope(alice.personId),
  ];
  const followed = new Map(scopes.map((scope) => [scope, nothing()]));
  for (const [scope, copy] of followed) await pull(scope, copy, 500);
  const manyUsers = Array.from({ length: count }, (_, index) => ({ id: `U0MANY${index}`, name: `many ${index}` }));
  await importFiles({ ...ACME_EXPORT, ...dayOf(count), 'users.json': [...ACME_EXPORT['users.json'], ...manyUsers] });
  for (const [scope, copy] of followed) {
    const answers = await pull(scope, copy, 500);
    const fresh = nothing();
    await pull(scope, fresh, 500);
    expect(copy.version).toBe(fresh.version);
    if (answers.includes('truncated')) expect(copy.rows).toEqual(fresh.rows);
    // The newcomer has a window, the follower also what lies before it.
    else expect(Object.fromEntries(copy.rows)).toMatchObject(Object.fromEntries(fresh.rows));
  }
});

test('no answer carries more rows than the engine means to send at once', async () => {
  const manyUsers = Array.from({ length: 2_600 }, (_, index) => ({ id: `U0MANY${index}`, name: `many ${index}` }));
  await importFiles({ ...ACME_EXPORT, 'users.json': [...ACME_EXPORT['users.json'], ...manyUsers] });
  const directory = nothing();
  const answers = await pull(orgPeopleScope(alice.orgId), directory);
  expect(answers.length).toBeGreaterThan(2);
  expect(directory.rows.size).toBe(manyUsers.length + 7);
});

test('people go on writing in an imported thread', async () => {
  await importFiles(ACME_EXPORT);
  const threadId = await generalId();
  const { results } = await engine().push(alice.personId, {
    protocol: PROTOCOL_VERSION,
    personId: alice.personId,
    clientId,
    incarnation: null,
    mutations: [
      {
        id: uuidv7(),
        lane: threadScope(threadId),
        n: 1,
        name: 'sendMessage',
        version: 1,
        args: { threadId, messageId: uuidv7(), text: 'still here', replyTo: null },
        at: 0,
      },
    ],
  });
  expect(results).toMatchObject([{ status: 'applied' }]);
  await importFiles({ ...ACME_EXPORT, ...dayOf(2) });
  const thread = nothing();
  await pull(threadScope(threadId), thread, 100);
  const messages = [...thread.rows].flatMap(([key, row]) =>
    key.startsWith('message ') ? [(row as { data: { seq: number; text: string } }).data] : [],
  );
  const last = messages.toSorted((left, right) => left.seq - right.seq).slice(-3);
  expect(last.map(({ seq, text }) => [seq, text])).toEqual([
    [7, 'still here'],
    [8, 'message 0'],
    [9, 'message 1'],
  ]);
});
