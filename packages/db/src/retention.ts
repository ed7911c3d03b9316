/** Takes away what organisations no longer keep. */
import { expireMessages, expireNotes, oldestKept, type Expired } from '@parley/core/retention';
import { notesScope, threadScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import type { SyncServer } from '@parley/sync/server';
import { sql, type Kysely } from 'kysely';
import { isOnHold, withholdHold } from './legal-hold.ts';
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
 * A thread, or the notes in one, and `CHUNK` messages at a time, the oldest first. Cut short, it is begun again; done again, it changes nothing.
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
    for (const place of await placesWithExpired(db, retention)) {
      const { kind, threadId } = place;
      const { orgId } = retention;
      const scope = kind === 'note' ? notesScope(threadId, orgId) : threadScope(threadId);
      let taken: number;
      do {
        taken = await acts.act(null, { write: [scope] }, async (tx, trx) => {
          await withholdHold(trx, orgId);
          if (await isOnHold(trx, orgId)) return 0;
          const expired = await expiredIn(trx, { ...place, scope }, retention);
          if (kind === 'note') await expireNotes(tx, { threadId, orgId }, expired);
          else await expireMessages(tx, threadId, expired);
          return expired.messages.length;
        });
        count += taken;
      } while (taken === CHUNK);
    }
  }
  return count;
}

/** Organisations that do not keep everything, and are not on hold. */
async function retentions(db: Kysely<Database>, now: number): Promise<Retention[]> {
  const rows = await db
    .selectFrom('org')
    .select(['id', 'retention_days'])
    .where('deleted', '=', false)
    .where('retention_days', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('legal_hold').select('id').whereRef('org_id', '=', 'org.id').where('lifted_at', 'is', null)),
      ),
    )
    .execute();
  return rows.flatMap(({ id, retention_days: retentionDays }) => {
    const before = oldestKept({ retentionDays }, now);
    return before === null ? [] : [{ orgId: id, before: new Date(before) }];
  });
}

/** Messages of a thread, or the organisation's notes in it; each kind is the name of a table, too. */
interface Place {
  kind: 'message' | 'note';
  threadId: string;
}

/** Where something of the organisation's is too old. */
async function placesWithExpired(db: Kysely<Database>, { orgId, before }: Retention): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select distinct 'message' as kind, thread_id as "threadId" from message
      where created_at < ${before} and owner_org = ${orgId} and not deleted
    union all select distinct 'note', thread_id from note
      where created_at < ${before} and org_id = ${orgId} and not deleted`.execute(db);
  return rows;
}

/** The oldest of them in a place; to be read under the lock of its scope. */
async function expiredIn(
  db: Kysely<Database>,
  { kind, threadId, scope }: Place & { scope: string },
  { orgId, before }: Retention,
): Promise<Expired> {
  const here = sql`${sql.table(kind)} m join sync_scope s on s.id = ${scope} and s.home_org = m.home_org
    where m.thread_id = ${threadId} and not m.deleted ${kind === 'note' ? sql`and m.org_id = ${orgId}` : sql``}`;
  const { rows: messages } = await sql<Expired['messages'][number]>`
    select m.id, m.revisions from ${here} and m.owner_org = ${orgId} and m.created_at < ${before}
    order by m.seq limit ${CHUNK}`.execute(db);
  const ids = messages.map(({ id }) => id);
  const { rows: newest } = await sql<{ id: string }>`
    select m.id from ${here} and m.id <> all(${ids}::uuid[]) order by m.seq desc limit 1`.execute(db);
  return { messages, newestId: newest[0]?.id ?? null };
}
