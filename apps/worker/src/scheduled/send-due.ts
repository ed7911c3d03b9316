/** Sends scheduled messages when they are due: each once, whoever else is at it and however often this process dies. */
import { sendScheduled } from '@parley/core/scheduled';
import { userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import type { Database, DatabaseTransaction } from '@parley/db';
import { Refusal } from '@parley/sync/mutator';
import type { SyncServer } from '@parley/sync/server';
import type { Kysely } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';

const BATCH = 100;
const IDLE_MS = 1_000;
// When the database is away, what is due waits in it.
const BACKOFF_MS = 5_000;

export interface Sending {
  db: Kysely<Database>;
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>;
  onError: (error: unknown) => void;
}

interface Due {
  personId: string;
  threadId: string;
  messageId: string;
}

/** Looks every second, until the signal: times can be changed until the last moment, and a clock may jump. */
export async function sendWhenDue(sending: Sending, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const found = await sendDue(sending, { now: Date.now(), signal }).catch((error: unknown) => sending.onError(error));
    const pause = found === undefined ? BACKOFF_MS : found === BATCH ? 0 : IDLE_MS;
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Sends what is due, the oldest first.
 * @param now milliseconds since 1970
 * @returns how many were found, `100` where there may be more
 */
export async function sendDue(
  { db, acts, onError }: Sending,
  { now, signal }: { now: number; signal?: AbortSignal },
): Promise<number> {
  const rows = await db
    .selectFrom('scheduled')
    .select(['person_id as personId', 'thread_id as threadId', 'id as messageId'])
    .where('due_at', '<=', new Date(now))
    .where('deleted', '=', false)
    .where('failure', 'is', null)
    .orderBy('due_at')
    .limit(BATCH)
    .execute();
  let failures = 0;
  for (const due of rows) {
    if (signal?.aborted) break;
    await sendOne(acts, due, now).catch((error: unknown) => {
      // One that cannot be sent now must not hold up the others.
      failures += 1;
      onError(error);
    });
  }
  return rows.length === failures ? 0 : rows.length;
}

/**
 * The message and the end of its row are one transaction under the author's lock: whoever comes second finds no row.
 * What the rules refuse stays as a row that says so, with its text.
 */
async function sendOne(acts: Sending['acts'], { personId, threadId, messageId }: Due, now: number): Promise<void> {
  const own = userScope(personId);
  const args = { threadId, messageId };
  try {
    await acts.act(personId, sendScheduled.scopes(args, personId), async (tx) => {
      const row = await tx.get('scheduled', own, messageId);
      if (row && row.failure === null && row.dueAt <= now) await sendScheduled.run(tx, args);
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error;
    await acts.act(personId, { write: [own] }, async (tx) => {
      const row = await tx.get('scheduled', own, messageId);
      if (!row || row.failure !== null || row.dueAt > now) return;
      tx.put('scheduled', own, messageId, { ...row, failure: { code, message, at: tx.now } });
    });
  }
}
