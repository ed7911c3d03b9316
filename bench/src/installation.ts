/** The server half of Parley on a PostgreSQL of its own with the settings of production: every commit is on the disk. */
import { mutators } from '@parley/core/mutators';
import { isPaged, orgPeopleScope, orgScope, threadScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import {
  createPostgresStorage,
  migrateToLatest,
  openDatabase,
  type DatabaseTransaction,
  type OpenDatabase,
} from '@parley/db';
import { startEmbeddedPostgres } from '@parley/db/embedded';
import { createSyncServer, type Publish, type SyncServer } from '@parley/sync/server';
import { sql } from 'kysely';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { Sender } from './sender.ts';
import { TEXT } from './texts.ts';

export type Server = SyncServer<Tables, DatabaseTransaction>;

export interface Installation extends AsyncDisposable {
  url: string;
  database: OpenDatabase;
  server: Server;
  orgId: string;
}

/** @param publish is told of every commit */
export async function openInstallation(publish: Publish = () => undefined): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  await migrateToLatest(postgres.url);
  // However this process ends, the server ends with it.
  const interrupt = (): boolean => process.kill(postgres.pid, 'SIGINT');
  process.once('exit', interrupt);
  const database = openDatabase(postgres.url, { sees: 'everything' });
  const server = createSyncServer<Tables, DatabaseTransaction>({
    storage: createPostgresStorage(database.kysely),
    mutators,
    isPaged,
    ownScope: userScope,
    publish,
  });
  const orgId = await openOrganisation(server);
  return {
    url: postgres.url,
    database,
    server,
    orgId,
    async [Symbol.asyncDispose]() {
      await database.close();
      process.off('exit', interrupt);
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One more organisation of the installation. */
export async function openOrganisation(server: Server): Promise<string> {
  const orgId = newId();
  await server.act(null, { create: [orgScope(orgId), orgPeopleScope(orgId)], write: [] }, async (tx) => {
    tx.put('org', orgScope(orgId), orgId, { name: 'Acme', threadStarters: 'members', createdAt: tx.now });
  });
  return orgId;
}

/** New members of the organisation. */
export async function addPeople({ server, orgId }: Installation, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  const scopes = { create: ids.map(userScope), write: [orgPeopleScope(orgId)], lock: [orgScope(orgId)] };
  await server.act(null, scopes, async (tx, trx) => {
    for (const [index, id] of ids.entries()) {
      const name = `person ${index}`;
      await trx.insertInto('person').values({ id, name, merged_into: null }).execute();
      const common = { role: 'member' as const, active: true, joinedAt: tx.now };
      tx.put('membership', userScope(id), orgId, { ...common, epoch: 1 });
      const card = { name, email: `${index}.${id}@example.org`, placeholder: false };
      tx.put('person', orgPeopleScope(orgId), id, { ...common, ...card });
    }
  });
  return ids;
}

/** Threads of the organisation, each with `size` of the people; the first of them starts it. */
export async function startThreads(
  { server, orgId }: Installation,
  personIds: readonly string[],
  { count, size }: { count: number; size: number },
): Promise<{ threadId: string; participantIds: string[] }[]> {
  const threads: { threadId: string; participantIds: string[] }[] = [];
  for (let index = 0; index < count; index += 1) {
    const participantIds = Array.from(
      { length: size },
      (_, place) => personIds[(index + place) % personIds.length] ?? '',
    );
    const [starter = ''] = participantIds;
    const threadId = newId();
    await new Sender(server, starter).do('createThread', { threadId, orgId, subject: 'Plans', participantIds });
    threads.push({ threadId, participantIds });
  }
  return threads;
}

/** As if they had been sent one by one. */
export async function writeMessages(
  { url, database, orgId }: Installation,
  { threadIds, authorId, each }: { threadIds: string[]; authorId: string; each: number },
): Promise<void> {
  await sql`insert into message (home_org, thread_id, id, seq, kind, author_id, author_org, owner_org, text, mentions,
      reactions, created_at, revisions, version)
    select ${orgId}, id, gen_random_uuid(), n, 'internal', ${authorId}, ${orgId}, ${orgId}, ${TEXT}, '[]', '{}', now(), 0,
      n + 1
    from unnest(${threadIds}::uuid[]) as id, generate_series(1, ${each}::int) as n`.execute(database.kysely);
  await sql`update sync_scope set version = ${each + 1}, seq = ${each}
    where id = any(${threadIds.map(threadScope)})`.execute(database.kysely);
  await sql`update thread set version = ${each + 1}, last_seq = ${each}
    where id = any(${threadIds}::uuid[])`.execute(database.kysely);
  await analyse(url);
}

/** What has just been filled tells the database nothing, and until it has looked again, within a minute, it guesses badly. */
export async function analyse(url: string): Promise<void> {
  const owner = openDatabase(url, { as: 'owner', connections: 1 });
  await sql`vacuum analyze`.execute(owner.kysely);
  await owner.close();
}
