/** Brings the people of threads in line with the groups that take part in them: SPEC.md, [GRP3] and on. */
import type { GroupChange } from '@parley/core/groups';
import type { Tables } from '@parley/core/tables';
import { align, alignmentScopes } from '@parley/core/thread-groups';
import { ADDED_AT_ONCE } from '@parley/core/threads';
import { Refusal } from '@parley/sync/mutator';
import type { SyncServer } from '@parley/sync/server';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { DatabaseTransaction } from './sync/statement.ts';
import type { Database } from './tables.ts';

/**
 * Aligns whatever a change may have touched, a thread at a time and at most `ADDED_AT_ONCE` people an act. Cut short, it
 * is begun again; several at once do the same as one.
 * @returns how many people were looked at
 */
export async function alignGroups(
  db: Kysely<Database>,
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>,
  change: GroupChange,
): Promise<number> {
  const { orgId } = change;
  for (const threadId of await threadsWithStaleCards(db, change)) {
    await alignThread(acts, { threadId, orgId, personIds: [] });
  }
  let looked = 0;
  let after: Place = { threadId: FIRST, personId: FIRST };
  for (;;) {
    const stale = await strayPeople(db, change, after);
    for (const [threadId, places] of Map.groupBy(stale, (place) => place.threadId)) {
      await alignThread(acts, { threadId, orgId, personIds: places.map(({ personId }) => personId) });
    }
    looked += stale.length;
    const last = stale.at(-1);
    if (!last || stale.length < ADDED_AT_ONCE) return looked;
    after = last;
  }
}

/** Organisations with groups in threads. */
export async function organisationsWithGroups(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select org_id as id from thread_group where not deleted
    union select acting_org from participant where via is not null and left_at is null and not deleted`.execute(db);
  return rows.map(({ id }) => id);
}

interface Place {
  threadId: string;
  personId: string;
}
const FIRST = '00000000-0000-0000-0000-000000000000';

async function alignThread(
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>,
  alignment: Parameters<typeof alignmentScopes>[0],
): Promise<void> {
  try {
    await acts.act(null, alignmentScopes(alignment), async (tx, trx) =>
      align(tx, alignment, await groupsOf(trx, alignment)),
    );
  } catch (error) {
    // The thread, or its organisation, has been erased meanwhile.
    if (!(error instanceof Refusal)) throw error;
  }
}

async function groupsOf(
  db: Kysely<Database>,
  { threadId, orgId }: { threadId: string; orgId: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom('thread_group')
    .select('id')
    .where('thread_id', '=', threadId)
    .where('org_id', '=', orgId)
    .where('deleted', '=', false)
    .execute();
  return rows.map(({ id }) => id);
}

async function threadsWithStaleCards(
  db: Kysely<Database>,
  { orgId, threadId, groupId }: GroupChange,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct g.thread_id as id from thread_group g
    left join team t on g.kind = 'team' and t.org_id = g.org_id and t.id = g.id and not t.deleted
    left join org o on g.kind = 'org' and o.id = g.org_id and not o.deleted
    where g.org_id = ${orgId} and not g.deleted and coalesce(t.name, o.name) is distinct from g.name
      and ${equals('g.thread_id', threadId)} and ${equals('g.id', groupId)}`.execute(db);
  return rows.map(({ id }) => id);
}

/** People whom a group stands for and who are not there through it, and those whom it brought and no longer stands for. */
async function strayPeople(
  db: Kysely<Database>,
  { orgId, threadId, groupId, personId }: GroupChange,
  after: Place,
): Promise<Place[]> {
  const groups = sql`g.org_id = ${orgId} and not g.deleted
    and ${equals('g.thread_id', threadId)} and ${equals('g.id', groupId)}`;
  const members = sql`p.org_id = g.org_id and p.active and p.role <> 'guest' and not p.placeholder and not p.deleted
    and ${equals('p.person_id', personId)}`;
  const { rows } = await sql<Place>`
    with wanted as materialized (
      select g.home_org, g.thread_id, g.id::text as group_id, g.added_at, p.person_id
      from thread_group g join org_person p on ${members}
      where g.kind = 'org' and ${groups}
      union all
      select g.home_org, g.thread_id, g.id::text, g.added_at, p.person_id
      from thread_group g
      join team t on t.org_id = g.org_id and t.id = g.id and not t.deleted
      cross join lateral jsonb_array_elements_text(t.member_ids) as m(id)
      join org_person p on p.person_id = m.id::uuid and ${members}
      where g.kind = 'team' and ${groups}
    ), stray as (
      select w.thread_id, w.person_id from wanted w
      left join participant p on p.home_org = w.home_org and p.thread_id = w.thread_id and p.person_id = w.person_id
        and not p.deleted
      where p.person_id is null
        or (p.left_at is null and p.acting_org = ${orgId} and p.via is not null and not p.via ? w.group_id)
        or (p.left_at is not null and (p.via = '[]' or w.added_at > p.left_at))
      union
      select p.thread_id, p.person_id from participant p
      cross join lateral jsonb_array_elements_text(p.via) as v(group_id)
      where p.acting_org = ${orgId} and p.via is not null and p.left_at is null and not p.deleted
        and ${equals('p.thread_id', threadId)} and ${equals('p.person_id', personId)}
        and ${groupId === undefined ? sql`true` : sql`v.group_id = ${groupId}`}
        and not exists (select from wanted w
          where w.thread_id = p.thread_id and w.person_id = p.person_id and w.group_id = v.group_id)
    )
    select thread_id as "threadId", person_id as "personId" from stray
    where (thread_id, person_id) > (${after.threadId}::uuid, ${after.personId}::uuid)
    order by thread_id, person_id
    limit ${ADDED_AT_ONCE}`.execute(db);
  return rows;
}

const equals = (column: string, id: string | undefined): RawBuilder<unknown> =>
  id === undefined ? sql`true` : sql`${sql.ref(column)} = ${id}`;
