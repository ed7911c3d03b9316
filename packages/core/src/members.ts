/**
 * Looking after the members of an organisation: their roles, and who is shut out. Run by the server alone: what a single
 * row does not tell is listed by the caller, under the locks of `memberScopes`.
 */
import { Refusal, type MutatorScopes, type MutatorTx } from '@parley/sync/mutator';
import { alignLater } from './groups.ts';
import { accessOrg, mayAdminister, mayGrant, type MembershipRow, type PersonRow, type Role } from './organisations.ts';
import { showPartnersLater } from './partners.ts';
import { orgPeopleScope, threadPeopleScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';

export interface Member {
  orgId: string;
  personId: string;
}

/** What stands in many rows, as of the moment the locks are held. */
export interface MemberFacts {
  /** Owners of the organisation beside the person who could still act: active, and no placeholders. */
  otherOwners: number;
  /** Threads that the person joined for the organisation, also those they have left. */
  threadIds: readonly string[];
}

/** Held while a member is changed. The directory's lock lets owners be counted: they are changed one at a time. */
export const memberScopes = ({ orgId, personId }: Member): MutatorScopes => ({
  write: [orgPeopleScope(orgId), userScope(personId)],
});

/**
 * Gives a member another role. Becoming a guest takes the directory away, notes, and threads they are in through a group
 * only; becoming more than a guest brings both anew.
 * @throws Refusal `not_found`, `forbidden`, `last_owner`
 */
export async function changeRole(
  tx: MutatorTx<Tables>,
  { orgId, personId, role }: Member & { role: Role },
  { otherOwners, threadIds }: MemberFacts,
): Promise<void> {
  const { own, member, membership } = await accessMember(tx, { orgId, personId });
  if (!mayGrant(own, role)) throw new Refusal('forbidden', 'You cannot give this role.');
  if (member.placeholder && mayAdminister(role)) {
    throw new Refusal('forbidden', 'Somebody without an account cannot look after others. Invite them first.');
  }
  if (member.role === role) return;
  if (member.role === 'owner') mustLeaveOwner(member, otherOwners);
  const regains = member.role === 'guest';
  put(
    tx,
    { orgId, personId },
    { ...member, role },
    { ...membership, role, epoch: membership.epoch + (regains ? 1 : 0) },
  );
  if (role === 'guest') {
    await turnGuestInThreads(tx, personId, threadIds);
    showPartnersLater(tx, orgId);
  }
  if (regains) await rejoinThreads(tx, { orgId, personId }, threadIds);
  alignLater(tx, { orgId, personId });
}

/**
 * Shuts a member out: of the organisation, and of every thread they joined for it, where they stay among the people.
 * Nobody does it to themselves.
 * @throws Refusal `not_found`, `forbidden`, `last_owner`
 */
export async function deactivateMember(
  tx: MutatorTx<Tables>,
  { orgId, personId }: Member,
  { otherOwners, threadIds }: MemberFacts,
): Promise<void> {
  const { member, membership } = await accessMember(tx, { orgId, personId });
  if (personId === tx.personId) throw new Refusal('forbidden', 'Nobody can deactivate themselves.');
  if (!member.active) return;
  if (member.role === 'owner') mustLeaveOwner(member, otherOwners);
  put(tx, { orgId, personId }, { ...member, active: false }, { ...membership, active: false });
  const scope = userScope(personId);
  const participations = await Promise.all(threadIds.map((id) => tx.get('participation', scope, id)));
  threadIds.forEach((id, index) => {
    const participation = participations[index];
    if (participation?.leftAt === null) tx.put('participation', scope, id, { ...participation, leftAt: tx.now });
  });
  alignLater(tx, { orgId, personId });
  showPartnersLater(tx, orgId);
}

/**
 * Lets a member in again, into the threads whose people they are still among.
 * @throws Refusal `not_found`, `forbidden`
 */
export async function reactivateMember(
  tx: MutatorTx<Tables>,
  { orgId, personId }: Member,
  { threadIds }: Pick<MemberFacts, 'threadIds'>,
): Promise<void> {
  const { member, membership } = await accessMember(tx, { orgId, personId });
  if (member.active) return;
  const epoch = membership.epoch + 1;
  put(tx, { orgId, personId }, { ...member, active: true }, { ...membership, active: true, epoch });
  await rejoinThreads(tx, { orgId, personId }, threadIds);
  alignLater(tx, { orgId, personId });
}

/**
 * Brings back the threads whose people a member is still among, for a guest only those they were added to singly; their
 * own scope must be written by the act.
 */
export async function rejoinThreads(
  tx: MutatorTx<Tables>,
  { orgId, personId }: Member,
  threadIds: readonly string[],
): Promise<void> {
  const scope = userScope(personId);
  const [membership, found] = await Promise.all([tx.get('membership', scope, orgId), sidesOf(tx, personId, threadIds)]);
  threadIds.forEach((id, index) => {
    const [participation, participant] = found[index] ?? [];
    if (!participation || participation.leftAt === null || participant?.leftAt !== null) return;
    if (participant.via && membership?.role === 'guest') return;
    tx.put('participation', scope, id, { ...participation, leftAt: null, epoch: participation.epoch + 1 });
  });
}

/**
 * Ends the threads that a member is in through a group only. Who is among the people follows with the worker. The others
 * are said anew: with the membership in the same act, that tells whose notes they read no longer.
 */
async function turnGuestInThreads(
  tx: MutatorTx<Tables>,
  personId: string,
  threadIds: readonly string[],
): Promise<void> {
  const found = await sidesOf(tx, personId, threadIds);
  threadIds.forEach((id, index) => {
    const [participation, participant] = found[index] ?? [];
    if (participation?.leftAt !== null) return;
    tx.put('participation', userScope(personId), id, { ...participation, leftAt: participant?.via ? tx.now : null });
  });
}

/** A person's part in threads, from their own side and from that of the others. */
const sidesOf = (tx: MutatorTx<Tables>, personId: string, threadIds: readonly string[]) =>
  Promise.all(
    threadIds.map((id) =>
      Promise.all([
        tx.get('participation', userScope(personId), id),
        tx.get('participant', threadPeopleScope(id), personId),
      ]),
    ),
  );

async function accessMember(
  tx: MutatorTx<Tables>,
  { orgId, personId }: Member,
): Promise<{ own: Role; member: PersonRow; membership: MembershipRow }> {
  const { role: own } = await accessOrg(tx, orgId);
  if (!mayAdminister(own)) throw new Refusal('forbidden', 'Only owners and admins look after members.');
  const [member, membership] = await Promise.all([
    tx.get('person', orgPeopleScope(orgId), personId),
    tx.get('membership', userScope(personId), orgId),
  ]);
  if (!member || !membership) throw new Refusal('not_found', 'There is no such member.');
  if (!mayGrant(own, member.role)) throw new Refusal('forbidden', 'Only owners look after owners.');
  return { own, member, membership };
}

function mustLeaveOwner(member: PersonRow, otherOwners: number): void {
  if (member.active && otherOwners === 0) {
    throw new Refusal('last_owner', 'An organisation needs an owner. Make somebody else one first.');
  }
}

function put(tx: MutatorTx<Tables>, { orgId, personId }: Member, person: PersonRow, membership: MembershipRow): void {
  tx.put('person', orgPeopleScope(orgId), personId, person);
  tx.put('membership', userScope(personId), orgId, membership);
}
