/** Partners in threads: letting them take part, and carrying over what becomes of the partnership. */
import { Refusal, type MutatorScopes, type MutatorTx } from '@parley/sync/mutator';
import { partnerState, type PartnerRow, type PartnerState } from './partners.ts';
import { RECEIPTS_DUE } from './receipts.ts';
import { orgScope, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import type { ThreadPermission } from './thread-orgs.ts';
import { joinFromPartner, leave } from './threads.ts';

interface PartnerPlace {
  threadId: string;
  homeOrg: string;
  /** The partner. */
  orgId: string;
}

/**
 * Makes contacts of a partner take part in a thread of `homeOrg`, whose scope must be locked. What the
 * partner may do is decided when it first comes.
 * @throws Refusal `no_partner`, `unknown_person`
 */
export async function addContacts(
  tx: MutatorTx<Tables>,
  { threadId, homeOrg, orgId }: PartnerPlace,
  { personIds, permission }: { personIds: readonly string[]; permission: ThreadPermission },
): Promise<void> {
  const scope = threadPeopleScope(threadId);
  const [partner, before] = await Promise.all([
    tx.get('partner', orgScope(homeOrg), orgId),
    tx.get('threadOrg', scope, orgId),
  ]);
  if (!partner || partnerState(partner) !== 'active') {
    throw new Refusal('no_partner', 'This organisation is no partner of yours now.');
  }
  const contacts = partner.contacts.filter(({ id }) => personIds.includes(id));
  if (contacts.length < new Set(personIds).size) {
    throw new Refusal('unknown_person', 'One of these people is no contact of your partner.');
  }
  await Promise.all(contacts.map((contact) => joinFromPartner(tx, { threadId, orgId }, contact)));
  if (before) return;
  tx.put('threadOrg', scope, orgId, { name: partner.name, state: 'active', permission, addedAt: tx.now });
}

/** What stands in many rows, as of the moment the locks are held. */
export interface PartnersInThread {
  /** Organisations with a row in the thread. */
  orgIds: readonly string[];
  groups: readonly { id: string; orgId: string }[];
}

/** `leavers` are people of partners that are removed; at most `ADDED_AT_ONCE`. */
export const partnersScopes = (threadId: string, homeOrg: string, leavers: readonly string[]): MutatorScopes => ({
  write: [threadPeopleScope(threadId), ...leavers.map(userScope)],
  lock: [threadScope(threadId), orgScope(homeOrg)],
});

/**
 * Brings the organisations of a thread in line with the partnerships of its home organisation, and takes out people of
 * partners from whom it took its threads. Run by the server alone, as often as it likes, under `partnersScopes`.
 */
export async function settlePartners(
  tx: MutatorTx<Tables>,
  { threadId, homeOrg, leavers }: { threadId: string; homeOrg: string; leavers: readonly string[] },
  { orgIds, groups }: PartnersInThread,
): Promise<void> {
  const scope = threadPeopleScope(threadId);
  const rows = await Promise.all(orgIds.map((id) => tx.get('partner', orgScope(homeOrg), id)));
  const partners = new Map(orgIds.flatMap((id, index) => (rows[index] ? [[id, rows[index]] as const] : [])));
  for (const [orgId, partner] of partners) {
    await putCard(tx, { threadId, orgId }, { name: partner.name, state: partnerState(partner) });
  }
  const home = await tx.get('org', orgScope(homeOrg), homeOrg);
  if (home) {
    const staying = [...partners.values()].filter((partner) => !isRemoved(partner, homeOrg)).map(partnerState);
    await putCard(tx, { threadId, orgId: homeOrg }, { name: home.name, state: livelyOf(staying) });
  }

  const removed = (orgId: string): boolean => {
    const partner = partners.get(orgId);
    return partner !== undefined && isRemoved(partner, homeOrg);
  };
  for (const { id, orgId } of groups) if (removed(orgId)) tx.remove('group', scope, id);
  const people = await Promise.all(leavers.map((id) => tx.get('participant', scope, id)));
  const leaving = leavers.filter((_, index) => {
    const participant = people[index];
    return participant?.leftAt === null && removed(participant.actingOrg);
  });
  await Promise.all(leaving.map((personId) => leave(tx, threadId, personId)));
  if (leaving.length > 0) tx.enqueue(RECEIPTS_DUE, { threadId });
}

const isRemoved = ({ ended }: PartnerRow, homeOrg: string): boolean =>
  ended?.by === homeOrg && ended.threads === 'removed';

/** Of those who are there: while one partner is active the thread goes on, and also where none is left. */
const livelyOf = (states: readonly PartnerState[]): PartnerState =>
  states.length === 0 || states.includes('active') ? 'active' : states.includes('suspended') ? 'suspended' : 'ended';

async function putCard(
  tx: MutatorTx<Tables>,
  { threadId, orgId }: { threadId: string; orgId: string },
  card: { name: string; state: PartnerState },
): Promise<void> {
  const scope = threadPeopleScope(threadId);
  const row = await tx.get('threadOrg', scope, orgId);
  if (row && (row.name !== card.name || row.state !== card.state))
    tx.put('threadOrg', scope, orgId, { ...row, ...card });
}
