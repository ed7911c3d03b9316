/** Brings the organisations of threads in line with the partnerships: SPEC.md, [EXT6] and on. */
import { partnersScopes, settlePartners, type PartnersInThread } from '@parley/core/external-threads';
import type { Tables } from '@parley/core/tables';
import { ADDED_AT_ONCE } from '@parley/core/threads';
import { Refusal } from '@parley/sync/mutator';
import type { SyncServer } from '@parley/sync/server';
import { sql, type Kysely } from 'kysely';
import type { DatabaseTransaction } from './sync/statement.ts';
import type { Database } from './tables.ts';

interface StaleThread {
  threadId: string;
  homeOrg: string;
}

/**
 * A thread and at most `ADDED_AT_ONCE` people at a time. Cut short, it is begun again; several at once do the same as one.
 * @param between of these two organisations only
 * @returns how many threads were brought in line
 */
export async function alignPartners(
  db: Kysely<Database>,
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>,
  between?: { orgId: string; partnerId: string },
): Promise<number> {
  const stale = await staleThreads(db, between);
  for (const thread of stale) {
    let leavers: string[];
    do {
      leavers = await peopleToRemove(db, thread);
      await alignThread(acts, { ...thread, leavers });
    } while (leavers.length === ADDED_AT_ONCE);
  }
  return stale.length;
}

async function alignThread(
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>,
  thread: StaleThread & { leavers: string[] },
): Promise<void> {
  const { threadId, homeOrg, leavers } = thread;
  try {
    await acts.act(null, partnersScopes(threadId, homeOrg, leavers), async (tx, trx) =>
      settlePartners(tx, thread, await partnersIn(trx, thread)),
    );
  } catch (error) {
    // The thread, or its organisation, has been erased meanwhile.
    if (!(error instanceof Refusal)) throw error;
  }
}

async function partnersIn(db: Kysely<Database>, { threadId, homeOrg }: StaleThread): Promise<PartnersInThread> {
  const here = (table: 'thread_org' | 'thread_group') =>
    db.selectFrom(table).where('home_org', '=', homeOrg).where('thread_id', '=', threadId).where('deleted', '=', false);
  const orgs = await here('thread_org').select('org_id').execute();
  const groups = await here('thread_group').select(['id', 'org_id']).execute();
  return {
    orgIds: orgs.map(({ org_id: id }) => id).filter((id) => id !== homeOrg),
    groups: groups.map(({ id, org_id: orgId }) => ({ id, orgId })),
  };
}

const isRemoved = sql`coalesce(p.ended->>'by' = o.home_org::text and p.ended->>'threads' = 'removed', false)`;

async function staleThreads(
  db: Kysely<Database>,
  between?: { orgId: string; partnerId: string },
): Promise<StaleThread[]> {
  const { rows } = await sql<StaleThread>`
    select distinct o.thread_id as "threadId", o.home_org as "homeOrg" from thread_org o
    join partner p on p.org_id = o.home_org and p.partner_id = o.org_id and not p.deleted
    left join thread_org home on home.home_org = o.home_org and home.thread_id = o.thread_id and home.org_id = o.home_org
    left join org on org.id = o.home_org and not org.deleted
    where not o.deleted and ${
      between === undefined
        ? sql`true`
        : sql`(o.home_org, o.org_id) in ((${between.orgId}::uuid, ${between.partnerId}::uuid),
          (${between.partnerId}::uuid, ${between.orgId}::uuid))`
    } and (o.name <> p.name or home.name <> org.name
      or o.state <> case when p.ended is not null then 'ended'
        when jsonb_array_length(p.suspended_by) > 0 then 'suspended' else 'active' end
      or (${isRemoved} and exists (select from participant a
        where a.home_org = o.home_org and a.thread_id = o.thread_id and a.acting_org = o.org_id
          and a.left_at is null and not a.deleted)))
    order by "threadId"`.execute(db);
  return rows;
}

async function peopleToRemove(db: Kysely<Database>, { threadId, homeOrg }: StaleThread): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.person_id as id from thread_org o
    join partner p on p.org_id = o.home_org and p.partner_id = o.org_id and not p.deleted
    join participant a on a.home_org = o.home_org and a.thread_id = o.thread_id and a.acting_org = o.org_id
    where o.home_org = ${homeOrg} and o.thread_id = ${threadId} and not o.deleted and ${isRemoved}
      and a.left_at is null and not a.deleted
    order by a.person_id limit ${ADDED_AT_ONCE}`.execute(db);
  return rows.map(({ id }) => id);
}
