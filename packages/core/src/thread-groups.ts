/** Groups as participants: letting one take part, taking it out, and bringing the people in line with it. */
import { Refusal, type Mutator, type MutatorScopes, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { alignLater, isInGroups, putGroup, type GroupRow } from './groups.ts';
import { systemMessage } from './messages.ts';
import { RECEIPTS_DUE } from './receipts.ts';
import { orgPeopleScope, orgScope, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { mayAddOwn, mayRemoveOf, mayWriteIn, mustWriteIn } from './thread-orgs.ts';
import { accessStanding, join, leave } from './threads.ts';

const addGroupArgs = z.object({ threadId: z.uuid(), orgId: z.uuid(), messageId: z.uuid(), groupId: z.uuid() });

/**
 * Lets the organisation one acts for, or a team of it, take part; its people come with the worker, and see the whole
 * history. Refused: `not_found`, `forbidden`, `read_only`, `unknown_group`.
 */
export const addGroup: Mutator<Tables, z.infer<typeof addGroupArgs>> = {
  name: 'addGroup',
  version: 1,
  args: addGroupArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId, orgId }) => ({
    write: [threadScope(threadId), threadPeopleScope(threadId)],
    lock: [orgScope(orgId)],
  }),
  async run(tx, { threadId, orgId, messageId, groupId }) {
    const standing = await accessStanding(tx, threadId);
    mustWriteIn(standing);
    if (orgId !== standing.actingOrg || !mayAddOwn(standing))
      throw new Refusal('forbidden', 'You cannot add people here.');
    if (await tx.get('group', threadPeopleScope(threadId), groupId)) return;
    const { kind, name } = await putGroup(tx, { threadId, orgId, groupId });
    await systemMessage(tx, threadId, messageId, {
      ...{ type: 'added', by: tx.personId, personIds: [groupId] },
      group: { kind, name },
    });
    alignLater(tx, { orgId, threadId });
  },
};

const removeGroupArgs = z.object({ threadId: z.uuid(), messageId: z.uuid(), groupId: z.uuid() });

/** Takes a group out, and with it whoever is there through it alone. Refused: `not_found`, `forbidden`. */
export const removeGroup: Mutator<Tables, z.infer<typeof removeGroupArgs>> = {
  name: 'removeGroup',
  version: 1,
  args: removeGroupArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId), threadPeopleScope(threadId)] }),
  async run(tx, { threadId, messageId, groupId }) {
    const standing = await accessStanding(tx, threadId);
    const scope = threadPeopleScope(threadId);
    const group = await tx.get('group', scope, groupId);
    if (!mayRemoveOf(standing, group?.orgId ?? standing.actingOrg))
      throw new Refusal('forbidden', 'You cannot take this group out of the thread.');
    if (!group) return;
    const { orgId, kind, name } = group;
    tx.remove('group', scope, groupId);
    await systemMessage(tx, threadId, messageId, {
      ...{ type: 'removed', by: tx.personId, personIds: [groupId] },
      group: { kind, name },
    });
    alignLater(tx, { orgId, threadId });
  },
};

export interface Alignment {
  threadId: string;
  orgId: string;
  /** At most `ADDED_AT_ONCE`. */
  personIds: readonly string[];
}

/** Held while people are brought in line: nobody is added, taken out, or given another role meanwhile. */
export const alignmentScopes = ({ threadId, orgId, personIds }: Alignment): MutatorScopes => ({
  write: [threadPeopleScope(threadId), ...personIds.map(userScope)],
  lock: [threadScope(threadId), orgScope(orgId), orgPeopleScope(orgId)],
});

/**
 * Brings the cards of a thread's groups, and these people, in line with what the groups are now. Run by the server alone,
 * as often as it likes; nothing is said in the thread.
 * @param groupIds the groups of the organisation in the thread, listed under the locks of `alignmentScopes`
 */
export async function align(
  tx: MutatorTx<Tables>,
  { threadId, orgId, personIds }: Alignment,
  groupIds: readonly string[],
): Promise<void> {
  const groups = (await Promise.all(groupIds.map((id) => alignCard(tx, { threadId, orgId, groupId: id })))).flat();
  const org = await tx.get('threadOrg', threadPeopleScope(threadId), orgId);
  // Whoever only reads on does not grow.
  const mayGrow = mayWriteIn({ org });
  const moved = await Promise.all(
    personIds.map((personId) => alignPerson(tx, { threadId, orgId, personId }, { groups, mayGrow })),
  );
  if (moved.includes(true)) tx.enqueue(RECEIPTS_DUE, { threadId });
}

interface StandingGroup extends GroupRow {
  id: string;
  /** `null` where it is everybody. */
  memberIds: ReadonlySet<string> | null;
}

/** A team that was renamed has its new name in the thread; one that is gone leaves it. */
async function alignCard(
  tx: MutatorTx<Tables>,
  { threadId, orgId, groupId }: { threadId: string; orgId: string; groupId: string },
): Promise<StandingGroup[]> {
  const scope = threadPeopleScope(threadId);
  const [row, org, team] = await Promise.all([
    tx.get('group', scope, groupId),
    tx.get('org', orgScope(orgId), groupId),
    tx.get('team', orgScope(orgId), groupId),
  ]);
  const known = row?.kind === 'org' ? org : team;
  if (!row) return [];
  if (!known) {
    tx.remove('group', scope, groupId);
    return [];
  }
  if (known.name !== row.name) tx.put('group', scope, groupId, { ...row, name: known.name });
  return [{ ...row, id: groupId, memberIds: team ? new Set(team.memberIds) : null }];
}

/** @returns whether the person came or went */
async function alignPerson(
  tx: MutatorTx<Tables>,
  where: { threadId: string; orgId: string; personId: string },
  { groups, mayGrow }: { groups: readonly StandingGroup[]; mayGrow: boolean },
): Promise<boolean> {
  const { threadId, orgId, personId } = where;
  const scope = threadPeopleScope(threadId);
  const [person, participant] = await Promise.all([
    tx.get('person', orgPeopleScope(orgId), personId),
    tx.get('participant', scope, personId),
  ]);
  const theirs = person && isInGroups(person) ? groups.filter(({ memberIds }) => memberIds?.has(personId) ?? true) : [];
  const via = theirs.map(({ id }) => id).sort();
  const before = participant?.via ?? null;

  if (!participant || participant.leftAt !== null) {
    // Whoever went by an act and not with their group comes back only with a group that came after it.
    const wentAt = participant && before?.length !== 0 ? participant.leftAt : null;
    if (!mayGrow || !theirs.some(({ addedAt }) => addedAt > (wentAt ?? -1))) return false;
    await join(tx, where, via);
    return true;
  }
  // They are here for another organisation.
  if (participant.actingOrg !== orgId) return false;
  if (before !== null && via.length === 0) {
    await leave(tx, threadId, personId, []);
    return true;
  }
  if (before !== null && before.join() !== via.join()) {
    tx.put('participant', scope, personId, { ...participant, via });
  }
  return false;
}
