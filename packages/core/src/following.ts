/** Which scopes a person's client keeps, and how much of each, worked out from their own rows. */
import type { ScopeId } from '@parley/sync/mutator';
import { maySeeDirectory } from './organisations.ts';
import { receiptsOn } from './receipts.ts';
import {
  notesScope,
  orgPeopleScope,
  orgScope,
  receiptsScope,
  threadPeopleScope,
  threadScope,
  userScope,
} from './scopes.ts';
import type { TableName, Tables } from './tables.ts';

/** Tables a client keeps in memory whole, since lists are made of them. */
export const residentTables = [
  'org',
  'team',
  'partner',
  'person',
  'membership',
  'thread',
  'noteHead',
  'threadOrg',
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
 * what can wait: people of threads, notes, and messages back to the read position in the threads that were active last;
 * while a thread is open, its receipts.
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

  const orgIds = rows
    .all('membership')
    .filter((row) => isOwn(row) && row.data.active && maySeeDirectory(row.data.role))
    .map(({ id }) => id);
  const orgs = orgIds.flatMap((id) => [orgScope(id), orgPeopleScope(id)]);
  const lastAt = (threadId: string) => threads.get(threadId)?.lastMessage?.at ?? threads.get(threadId)?.createdAt ?? 0;
  const participations = rows
    .all('participation')
    .filter((row) => isOwn(row) && row.data.leftAt === null)
    .sort((a, b) => lastAt(b.id) - lastAt(a.id));
  const threadIds = participations.map(({ id }) => id);

  const urgent = [own, ...orgs].map((scope): Followed => ({ scope, urgent: true }));
  const lowOf = (index: number, lastSeq: number, readSeq: number): number => {
    const kept = index < THREADS_KEPT ? MESSAGES_KEPT : 0;
    const places = Math.min(UNREAD_SHOWN + 1, Math.max(kept, lastSeq - readSeq));
    return Math.max(1, lastSeq - places + 1);
  };
  const heads = threadIds.map((id, index): Followed => {
    const low = lowOf(index, threads.get(id)?.lastSeq ?? 0, positions.get(id)?.seq ?? 0);
    return { scope: threadScope(id), urgent: true, low };
  });
  const noteHeads = new Map(rows.all('noteHead').map(({ scope, data }) => [scope, data]));
  const notes = participations.flatMap(({ id, data: { actingOrg } }, index): Followed[] => {
    if (threads.get(id)?.kind !== 'external' || !orgIds.includes(actingOrg)) return [];
    const scope = notesScope(id, actingOrg);
    const low = lowOf(index, noteHeads.get(scope)?.lastSeq ?? 0, positions.get(id)?.noteSeq ?? 0);
    return [{ scope, urgent: false, low }];
  });
  const people = threadIds.map((id): Followed => ({ scope: threadPeopleScope(id), urgent: false }));
  const settings = rows.all('settings').find(isOwn)?.data;
  const receipts = (receiptsOn(settings) ? threadIds : []).map((id): Followed => ({
    scope: receiptsScope(id),
    urgent: false,
    whileOpen: true,
  }));
  return [...urgent, ...heads, ...notes, ...people, ...receipts];
}
