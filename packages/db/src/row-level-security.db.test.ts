/** The second wall, alone: what the database gives and takes when nothing of the application's own has judged before. */
import { befriend, partnershipScopes } from '@parley/core/partners';
import { notesScope, orgScope, threadScope, userScope } from '@parley/core/scopes';
import type { TableName } from '@parley/core/tables';
import type { RowWrite } from '@parley/sync/server';
import { sql, type Kysely } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applicationRole, openDatabase, type OpenDatabase } from './connection.ts';
import { asPerson, setEyes, settingsOf, type Eyes } from './row-level-security.ts';
import {
  addPerson,
  openInstallation,
  orgs,
  people,
  seed,
  startPartnerThread,
  startThread,
  TestClient,
  type TestInstallation,
} from './sync/acme.fixture.ts';
import { run, type DatabaseTransaction } from './sync/statement.ts';
import { createPostgresStorage } from './sync/storage.ts';
import { syncedTableNames, syncedTables } from './sync/synced-tables.ts';
import type { Database } from './tables.ts';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';

/** Tables that the wall leaves out, and why. Every other one has to be behind it. */
const OUTSIDE: Record<string, string> = {
  installation: 'one row, of the server itself',
  schema_migration: 'the owner alone may read it',
  schema_migration_lock: 'the owner alone may read it',
  sync_scope: 'names and versions of scopes: what every act locks before anybody is judged',
  sync_tombstone: 'names of scopes and versions',
  sync_client: 'which client is whose, asked before anybody acts',
  sync_lane: 'counts of a client',
  mutation_result: 'what became of mutations, asked for by the ids of their person, before anything is locked',
  held_text: 'the owner alone may read it',
  legal_hold: 'asked by what puts aside, whoever acts, and else by administrators through the API',
  last_seen: 'rooms and who was in them: asked through the API, which lets in whoever may be in the room',
  job: 'ids for the worker, which sees everything',
  person: 'ids and names of people of all organisations, who come before any of them',
  auth_user: 'accounts are of people and not of organisations, and are looked for before anybody is signed in',
  auth_session: 'as accounts',
  auth_account: 'as accounts',
  auth_verification: 'as accounts',
  two_step: 'as accounts',
  recovery_code: 'as accounts',
  passkey: 'as accounts',
};

const administrative = ['audit_event', 'invitation', 'partnership_invitation', 'slack_import'];
const tenantTables = [...syncedTableNames.map((name) => syncedTables[name].sql), ...administrative].sort();

let testDatabase: TestDatabase;
let installation: TestInstallation;
/** The application's role on one connection, which sees nothing by itself. */
let walled: OpenDatabase;
let partnerThread: string;
let internalThread: string;
/** Was a member of Acme and in its threads. */
let mia: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  walled = openDatabase(testDatabase.url, { connections: 1 });
  await seed(installation);
  mia = newId();
  await addPerson(installation.server, { id: mia, name: 'mia', orgId: orgs.acme, role: 'member' });
  partnerThread = await startPartnerThread(installation.server, [
    ...[people.alice, people.bob, people.gus, mia].map((personId) => [personId, orgs.acme] as const),
    ...[people.carol, people.erin].map((personId) => [personId, orgs.globex] as const),
  ]);
  internalThread = await startThread(installation.server, [people.alice, people.bob]);
  await sendAll();
  await fill(installation.database.kysely);
  const { kysely } = installation.database;
  await sql`update participation set left_at = now() where person_id = ${mia}`.execute(kysely);
  await sql`update membership set active = false where person_id = ${mia}`.execute(kysely);
});
afterAll(async () => {
  await walled.close();
  await installation.close();
  await testDatabase.drop();
});

async function sendAll(): Promise<void> {
  const alice = new TestClient(installation.server, people.alice);
  const carol = new TestClient(installation.server, people.carol);
  const sent = [
    await alice.do('sendMessage', { threadId: internalThread, messageId: newId(), text: 'Among us' }),
    await alice.do('sendMessage', { threadId: partnerThread, messageId: newId(), text: 'To all' }),
    await alice.do('sendNote', { threadId: partnerThread, orgId: orgs.acme, messageId: newId(), text: 'Of Acme' }),
    await carol.do('sendNote', { threadId: partnerThread, orgId: orgs.globex, messageId: newId(), text: 'Of Globex' }),
  ];
  expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 'applied'));
}

/** Rows of Acme in every table that has none yet. */
async function fill(db: Kysely<Database>): Promise<void> {
  for (const name of syncedTableNames) {
    const { sql: table, scopeKind, scopeColumns, idColumn, isOfThread } = syncedTables[name];
    const ofScope = scopeKind === 'org' || scopeKind === 'people.org' ? orgs.acme : partnerThread;
    const key: Record<string, string> = isOfThread ? { home_org: orgs.acme } : {};
    for (const column of scopeColumns) key[column] = column === 'org_id' ? orgs.acme : ofScope;
    if (scopeKind === 'user') key['person_id'] = people.alice;
    key[idColumn] ??= idColumn === 'person_id' ? people.alice : newId();
    const columns = sql.join([...Object.keys(key), 'version', 'deleted'].map((column) => sql.ref(column)));
    await sql`insert into ${sql.table(table)} (${columns}) values (${sql.join([...Object.values(key), 1, true])})
      on conflict do nothing`.execute(db);
  }
  const acme = orgs.acme;
  await sql`insert into partner (org_id, partner_id, name, contacts, since, suspended_by, version)
    values (${acme}, ${orgs.globex}, 'globex', '[]', now(), '[]', 1)`.execute(db);
  await sql`insert into audit_event (org_id, kind) values (${acme}, 'invited')`.execute(db);
  await sql`insert into invitation (id, org_id, email, role, token_hash, expires_at)
    values (${newId()}, ${acme}, 'a@example.org', 'member', 'a', now())`.execute(db);
  await sql`insert into partnership_invitation (id, org_id, email, token_hash, invited_by, expires_at)
    values (${newId()}, ${acme}, 'b@example.org', 'b', ${people.alice}, now())`.execute(db);
  await sql`insert into slack_import (id, org_id, started_by, file_name, bytes, with_direct_messages)
    values (${newId()}, ${acme}, ${people.alice}, 'x.zip', 1, false)`.execute(db);
}

/** Runs as the application with these eyes and no check of its own, and takes it back. */
async function see<R>(eyes: Eyes, work: (trx: DatabaseTransaction) => Promise<R>): Promise<R> {
  const trx = await walled.kysely.startTransaction().execute();
  try {
    await run(trx, `select ${setEyes(['$1', '$2', '$3'])}`, settingsOf(eyes));
    return await work(trx);
  } finally {
    await trx.rollback().execute();
  }
}
const as = (personId: string): Eyes => ({ people: [personId] });

async function countsIn(db: Kysely<Database>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tenantTables) {
    const { rows } = await sql<{ count: number }>`select count(*) from ${sql.table(table)}`.execute(db);
    counts[table] = rows[0]?.count ?? 0;
  }
  return counts;
}
const none = Object.fromEntries(tenantTables.map((table) => [table, 0]));

const texts = (personId: string, table: 'message' | 'note'): Promise<string[]> =>
  see(as(personId), async (trx) => {
    const { rows } = await sql<{ text: string }>`select text from ${sql.table(table)} where text <> ''`.execute(trx);
    return rows.map(({ text }) => text).sort();
  });
const count = (eyes: Eyes, table: string, where = sql`true`): Promise<number> =>
  see(eyes, async (trx) => {
    const { rows } = await sql`select from ${sql.table(table)} where ${where}`.execute(trx);
    return rows.length;
  });

/** Tables of the schema that the wall does not stand before in full, whoever looks. */
async function unwalled(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and not (c.relrowsecurity and c.relforcerowsecurity
        and (select array_agg(polname::text order by polname) from pg_policy where polrelid = c.oid) = '{readers,whoever_acts}')
    order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

describe('the catalog', () => {
  test('every table is behind the wall, for its owner too, or is outside for a reason', async () => {
    const owner = openDatabase(testDatabase.url, { as: 'owner', connections: 1 });
    expect(await unwalled(owner.kysely)).toEqual(Object.keys(OUTSIDE).sort());
    const { rows } = await sql<{ name: string }>`
      select tablename as name from pg_tables where schemaname = current_schema()`.execute(owner.kysely);
    expect(rows.map(({ name }) => name).sort()).toEqual([...tenantTables, ...Object.keys(OUTSIDE)].sort());
    await owner.close();
  });

  test('a table whose wall is down is found, however it came down', async () => {
    const database = await createTestDatabase();
    const owner = openDatabase(database.url, { as: 'owner', connections: 1 });
    for (const statement of [
      'alter table note disable row level security',
      'alter table draft no force row level security',
      'create policy more on message using (true)',
      'create table newcomer ()',
    ]) {
      await sql.raw(statement).execute(owner.kysely);
    }
    const found = await unwalled(owner.kysely);
    expect(found.filter((name) => !(name in OUTSIDE))).toEqual(['draft', 'message', 'newcomer', 'note']);
    await owner.close();
    await database.drop();
  });

  test('the application cannot look past it', async () => {
    const { rows } = await sql`select rolsuper, rolbypassrls from pg_roles
      where rolname = ${applicationRole(testDatabase.url)} and rolname = current_user`.execute(walled.kysely);
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    // Asked for, the database says so instead of leaving rows out.
    const asked = see(as(people.alice), async (trx) => {
      await sql`set local row_security = off`.execute(trx);
      return sql`select from note`.execute(trx);
    });
    await expect(asked).rejects.toThrow('would be affected by row-level security policy');
  });
});

describe('without eyes', () => {
  test('there are rows in every table of the tenants, and none is seen', async () => {
    const all = await countsIn(installation.database.kysely);
    expect(Object.entries(all).filter(([, rows]) => rows === 0)).toEqual([]);
    expect(await countsIn(walled.kysely)).toEqual(none);
  });

  test('nothing is written', async () => {
    for (const table of tenantTables.filter((name) => name !== 'audit_event')) {
      const { numAffectedRows } = await sql`delete from ${sql.table(table)}`.execute(walled.kysely);
      expect(numAffectedRows, table).toBe(0n);
    }
    const added = sql`insert into audit_event (org_id, kind) values (${orgs.acme}, 'x')`.execute(walled.kysely);
    await expect(added).rejects.toThrow('violates row-level security policy');
  });

  test('on a pooled connection they end with their transaction, however it ends', async () => {
    const storage = createPostgresStorage(walled.kysely);
    const nothing = async (): Promise<void> => expect(await countsIn(walled.kysely)).toEqual(none);
    const messages = (db: Kysely<Database>) => sql`select from message where not deleted`.execute(db);

    expect((await asPerson(walled.kysely, people.alice, messages)).rows).toHaveLength(2);
    await nothing();
    await expect(asPerson(walled.kysely, people.alice, (trx) => sql`select 1 / 0`.execute(trx))).rejects.toThrow();
    await nothing();
    await storage.snapshot((snapshot) => snapshot.readable(people.alice, [threadScope(internalThread)]));
    await nothing();
    const failing = storage.snapshot(async (snapshot) => {
      await snapshot.readable(people.alice, [threadScope(internalThread)]);
      throw new Error('in the middle');
    });
    await expect(failing).rejects.toThrow('in the middle');
    await nothing();
    for (const how of [{}, { people: [people.alice] }]) {
      await storage.write((tx) => tx.lock([threadScope(internalThread)], how));
      await nothing();
    }
  });
});

describe('with the eyes of a person', () => {
  test('notes are for who acts for their organisation in that thread', async () => {
    for (const personId of [people.alice, people.bob]) expect(await texts(personId, 'note')).toEqual(['Of Acme']);
    // Erin is of Acme as well, and is there for Globex.
    for (const personId of [people.carol, people.erin]) expect(await texts(personId, 'note')).toEqual(['Of Globex']);
    for (const personId of [people.gus, mia, people.dave]) expect(await texts(personId, 'note')).toEqual([]);
    const kept = ['note', 'note_head', 'note_revision'];
    for (const table of kept) {
      for (const personId of [people.gus, people.carol, people.erin, mia, people.dave])
        expect(await count(as(personId), table, sql`org_id = ${orgs.acme}`), table).toBe(0);
      expect(await count(as(people.alice), table, sql`org_id = ${orgs.acme}`), table).toBeGreaterThan(0);
    }
  });

  test('what is in a thread is for who is in it', async () => {
    expect(await texts(people.alice, 'message')).toEqual(expect.arrayContaining(['Among us', 'To all']));
    for (const personId of [people.carol, people.gus, people.erin]) {
      expect(await texts(personId, 'message')).not.toContain('Among us');
      expect(await texts(personId, 'message')).toContain('To all');
    }
    const ofThreads = [
      'thread',
      'message',
      'revision',
      'thread_pins',
      'participant',
      'thread_group',
      'thread_org',
      'receipt',
    ];
    for (const table of ofThreads) {
      const id = sql.ref(table === 'thread' ? 'id' : 'thread_id');
      for (const personId of [mia, people.dave]) expect(await count(as(personId), table), table).toBe(0);
      for (const personId of [people.carol, people.gus])
        expect(await count(as(personId), table, sql`${id} = ${internalThread}`), table).toBe(0);
    }
  });

  test('what an organisation keeps is for its members, and neither for guests nor partners', async () => {
    for (const table of ['org', 'team', 'partner', 'org_person']) {
      const ofAcme = sql`${sql.ref(table === 'org' ? 'id' : 'org_id')} = ${orgs.acme}`;
      for (const personId of [people.alice, people.bob, people.erin])
        expect(await count(as(personId), table, ofAcme), table).toBeGreaterThan(0);
      for (const personId of [people.gus, people.carol, people.dave, mia])
        expect(await count(as(personId), table, ofAcme), table).toBe(0);
    }
  });

  test('what its administrators look after is for them', async () => {
    for (const table of administrative) {
      expect(await count(as(people.alice), table), table).toBe(1);
      for (const personId of [people.bob, people.gus, people.carol, people.erin, people.dave, mia])
        expect(await count(as(personId), table), table).toBe(0);
    }
  });

  test('what is of one person is for nobody else', async () => {
    for (const { sql: table, scopeKind } of Object.values(syncedTables)) {
      if (scopeKind !== 'user') continue;
      for (const personId of [people.bob, people.carol, people.dave])
        expect(await count(as(personId), table, sql`person_id <> ${personId}`), table).toBe(0);
      expect(await count(as(people.alice), table), table).toBeGreaterThan(0);
    }
  });

  test('they read, and write nothing, not what is their own', async () => {
    for (const table of tenantTables.filter((name) => name !== 'audit_event')) {
      const { numAffectedRows } = await see(as(people.alice), (trx) =>
        sql`delete from ${sql.table(table)}`.execute(trx),
      );
      expect(numAffectedRows, table).toBe(0n);
    }
    const told = see(as(people.alice), (trx) =>
      sql`insert into audit_event (org_id, kind) values (${orgs.acme}, 'x')`.execute(trx),
    );
    await expect(told).rejects.toThrow('violates row-level security policy');
  });
});

describe('an act of people', () => {
  const act = async (people: string[], locked: string[], rows: RowWrite[]): Promise<unknown> => {
    const storage = createPostgresStorage(walled.kysely);
    return storage.write(async (tx) => {
      await tx.lock(locked, { people });
      await tx.flush({ acts: [{ bumps: [], rows, jobs: [] }], lanes: [], results: [] });
      throw new Error('all is well');
    });
  };
  const rowIn = (table: TableName, scope: string): RowWrite => ({ table, scope, id: newId(), version: 9, data: null });
  const refused = 'violates row-level security policy';

  test('writes what it has locked, and nothing beside', async () => {
    const scope = threadScope(partnerThread);
    await expect(act([people.carol], [scope], [rowIn('message', scope)])).rejects.toThrow('all is well');
    const beside = act([people.carol], [scope], [rowIn('scheduled', userScope(people.alice))]);
    await expect(beside).rejects.toThrow(refused);
    const ofAcme = act([people.carol], [scope], [rowIn('partner', orgScope(orgs.acme))]);
    await expect(ofAcme).rejects.toThrow(refused);
  });

  test('reaches no note of those for whom none of them acts, although it has locked them', async () => {
    const ofAcme = notesScope(partnerThread, orgs.acme);
    const locked = [threadScope(partnerThread), ofAcme];
    await expect(act([people.bob], locked, [rowIn('note', ofAcme)])).rejects.toThrow('all is well');
    for (const personId of [people.gus, people.carol, people.erin, people.dave, mia]) {
      await expect(act([personId], locked, [rowIn('note', ofAcme)]), personId).rejects.toThrow(refused);
      const eyes = { people: [personId], scopes: locked };
      expect(await count(eyes, 'note', sql`org_id = ${orgs.acme}`)).toBe(0);
    }
  });

  test('makes a thread with partners and a note in it at once', async () => {
    const pair = { orgId: orgs.acme, partnerId: orgs.initech };
    await installation.server.act(null, partnershipScopes(pair), (tx) =>
      befriend(tx, { orgId: orgs.acme, personId: people.alice }, { orgId: orgs.initech, personId: people.dave }),
    );
    const alice = new TestClient(installation.server, people.alice);
    const threadId = newId();
    const partners = [{ orgId: orgs.initech, personIds: [people.dave], permission: 'post' as const }];
    const results = await alice.push(
      alice.mutation('createThread', { threadId, orgId: orgs.acme, subject: 'New', participantIds: [], partners }),
      alice.mutation('sendNote', { threadId, orgId: orgs.acme, messageId: newId(), text: 'At once' }),
    );
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied']);
    expect(await texts(people.alice, 'note')).toContain('At once');
    expect(await texts(people.dave, 'note')).toEqual([]);
  });

  test('reads nothing of threads that it has not locked and none of them is in', async () => {
    const eyes = { people: [people.carol], scopes: [threadScope(partnerThread), userScope(people.carol)] };
    expect(await count(eyes, 'message', sql`thread_id = ${internalThread}`)).toBe(0);
    expect(await count(eyes, 'partner', sql`org_id = ${orgs.acme}`)).toBe(0);
    expect(await count(eyes, 'audit_event')).toBe(0);
  });
});
