/** The organisations that take part in an external thread, and what their people may do there. Rules: SPEC.md, External threads. */
import { Refusal } from '@parley/sync/mutator';
import { mayAddToThread, mayRemoveFromThread, type Role } from './organisations.ts';
import type { PartnerState } from './partners.ts';
import type { ThreadRow } from './threads.ts';

/** Whether people of a partner only write, or also add others of their own organisation. */
export const THREAD_PERMISSIONS = ['post', 'invite'] as const;
export type ThreadPermission = (typeof THREAD_PERMISSIONS)[number];

/** An organisation in an external thread, with the card that all its readers see. Internal threads have none. */
export interface ThreadOrgRow {
  name: string;
  /** As the partnership with the home organisation is. The home organisation rests when no partner is active. */
  state: PartnerState;
  permission: ThreadPermission;
  addedAt: number;
}

/** A person in a thread: whom they act for, and what they are there. */
export interface Standing {
  thread: Pick<ThreadRow, 'kind' | 'homeOrg'>;
  actingOrg: string;
  role: Role;
  /** The row of `actingOrg`; none in an internal thread, and none while a client has not got it. */
  org: Pick<ThreadOrgRow, 'state' | 'permission'> | undefined;
}

export const mayWriteIn = ({ org }: Pick<Standing, 'org'>): boolean => (org?.state ?? 'active') === 'active';

const isHome = ({ thread, actingOrg }: Standing): boolean => thread.homeOrg === actingOrg;

/** Adds people and groups of the organisation they act for. */
export const mayAddOwn = (standing: Standing): boolean =>
  mayAddToThread(standing.role) && mayWriteIn(standing) && (isHome(standing) || standing.org?.permission === 'invite');

/** Adds contacts of partners, and decides what partners may do. */
export const mayAddPartners = (standing: Standing): boolean =>
  standing.thread.kind === 'external' && isHome(standing) && mayAddOwn(standing);

/** Takes out somebody who acts for `orgId`, or a group of it. */
export const mayRemoveOf = (standing: Standing, orgId: string): boolean =>
  mayRemoveFromThread(standing.role) && (isHome(standing) || orgId === standing.actingOrg);

/** @throws Refusal `read_only` */
export function mustWriteIn(standing: Pick<Standing, 'org'>): void {
  if (!mayWriteIn(standing)) throw new Refusal('read_only', 'The partnership rests: this thread can only be read.');
}
