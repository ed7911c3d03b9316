import type { Member } from '@parley/core/members';
import { mergeMember, mergeScopes, type Merge } from '@parley/core/merging';
import { orgPeopleScope } from '@parley/core/scopes';
import { readMemberFacts, type Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { audit, type Actor } from '../audit/audit.ts';
import { leaveWord, type EndedSession } from '../accounts/shut-out.ts';
import type { Connections } from '../http/connections.ts';
import { organisationsLog } from '../logger.ts';
import type { Acts } from '../services.ts';
import { closeWhenHeard, endSessionsOutside } from './members.ts';

/**
 * Makes one person of two, for good. The account of the one who goes ends here; their place in threads is carried over by
 * the worker.
 * @throws Refusal `not_found`, `forbidden`, `same_person`, `unknown_person`, `belongs_elsewhere`, `last_owner`
 */
export async function mergePeople(
  { acts, connections, now }: { acts: Acts; connections: Pick<Connections, 'closeSession'>; now: () => number },
  actor: Actor,
  merge: Merge,
): Promise<void> {
  const { orgId, fromId, intoId } = merge;
  const ended = await acts.act(actor.personId, mergeScopes(merge), async (tx, db) => {
    const { otherOwners } = await readMemberFacts(db, { orgId, personId: fromId });
    await mergeMember(tx, merge, { otherOwners, isElsewhere: await isElsewhere(db, merge) });
    // Those who were merged into the one who goes now are who they become.
    await db
      .updateTable('person')
      .set({ merged_into: intoId })
      .where(({ or, eb }) => or([eb('id', '=', fromId), eb('merged_into', '=', fromId)]))
      .execute();
    const into = (await tx.get('person', orgPeopleScope(orgId), intoId))?.name ?? null;
    await audit(db, { kind: 'merged', actor, orgId, subjectId: fromId, details: { intoId, into } });
    const sessions = await endAccount(db, { orgId, personId: fromId });
    await leaveWord(db, sessions, now());
    return sessions;
  });
  closeWhenHeard(connections, ended);
  organisationsLog.info({ by: actor.personId, orgId, from: fromId, into: intoId }, 'two people were made one');
}

async function isElsewhere(db: Kysely<Database>, { orgId, fromId }: Merge): Promise<boolean> {
  const other = await db
    .selectFrom('membership')
    .select('org_id')
    .where('person_id', '=', fromId)
    .where('org_id', '<>', orgId)
    .where('deleted', '=', false)
    .executeTakeFirst();
  return other !== undefined;
}

/** Every way in goes with the account, and its address is free. */
async function endAccount(db: Kysely<Database>, member: Member): Promise<EndedSession[]> {
  const { personId } = member;
  const ended = await endSessionsOutside(db, member);
  await db.deleteFrom('auth_verification').where('value', '=', personId).execute();
  await db.deleteFrom('auth_user').where('id', '=', personId).execute();
  return ended;
}
