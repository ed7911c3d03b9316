/** Which scopes a person's client keeps, and how much of each, worked out from their own rows. */
import type { ScopeId } from '@parley/sync/mutator';
import { maySeeDirectory } from './organisations.ts';
import { receiptsOn } from './receipts.ts';
import { orgPeopleScope, orgScope, receiptsScope, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { TableName, Tables } from './tables.ts';

/** Tables a client keeps in memory whole, since lists are made of them. */
export const residentTables = [
  'org',
  'team',
  'partner',
  'person',
  'membership',
  'thread',
  'participation',
  'readPosition',
  'threadSetting',
  'draft',
  'scheduled',
  'settings',
  'saved',
] as const satisfies readonly TableName[];

/** Unread counts are exact up to here and shown as "99+" beyond. */
export const UNREAD_SHOWN = 99;
/** Threads of which the newest messages are kept for reading without a network, and how many messages at least. */
const THREADS_KEPT = 50;
const MESSAGES_KEPT = 30;

interface Followed {
  scope: ScopeId;
  /** Every message from this place on is to be held. */
  low?: number;
  urgent: boolean;
  /** Fetched only while it is open. */
  whileOpen?: true;
}

/**
 * Every scope the person may read, most wanted first: their own, their organisations, the heads of all threads; then
 * what can wait: people of threads, and messages back to the read position in the threads that were active last; while
 * a thread is open, its receipts.
 */
export function followedScopes(
  personId: string,
  rows: { all<T extends TableName>(table: T): { scope: ScopeId; id: string; data: Tables[T] }[] },
): Followed[] {
  const own = userScope(personId);
  const isOwn = ({ scope }: { scope: ScopeId }) => scope === own;
  const threads = new Map(rows.all('thread').map(({ id, data }) => [id, data]));
  const positions = new Map(
    rows
      .all('readPosition')
      .filter(isOwn)
      .map(({ id, data }) => [id, data]),
  );

  const orgs = rows
    .all('membership')
    .filter((row) => isOwn(row) && row.data.active && maySeeDirectory(row.data.role))
    .flatMap(({ id }) => [orgScope(id), orgPeopleScope(id)]);
  const lastAt = (threadId: string) => threads.get(threadId)?.lastMessage?.at ?? threads.get(threadId)?.createdAt ?? 0;
  const threadIds = rows
    .all('participation')
    .filter((row) => isOwn(row) && row.data.leftAt === null)
    .map(({ id }) => id)
    .sort((a, b) => lastAt(b) - lastAt(a));

  const urgent = [own, ...orgs].map((scope): Followed => ({ scope, urgent: true }));
  const heads = threadIds.map((id, index): Followed => {
    const lastSeq = threads.get(id)?.lastSeq ?? 0;
    const unread = lastSeq - (positions.get(id)?.seq ?? 0);
    const kept = index < THREADS_KEPT ? MESSAGES_KEPT : 0;
    const places = Math.min(UNREAD_SHOWN + 1, Math.max(kept, unread));
    return { scope: threadScope(id), urgent: true, low: Math.max(1, lastSeq - places + 1) };
  });
  const people = threadIds.map((id): Followed => ({ scope: threadPeopleScope(id), urgent: false }));
  const settings = rows.all('settings').find(isOwn)?.data;
  const receipts = (receiptsOn(settings) ? threadIds : []).map((id): Followed => ({
    scope: receiptsScope(id),
    urgent: false,
    whileOpen: true,
  }));
  return [...urgent, ...heads, ...people, ...receipts];
}
