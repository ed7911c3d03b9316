/** Which scopes a person's client keeps, and how much of each, worked out from their own rows. */
import { maySeeDirectory, type MembershipRow } from './organisations.ts';
import { orgPeopleScope, orgScope, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { ParticipationRow, ReadPositionRow, ThreadRow } from './threads.ts';

export interface OwnRows {
  personId: string;
  memberships: ReadonlyMap<string, MembershipRow>;
  participations: ReadonlyMap<string, ParticipationRow>;
}

/** Every scope the person may read, their own first. */
export function followedScopes({ personId, memberships, participations }: OwnRows): string[] {
  const scopes = [userScope(personId)];
  for (const [orgId, { active, role }] of memberships) {
    if (!active) continue;
    if (maySeeDirectory(role)) scopes.push(orgScope(orgId), orgPeopleScope(orgId));
  }
  for (const [threadId, { leftAt }] of participations) {
    if (leftAt === null) scopes.push(threadScope(threadId), threadPeopleScope(threadId));
  }
  return scopes;
}

/** Unread counts are exact up to here and shown as "99+" beyond. */
export const UNREAD_SHOWN = 99;

/** Newest places of a thread to hold: enough to read on, and to count what is unread. */
export const windowFor = (thread: ThreadRow, position: ReadPositionRow | undefined): number =>
  Math.min(UNREAD_SHOWN + 1, Math.max(30, thread.lastSeq - (position?.seq ?? 0)));
