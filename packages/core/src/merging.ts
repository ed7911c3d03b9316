/**
 * Making one person of two: an import brought somebody who has an account by now, or the same person twice. The one goes
 * and everything of theirs in threads becomes the other's. Run by the server alone.
 */
import { Refusal, type MutatorScopes, type MutatorTx } from '@parley/sync/mutator';
import { alignLater } from './groups.ts';
import { accessOrg, mayAdminister, mayGrant } from './organisations.ts';
import { showPartnersLater } from './partners.ts';
import { orgPeopleScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';

export interface Merge {
  orgId: string;
  /** Goes. */
  fromId: string;
  /** Stays, and gets what the other had. */
  intoId: string;
}

/** Held while two people become one; what stands in threads follows. */
export const mergeScopes = ({ orgId, fromId, intoId }: Merge): MutatorScopes => ({
  write: [orgPeopleScope(orgId), userScope(fromId)],
  lock: [userScope(intoId)],
});

export interface MergeFacts {
  /** Owners of the organisation beside the one who goes who could still act. */
  otherOwners: number;
  /** Whether the one who goes belongs to another organisation, too, which has a say in it. */
  isElsewhere: boolean;
}

/**
 * Shuts out the one who goes: nobody adds them, invites them or signs in as them any more.
 * @throws Refusal `not_found`, `forbidden`, `same_person`, `unknown_person`, `belongs_elsewhere`, `last_owner`
 */
export async function mergeMember(
  tx: MutatorTx<Tables>,
  { orgId, fromId, intoId }: Merge,
  { otherOwners, isElsewhere }: MergeFacts,
): Promise<void> {
  const { role: own } = await accessOrg(tx, orgId);
  if (!mayAdminister(own)) throw new Refusal('forbidden', 'Only owners and admins look after members.');
  if (fromId === intoId) throw new Refusal('same_person', 'This is one person already.');
  if (fromId === tx.personId) throw new Refusal('forbidden', 'Nobody can merge themselves into somebody else.');
  const scope = orgPeopleScope(orgId);
  const [from, into, membership] = await Promise.all([
    tx.get('person', scope, fromId),
    tx.get('person', scope, intoId),
    tx.get('membership', userScope(fromId), orgId),
  ]);
  if (!from || !into || !membership) throw new Refusal('not_found', 'There is no such member.');
  if (!mayGrant(own, from.role) || !mayGrant(own, into.role)) {
    throw new Refusal('forbidden', 'Only owners look after owners.');
  }
  if (!into.active) throw new Refusal('unknown_person', 'Whoever stays must be an active member.');
  if (isElsewhere) {
    throw new Refusal('belongs_elsewhere', 'They belong to another organisation, too, which has a say in this.');
  }
  if (from.role === 'owner' && from.active && otherOwners === 0) {
    throw new Refusal('last_owner', 'An organisation needs an owner. Make somebody else one first.');
  }
  // No placeholder, and without an address: nobody who accepts an invitation becomes them.
  tx.put('person', scope, fromId, { ...from, active: false, placeholder: false, email: null });
  tx.put('membership', userScope(fromId), orgId, { ...membership, active: false });
  tx.enqueue('person.merged', { personId: fromId });
  alignLater(tx, { orgId, personId: fromId });
  showPartnersLater(tx, orgId);
}

/** A row of a thread in which one person's id stands wherever the other's stood, each once where each counts once. */
export function withPersonReplaced<Row extends object>(row: Row, fromId: string, intoId: string): Row {
  return replaced(row, fromId, intoId) as Row;
}

function replaced(value: unknown, fromId: string, intoId: string): unknown {
  // A mention inside a text; of a text that merely quotes an id nothing is changed.
  if (typeof value === 'string') return value === fromId ? intoId : value.replaceAll(`<@${fromId}>`, `<@${intoId}>`);
  if (Array.isArray(value)) return [...new Set(value.map((item) => replaced(item, fromId, intoId)))];
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, fromId, intoId)]));
}
