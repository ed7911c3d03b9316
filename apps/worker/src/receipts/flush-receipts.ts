/**
 * Brings receipts up to date with what people have read. Whoever reads leaves a job row in the same transaction; all rows
 * of a thread are dealt with together, and go in the transaction that does it. Doing it again changes nothing.
 */
import { RECEIPTS_DUE, RECEIPTS_SWITCHED, receiptScopes, settleReceipts } from '@parley/core/receipts';
import { receiptsScope, threadScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { overdueReceipts, type Database, type DatabaseTransaction } from '@parley/db';
import { Refusal } from '@parley/sync/mutator';
import type { SyncServer } from '@parley/sync/server';
import { sql, type Kysely } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';

const BATCH = 5_000;
/** However many read in this time, a thread gets one new version. */
const TOGETHER_MS = 2_000;
// When the database is away, what is due waits in it.
const BACKOFF_MS = 5_000;

export interface Flushing {
  db: Kysely<Database>;
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>;
  onError: (error: unknown) => void;
}

/** Kinds of job row that are taken here, and not by the relay. */
export const receiptJobs = [RECEIPTS_DUE, RECEIPTS_SWITCHED];

/** Looks every two seconds, until the signal. */
export async function flushReceipts(flushing: Flushing, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const flushed = await flushOnce(flushing, signal).catch((error: unknown) => flushing.onError(error));
    await delay(flushed === undefined ? BACKOFF_MS : TOGETHER_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns how many threads were looked at */
export async function flushOnce({ db, acts, onError }: Flushing, signal?: AbortSignal): Promise<number> {
  await spread(db);
  const due = await db
    .selectFrom('job')
    .select(['id', sql<string>`payload ->> 'threadId'`.as('threadId')])
    .where('kind', '=', RECEIPTS_DUE)
    .orderBy('id')
    .limit(BATCH)
    .execute();
  const jobsByThread = Map.groupBy(due, ({ threadId }) => threadId);
  for (const [threadId, jobs] of jobsByThread) {
    if (signal?.aborted) break;
    const jobIds = jobs.map(({ id }) => id);
    // One that cannot be flushed now must not hold up the others.
    await flushThread({ db, acts }, threadId, jobIds).catch(onError);
  }
  return jobsByThread.size;
}

async function flushThread(
  { db, acts }: Pick<Flushing, 'db' | 'acts'>,
  threadId: string,
  jobIds: number[],
): Promise<void> {
  const flush = () =>
    acts.act(null, receiptScopes(threadId), async (tx, trx) => {
      settleReceipts(tx, threadId, await overdueReceipts(trx, threadId));
      await trx.deleteFrom('job').where('id', 'in', jobIds).execute();
    });
  try {
    await flush();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // A thread that is gone, or that a server of the release before has started.
    if (await makeScope(db, threadId)) await flush();
    else await db.deleteFrom('job').where('id', 'in', jobIds).execute();
  }
}

/** Who switches receipts on or off does it in all their threads: a job row of each takes the place of that one. */
async function spread(db: Kysely<Database>): Promise<void> {
  await sql`
    with switched as (
      delete from job where kind = ${RECEIPTS_SWITCHED}
      returning (payload ->> 'personId')::uuid as person_id, (payload ->> 'orgId')::uuid as org_id
    ), threads as (
      select p.thread_id from switched s join participation p on p.person_id = s.person_id
      union
      select p.thread_id from switched s join participant p on p.acting_org = s.org_id
    )
    insert into job (kind, payload)
    select ${RECEIPTS_DUE}, json_build_object('threadId', thread_id) from threads`.execute(db);
}

/** @returns whether there is such a thread, and its receipts had no scope */
async function makeScope(db: Kysely<Database>, threadId: string): Promise<boolean> {
  const { rows } = await sql`
    insert into sync_scope (id, home_org, version)
    select ${receiptsScope(threadId)}, home_org, 1 from sync_scope where id = ${threadScope(threadId)}
    on conflict do nothing returning id`.execute(db);
  return rows.length > 0;
}
