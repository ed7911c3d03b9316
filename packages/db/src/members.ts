/** What is asked of many rows before a member is changed; to be read under the locks of `memberScopes`. */
import type { Member, MemberFacts } from '@parley/core/members';
import type { Kysely } from 'kysely';
import type { Database } from './tables.ts';

export async function readMemberFacts(db: Kysely<Database>, { orgId, personId }: Member): Promise<MemberFacts> {
  const { otherOwners } = await db
    .selectFrom('org_person')
    .select(({ fn }) => fn.countAll<number>().as('otherOwners'))
    .where('org_id', '=', orgId)
    .where('person_id', '<>', personId)
    .where('role', '=', 'owner')
    .where('active', '=', true)
    .where('placeholder', '=', false)
    .where('deleted', '=', false)
    .executeTakeFirstOrThrow();
  const threads = await db
    .selectFrom('participation')
    .select('thread_id')
    .where('person_id', '=', personId)
    .where('acting_org', '=', orgId)
    .where('deleted', '=', false)
    .orderBy('thread_id')
    .execute();
  return { otherOwners, threadIds: threads.map(({ thread_id: id }) => id) };
}
