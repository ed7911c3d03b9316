/**
 * Carries job rows, written in the transactions that caused them, into their queues. A row is deleted once the queue
 * has accepted its job; a crash between the two adds the job again under the same id, which the queue ignores.
 */
import type { Database } from '@parley/db';
import { isQueue, queueNames, type JobQueues, type Payload } from '@parley/jobs';
import type { Kysely } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';

const BATCH = 500;
const IDLE_MS = 1_000;
// When the queue or the database is away, what is written stays where it is.
const BACKOFF_MS = 5_000;

/** Relays until the signal; errors are heard and tried again. */
export async function relay(
  { db, queues, onError }: { db: Kysely<Database>; queues: Pick<JobQueues, 'add'>; onError: (error: unknown) => void },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const relayed = await relayOnce(db, queues).catch((error: unknown) => onError(error));
    const pause = relayed === undefined ? BACKOFF_MS : relayed === BATCH ? 0 : IDLE_MS;
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** Relays the oldest rows whose kind has a queue. @returns how many, `500` where there may be more */
export async function relayOnce(db: Kysely<Database>, queues: Pick<JobQueues, 'add'>): Promise<number> {
  const rows = await db
    .selectFrom('job')
    .select(['id', 'kind', 'payload'])
    .where('kind', 'in', queueNames)
    .orderBy('id')
    .limit(BATCH)
    .execute();
  const accepted: number[] = [];
  try {
    for (const { id, kind, payload } of rows) {
      if (!isQueue(kind)) continue;
      await queues.add(kind, payload as Payload<typeof kind>, { id: `job-${id}` });
      accepted.push(id);
    }
  } finally {
    if (accepted.length > 0) await db.deleteFrom('job').where('id', 'in', accepted).execute();
  }
  return accepted.length;
}
