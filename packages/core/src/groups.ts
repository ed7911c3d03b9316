/** Groups that take part in threads: the whole organisation, or a team of it. Whom they stand for: SPEC.md, [GRP2]. */
import type { MutatorTx } from '@parley/sync/mutator';
import { Refusal } from '@parley/sync/mutator';
import type { MembershipRow, PersonRow } from './organisations.ts';
import { orgScope, threadPeopleScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import type { TeamRow } from './teams.ts';

export type GroupKind = 'org' | 'team';

/** A group in a thread, with the card that all its readers see. Its id is that of the organisation or the team. */
export interface GroupRow {
  kind: GroupKind;
  orgId: string;
  name: string;
  addedAt: number;
}

/** Groups that one act may add. */
export const GROUPS_AT_ONCE = 50;

/** Whether a person counts among the members of groups. */
export const isInGroups = (person: Pick<PersonRow, 'active' | 'role' | 'placeholder'>): boolean =>
  person.active && person.role !== 'guest' && !person.placeholder;

/** What changed about groups; the narrower it is named, the less is looked through. */
export interface GroupChange {
  orgId: string;
  threadId?: string | undefined;
  groupId?: string | undefined;
  personId?: string | undefined;
}

/** Has the worker bring the people of threads in line with their groups. */
export const alignLater = (tx: MutatorTx<Tables>, change: GroupChange): void => tx.enqueue('groups.changed', change);

/** Makes a group take part in a thread of its organisation, whose scope must be locked. @throws Refusal `unknown_group` */
export async function putGroup(
  tx: MutatorTx<Tables>,
  { threadId, orgId, groupId }: { threadId: string; orgId: string; groupId: string },
): Promise<GroupRow> {
  const kind = groupId === orgId ? 'org' : 'team';
  const known = await tx.get(kind, orgScope(orgId), groupId);
  if (!known) throw new Refusal('unknown_group', 'This team is no longer there.');
  const row = { kind, orgId, name: known.name, addedAt: tx.now } as const;
  tx.put('group', threadPeopleScope(threadId), groupId, row);
  return row;
}

/** Ids of the organisations and teams a person belongs to: a mention of one of them is a mention of them. */
export function ownGroups(
  personId: string,
  memberships: readonly { id: string; data: Pick<MembershipRow, 'active' | 'role'> }[],
  teams: readonly { scope: string; id: string; data: Pick<TeamRow, 'memberIds'> }[],
): Set<string> {
  const orgs = memberships.filter(({ data }) => data.active && data.role !== 'guest').map(({ id }) => id);
  const scopes = new Set(orgs.map(orgScope));
  const own = teams.filter(({ scope, data }) => scopes.has(scope) && data.memberIds.includes(personId));
  return new Set([...orgs, ...own.map(({ id }) => id)]);
}
