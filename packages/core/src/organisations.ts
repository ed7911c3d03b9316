/** Organisations, their members and what each role may do. */
import { Refusal, type MutatorTx } from '@parley/sync/mutator';
import { userScope } from './scopes.ts';
import type { Tables } from './tables.ts';

export const ROLES = ['owner', 'admin', 'member', 'guest'] as const;
export type Role = (typeof ROLES)[number];

/** Who may start threads: all members, or only owners and admins. Guests never do. */
export const THREAD_STARTERS = ['members', 'admins'] as const;
export type ThreadStarters = (typeof THREAD_STARTERS)[number];

/** Whose acceptance of a partner's invitation is enough: that of every member, or only that of owners and admins. */
export const PARTNERSHIP_APPROVALS = ['members', 'admins'] as const;
export type PartnershipApproval = (typeof PARTNERSHIP_APPROVALS)[number];

export interface OrgRow {
  name: string;
  threadStarters: ThreadStarters;
  /** `false`: of those who act for it nobody learns how far they have read. */
  receipts?: boolean | null;
  /** Messages of its members are deleted so many days after they were sent; without it they are kept. */
  retentionDays?: number | null;
  /** Without it, `admins`. */
  partnershipApproval?: PartnershipApproval | null;
  createdAt: number;
}

/** A person as the directory of an organisation shows them. A placeholder came with an import and has no account yet. */
export interface PersonRow {
  name: string;
  email: string | null;
  role: Role;
  placeholder: boolean;
  active: boolean;
  joinedAt: number;
}

/** What a person is in an organisation. `epoch` grows whenever rights are given anew. */
export interface MembershipRow {
  role: Role;
  active: boolean;
  epoch: number;
  joinedAt: number;
}

/** Looks after members, invitations and the organisation itself. */
export const mayAdminister = (role: Role): boolean => role === 'owner' || role === 'admin';
/** Nobody hands out more than they have; owners are made by owners. */
export const mayGrant = (granter: Role, role: Role): boolean =>
  granter === 'owner' || (granter === 'admin' && role !== 'owner');
export const mayStartThread = (role: Role, starters: ThreadStarters): boolean =>
  starters === 'members' ? role !== 'guest' : mayAdminister(role);
export const mayAddToThread = (role: Role): boolean => role !== 'guest';
export const mayRemoveFromThread = (role: Role): boolean => role !== 'guest';
/** Guests speak for no organisation; for members, one who looks after it says yes where its rule asks for that. */
export const mayAcceptPartner = (role: Role): boolean => role !== 'guest';
export const needsApproval = (role: Role, rule: PartnershipApproval | null | undefined): boolean =>
  !mayAdminister(role) && rule !== 'members';
export const maySeeDirectory = (role: Role): boolean => role !== 'guest';
/** An organisation owns its members' messages. */
export const mayDeleteForOthers = (role: Role): boolean => role === 'owner' || role === 'admin';

/** The actor's membership of an organisation. @throws Refusal `not_found`, also where the organisation does not exist. */
export async function accessOrg(tx: MutatorTx<Tables>, orgId: string): Promise<MembershipRow> {
  const membership = await tx.get('membership', userScope(tx.personId), orgId);
  if (!membership?.active) throw new Refusal('not_found', 'There is no such organisation.');
  return membership;
}
