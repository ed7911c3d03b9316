/**
 * Partnerships: two organisations whose people may start threads with each other. Each side has a row about the other
 * among its own; both are written in one act, run by the server alone.
 */
import { Refusal, type MutatorScopes, type MutatorTx } from '@parley/sync/mutator';
import { accessOrg, mayAdminister } from './organisations.ts';
import { orgPeopleScope, orgScope } from './scopes.ts';
import type { Tables } from './tables.ts';

/** Somebody of the other organisation with whom threads may be started. */
export interface Contact {
  id: string;
  name: string;
}

/** What an organisation knows of another one. Whom it knows besides are the people of threads that both are in. */
export interface PartnerRow {
  name: string;
  /** Whom of theirs one may start threads with, as they chose. */
  contacts: Contact[];
  /** Milliseconds since 1970. */
  since: number;
  /** Organisations, of these two, that have suspended it. */
  suspendedBy: string[];
  /** By which of the two and when it was ended, and what became of the threads that were that one's. */
  ended: { by: string; at: number; threads: 'kept' | 'removed' } | null;
}

export type PartnerState = 'active' | 'suspended' | 'ended';

export const partnerState = ({ suspendedBy, ended }: Pick<PartnerRow, 'suspendedBy' | 'ended'>): PartnerState =>
  ended ? 'ended' : suspendedBy.length > 0 ? 'suspended' : 'active';

/** People that a partner is offered at most. */
export const CONTACTS = 100;

/** Kind of job row: a partnership changed, and threads of the two follow. */
export const PARTNERS_CHANGED = 'partners.changed';

/** Has the worker bring what partners see of an organisation in line with it: its name, and the people it offers them. */
export const showPartnersLater = (tx: MutatorTx<Tables>, orgId: string): void =>
  tx.enqueue('partners.shown', { orgId });

export interface Partnership {
  orgId: string;
  partnerId: string;
}

/** Held while a partnership changes. */
export const partnershipScopes = ({ orgId, partnerId }: Partnership): MutatorScopes => ({
  write: [orgScope(orgId), orgScope(partnerId)],
  lock: [orgPeopleScope(orgId), orgPeopleScope(partnerId)],
});

/** One side of a new partnership. */
export interface Side {
  orgId: string;
  /** Who speaks for it, and is the other's first contact. */
  personId: string;
}

/**
 * Makes two organisations partners, or again after they had ended it. Who may agree to it is the caller's to know.
 * @throws Refusal `not_found`, `same_organisation`, `partners_already`
 */
export async function befriend(tx: MutatorTx<Tables>, one: Side, other: Side): Promise<void> {
  await mustBecomePartners(tx, { orgId: one.orgId, partnerId: other.orgId });
  for (const [own, their] of [
    [one, other],
    [other, one],
  ] as const) {
    const org = await tx.get('org', orgScope(their.orgId), their.orgId);
    if (!org) throw new Refusal('not_found', 'There is no such organisation.');
    tx.put('partner', orgScope(own.orgId), their.orgId, {
      name: org.name,
      contacts: await cards(tx, their.orgId, [their.personId]),
      since: tx.now,
      suspendedBy: [],
      ended: null,
    });
  }
  tx.enqueue(PARTNERS_CHANGED, { orgId: one.orgId, partnerId: other.orgId });
}

/** @throws Refusal `same_organisation`, `partners_already` */
export async function mustBecomePartners(tx: MutatorTx<Tables>, { orgId, partnerId }: Partnership): Promise<void> {
  if (orgId === partnerId) throw new Refusal('same_organisation', 'An organisation is no partner of its own.');
  const before = await tx.get('partner', orgScope(orgId), partnerId);
  if (before && !before.ended) throw new Refusal('partners_already', 'You are partners already.');
}

/**
 * Chooses whom of one's own the partner may start threads with.
 * @throws Refusal `not_found`, `forbidden`, `unknown_person`, `too_many`
 */
export async function offerContacts(
  tx: MutatorTx<Tables>,
  { orgId, partnerId }: Partnership,
  personIds: readonly string[],
): Promise<void> {
  await accessPartner(tx, { orgId, partnerId });
  const ids = [...new Set(personIds)];
  if (ids.length > CONTACTS) throw new Refusal('too_many', `A partner is offered ${CONTACTS} people at most.`);
  const contacts = await cards(tx, orgId, ids);
  if (contacts.length < ids.length)
    throw new Refusal('unknown_person', 'One of these people is not in the organisation.');
  const theirs = await tx.get('partner', orgScope(partnerId), orgId);
  if (theirs) tx.put('partner', orgScope(partnerId), orgId, { ...theirs, contacts });
}

/** What the partner sees of an organisation as it is now. Whoever is not there any more is offered no longer. */
export async function showPartner(tx: MutatorTx<Tables>, { orgId, partnerId }: Partnership): Promise<void> {
  const [org, shown] = await Promise.all([
    tx.get('org', orgScope(orgId), orgId),
    tx.get('partner', orgScope(partnerId), orgId),
  ]);
  if (!org || !shown) return;
  const ids = shown.contacts.map(({ id }) => id);
  const contacts = await cards(tx, orgId, ids);
  const isSame =
    shown.name === org.name &&
    contacts.length === ids.length &&
    contacts.every(({ name }, n) => name === shown.contacts[n]?.name);
  if (!isSame) tx.put('partner', orgScope(partnerId), orgId, { ...shown, name: org.name, contacts });
}

/**
 * Suspends a partnership for one's own side, or resumes it: it rests as long as either side wants it to.
 * @throws Refusal `not_found`, `forbidden`, `ended`
 */
export async function suspendPartner(
  tx: MutatorTx<Tables>,
  { orgId, partnerId }: Partnership,
  suspended: boolean,
): Promise<void> {
  const partner = await accessPartner(tx, { orgId, partnerId });
  const others = partner.suspendedBy.filter((id) => id !== orgId);
  await putBoth(tx, { orgId, partnerId }, { suspendedBy: suspended ? [...others, orgId] : others });
}

/**
 * Ends a partnership. Threads of one's own that the other is in become history that it can read, or are taken from it.
 * @throws Refusal `not_found`, `forbidden`, `ended`
 */
export async function endPartnership(
  tx: MutatorTx<Tables>,
  { orgId, partnerId }: Partnership,
  threads: 'kept' | 'removed',
): Promise<void> {
  await accessPartner(tx, { orgId, partnerId });
  await putBoth(tx, { orgId, partnerId }, { ended: { by: orgId, at: tx.now, threads }, contacts: [] });
}

async function putBoth(
  tx: MutatorTx<Tables>,
  { orgId, partnerId }: Partnership,
  change: Partial<PartnerRow>,
): Promise<void> {
  for (const [own, their] of [
    [orgId, partnerId],
    [partnerId, orgId],
  ] as const) {
    const row = await tx.get('partner', orgScope(own), their);
    if (row) tx.put('partner', orgScope(own), their, { ...row, ...change });
  }
  tx.enqueue(PARTNERS_CHANGED, { orgId, partnerId });
}

/** A standing partnership that the actor may look after. @throws Refusal `not_found`, `forbidden`, `ended` */
async function accessPartner(tx: MutatorTx<Tables>, { orgId, partnerId }: Partnership): Promise<PartnerRow> {
  const { role } = await accessOrg(tx, orgId);
  if (!mayAdminister(role)) throw new Refusal('forbidden', 'Only owners and admins look after partners.');
  const partner = await tx.get('partner', orgScope(orgId), partnerId);
  if (!partner) throw new Refusal('not_found', 'There is no such partner.');
  if (partner.ended) throw new Refusal('ended', 'This partnership has ended.');
  return partner;
}

/** Those of them who are there and could answer, as a partner sees them. */
async function cards(tx: MutatorTx<Tables>, orgId: string, personIds: readonly string[]): Promise<Contact[]> {
  const found = await Promise.all(personIds.map((id) => tx.get('person', orgPeopleScope(orgId), id)));
  return personIds.flatMap((id, index) => {
    const person = found[index];
    return person?.active && !person.placeholder && person.role !== 'guest' ? [{ id, name: person.name }] : [];
  });
}
