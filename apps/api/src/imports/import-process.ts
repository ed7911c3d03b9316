/**
 * Carries out one import in a process of its own, so that the server goes on answering meanwhile and outlives whatever
 * an archive does to it. Killed at any moment it leaves nothing half done: rows are written in one transaction, and a run
 * that comes after it adds only what is missing.
 */
import { once } from 'node:events';
import { basename } from 'node:path';
import { openDatabase, type Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { ImportError } from './slack/errors.ts';
import { importSlack, type ImportProgress } from './slack/import-slack.ts';

export interface ImportTask {
  databaseUrl: string;
  importId: string;
  file: string;
}

// The server is gone: nobody would hear of it.
const alone = () => process.exit(1);
process.on('disconnect', alone);
// Told and not passed as an argument, which everybody on the machine could read.
const [task] = (await once(process, 'message')) as [ImportTask];
const { databaseUrl, importId, file } = task;
/** Milliseconds between two notes of how far it is. */
const NOTE_MS = 400;

const database = openDatabase(databaseUrl, { sees: 'everything', connections: 3, statementTimeoutMs: 0 });
const lock = await database.pool.connect();
try {
  // The lock lives as long as this process's connection: of two processes that take the import up, one goes on.
  const { rows } = await lock.query<{ mine: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as mine', [
    `slack-import:${importId}`,
  ]);
  if (rows[0]?.mine) await carryOut(database.kysely);
} finally {
  lock.release(true);
  await database.close();
}
process.off('disconnect', alone);
process.disconnect();

async function carryOut(db: Kysely<Database>): Promise<void> {
  const wanted = await db
    .selectFrom('slack_import')
    .innerJoin('org', 'org.id', 'slack_import.org_id')
    .select(['org.id as orgId', 'org.name as orgName', 'with_direct_messages', 'file_name'])
    .where('slack_import.id', '=', importId)
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (!wanted) return;
  const notes = noting(db);
  try {
    const report = await importSlack(db, {
      file,
      organisation: { id: wanted.orgId, name: wanted.orgName },
      withDirectMessages: wanted.with_direct_messages,
      onProgress: notes.add,
      onCommitted: (changes) => process.send?.(changes),
    });
    await notes.stop();
    await settle(db, { state: 'done', report: JSON.stringify(report), refusal: null });
  } catch (error) {
    await notes.stop();
    if (!(error instanceof ImportError)) throw error;
    // The person knows the file by their own name for it.
    const words = error.message.replaceAll(file, wanted.file_name).replaceAll(basename(file), wanted.file_name);
    await settle(db, { state: 'failed', report: null, refusal: words });
  }
}

function noting(db: Kysely<Database>): { add: (progress: ImportProgress) => void; stop: () => Promise<void> } {
  let latest: ImportProgress | undefined;
  let writing = Promise.resolve();
  let notedAt = 0;
  return {
    add(progress) {
      latest = progress;
      if (Date.now() - notedAt < NOTE_MS) return;
      notedAt = Date.now();
      const text = JSON.stringify(latest);
      writing = writing.then(async () => {
        const change = { progress: text, updated_at: new Date() };
        await db.updateTable('slack_import').set(change).where('id', '=', importId).execute();
      });
    },
    stop: () => writing,
  };
}

async function settle(
  db: Kysely<Database>,
  change: { state: 'done' | 'failed'; report: string | null; refusal: string | null },
): Promise<void> {
  await db
    .updateTable('slack_import')
    .set({ ...change, progress: null, updated_at: new Date() })
    .where('id', '=', importId)
    .where('state', '=', 'running')
    .execute();
}
