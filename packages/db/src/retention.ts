/** Takes away what organisations no longer keep. */
import { expireMessages, oldestKept, retentionScopes, type Expired } from '@parley/core/retention';
import { threadScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import type { SyncServer } from '@parley/sync/server';
import type { Kysely } from 'kysely';
import type { DatabaseTransaction } from './sync/statement.ts';
import type { Database } from './tables.ts';

/** Messages that one transaction takes away: short enough that nobody waits for it. */
const CHUNK = 200;

interface Retention {
  orgId: string;
  /** Messages sent before it are too old. */
  before: Date;
}

/**
 * A thread and `CHUNK` messages at a time, the oldest first. Cut short, it is begun again; done again, it changes nothing.
 * @param now milliseconds since 1970
 * @returns how many messages were taken away
 */
export async function expireOldMessages(
  db: Kysely<Database>,
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>,
  now: number,
): Promise<number> {
  let count = 0;
  for (const retention of await retentions(db, now)) {
    for (const threadId of await threadsWithExpired(db, retention)) {
      let taken: number;
      do {
        taken = await acts.act(null, retentionScopes(threadId), async (tx, trx) => {
          const expired = await expiredMessages(trx, threadId, retention);
          await expireMessages(tx, threadId, expired);
          return expired.messages.length;
        });
        count += taken;
      } while (taken === CHUNK);
    }
  }
  return count;
}

/** Organisations that do not keep everything. */
async function retentions(db: Kysely<Database>, now: number): Promise<Retention[]> {
  const rows = await db
    .selectFrom('org')
    .select(['id', 'retention_days'])
    .where('deleted', '=', false)
    .where('retention_days', 'is not', null)
    .execute();
  return rows.flatMap(({ id, retention_days: retentionDays }) => {
    const before = oldestKept({ retentionDays }, now);
    return before === null ? [] : [{ orgId: id, before: new Date(before) }];
  });
}

/** Threads with messages of the organisation's that are too old. */
async function threadsWithExpired(db: Kysely<Database>, { orgId, before }: Retention): Promise<string[]> {
  const rows = await db
    .selectFrom('message')
    .select('thread_id')
    .distinct()
    .where('created_at', '<', before)
    .where('owner_org', '=', orgId)
    .where('deleted', '=', false)
    .execute();
  return rows.map(({ thread_id }) => thread_id);
}

/** The oldest of them in a thread; to be read under its lock. */
async function expiredMessages(db: Kysely<Database>, threadId: string, { orgId, before }: Retention): Promise<Expired> {
  const ofThread = db
    .selectFrom('sync_scope')
    .innerJoin('message', 'message.home_org', 'sync_scope.home_org')
    .where('sync_scope.id', '=', threadScope(threadId))
    .where('message.thread_id', '=', threadId)
    .where('message.deleted', '=', false);
  const messages = await ofThread
    .select(['message.id', 'message.revisions'])
    .where('message.owner_org', '=', orgId)
    .where('message.created_at', '<', before)
    .orderBy('message.seq')
    .limit(CHUNK)
    .execute();
  const ids = messages.map(({ id }) => id);
  const newest = await ofThread
    .select('message.id')
    .$if(ids.length > 0, (query) => query.where('message.id', 'not in', ids))
    .orderBy('message.seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { messages, newestId: newest?.id ?? null };
}
