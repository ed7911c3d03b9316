/** Deletes what nobody needs any more, a little at a time. */
import { purgeTombstones, type Database } from '@parley/db';
import { queueNames } from '@parley/jobs';
import { receiptJobs } from './receipts/flush-receipts.ts';
import { sql, type Kysely, type RawBuilder } from 'kysely';

export const HOUSEKEEPING_MS = 60 * 60 * 1000;

const DAY = 24 * 60 * 60 * 1000;

/** Rows one statement deletes: short enough that nobody waits for its locks. */
const BATCH = 5_000;

export interface Tidied {
  mutationResults: number;
  jobs: number;
  invitations: number;
  sessions: number;
  verifications: number;
  lastSeen: number;
  tombstones: number;
}

/**
 * - results of mutations after 30 days: a client that asks later is told `unknown`;
 * - job rows that nobody takes after one day;
 * - invitations 90 days after they ended;
 * - sessions and verifications that have ended;
 * - when somebody was last seen, after 90 days;
 * - tombstones after 90 days: a client that was away for longer starts their scopes from nothing.
 * @param now milliseconds since 1970
 * @returns how many rows of each were deleted
 */
export async function tidy(db: Kysely<Database>, now: number): Promise<Tidied> {
  const before = (age: number) => new Date(now - age);
  return {
    mutationResults: await deleteAll(db, 'mutation_result', sql`created_at < ${before(30 * DAY)}`),
    jobs: await deleteAll(
      db,
      'job',
      sql`created_at < ${before(DAY)} and not kind = any(${[...queueNames, ...receiptJobs]})`,
    ),
    invitations: await deleteAll(db, 'invitation', sql`expires_at < ${before(90 * DAY)}`),
    sessions: await deleteAll(db, 'auth_session', sql`expires_at < ${before(0)}`),
    verifications: await deleteAll(db, 'auth_verification', sql`expires_at < ${before(0)}`),
    lastSeen: await deleteAll(db, 'last_seen', sql`at < ${before(90 * DAY)}`),
    tombstones: await purgeTombstones(db, before(90 * DAY)),
  };
}

async function deleteAll(db: Kysely<Database>, table: keyof Database, old: RawBuilder<unknown>): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table)}
      where ctid = any(array(select ctid from ${sql.table(table)} where ${old} limit ${BATCH}))`.execute(db);
    deleted += Number(numAffectedRows);
    if (numAffectedRows < BATCH) return deleted;
  }
}
