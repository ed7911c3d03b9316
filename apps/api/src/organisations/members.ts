/** Members as their owners and admins look after them. What a change means for everybody's clients: core's `members`. */
import { changeRole, deactivateMember, memberScopes, reactivateMember, type Member } from '@parley/core/members';
import type { Role } from '@parley/core/organisations';
import { userScope } from '@parley/core/scopes';
import { readMemberFacts, type Database } from '@parley/db';
import { sql, type Kysely } from 'kysely';
import { audit, type Actor } from '../audit/audit.ts';
import { leaveWord, type EndedSession } from '../accounts/shut-out.ts';
import type { Connections } from '../http/connections.ts';
import { organisationsLog } from '../logger.ts';
import type { Acts } from '../services.ts';
import { mustAdminister } from './administer.ts';

/** Gives a member another role. @throws Refusal `not_found`, `forbidden`, `last_owner` */
export async function setRole({ acts }: { acts: Acts }, actor: Actor, change: Member & { role: Role }): Promise<void> {
  await acts.act(actor.personId, memberScopes(change), async (tx, db) => {
    const { orgId, personId: subjectId, role } = change;
    const before = await tx.get('membership', userScope(subjectId), orgId);
    await changeRole(tx, change, await readMemberFacts(db, change));
    await audit(db, { kind: 'role_changed', actor, orgId, subjectId, details: { role, before: before?.role ?? null } });
  });
  organisationsLog.info({ by: actor.personId, ...change }, 'a role was changed');
}

/** Milliseconds in which an open connection hears that its rights are gone, and clears its device, before it is closed. */
const HEARING_MS = 3_000;

/**
 * Shuts a member out. Where this was their last organisation their sessions end in the same transaction, and word is left
 * for their devices; other processes close their sockets when they look after them next.
 * @throws Refusal `not_found`, `forbidden`, `last_owner`
 */
export async function shutOut(
  { acts, connections, now }: { acts: Acts; connections: Pick<Connections, 'closeSession'>; now: () => number },
  actor: Actor,
  member: Member,
): Promise<void> {
  const ended = await acts.act(actor.personId, memberScopes(member), async (tx, db) => {
    await deactivateMember(tx, member, await readMemberFacts(db, member));
    await audit(db, { kind: 'deactivated', actor, orgId: member.orgId, subjectId: member.personId });
    const sessions = await endSessionsOutside(db, member);
    await leaveWord(db, sessions, now());
    return sessions;
  });
  organisationsLog.info({ by: actor.personId, ...member }, 'a member was deactivated');
  closeWhenHeard(connections, ended);
}

export function closeWhenHeard(connections: Pick<Connections, 'closeSession'>, ended: readonly EndedSession[]): void {
  setTimeout(() => ended.forEach(({ id }) => connections.closeSession(id)), HEARING_MS).unref();
}

/** Lets a member in again. @throws Refusal `not_found`, `forbidden` */
export async function letIn({ acts }: { acts: Acts }, actor: Actor, member: Member): Promise<void> {
  await acts.act(actor.personId, memberScopes(member), async (tx, db) => {
    await reactivateMember(tx, member, await readMemberFacts(db, member));
    await audit(db, { kind: 'reactivated', actor, orgId: member.orgId, subjectId: member.personId });
  });
  organisationsLog.info({ by: actor.personId, ...member }, 'a member was reactivated');
}

/** Ends the person's sessions unless another organisation still has them. */
export async function endSessionsOutside(db: Kysely<Database>, { orgId, personId }: Member): Promise<EndedSession[]> {
  return db
    .deleteFrom('auth_session')
    .where('user_id', '=', personId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('membership')
            .select('org_id')
            .where('person_id', '=', personId)
            .where('org_id', '<>', orgId)
            .where('active', '=', true)
            .where('deleted', '=', false),
        ),
      ),
    )
    .returning(['id', 'user_id as personId', 'key_hash as keyHash'])
    .execute();
}

/** Asks for the organisations that have a person now, and their role there. */
export const organisationsOf = (db: Kysely<Database>, personId: string) =>
  db
    .selectFrom('membership')
    .innerJoin('org', 'org.id', 'membership.org_id')
    .select(['org.id', 'org.name', 'role'])
    .where('person_id', '=', personId)
    .where('active', '=', true)
    .where('membership.deleted', '=', false)
    .where('org.deleted', '=', false);

/** Milliseconds since 1970. A session is touched once a day. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function lastSeen(
  db: Kysely<Database>,
  { orgId, personId }: Member,
): Promise<{ personId: string; at: number }[]> {
  await mustAdminister(db, personId, orgId);
  const rows = await db
    .selectFrom('membership')
    .innerJoin('auth_session', 'auth_session.user_id', 'membership.person_id')
    .select(['membership.person_id as id', sql<Date>`max(auth_session.updated_at)`.as('at')])
    .where('org_id', '=', orgId)
    .where('deleted', '=', false)
    .groupBy('membership.person_id')
    .execute();
  return rows.map(({ id, at }) => ({ personId: id, at: at.getTime() }));
}
