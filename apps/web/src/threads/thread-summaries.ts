/** The threads of a person as the list shows them. */
import type { DraftRow } from '@parley/core/drafts';
import type { NoteHeadRow } from '@parley/core/notes';
import { isArchived, usualSetting, type FollowLevel, type ThreadSettingRow } from '@parley/core/thread-settings';
import { notesScope, threadPeopleScope } from '@parley/core/scopes';
import type { ThreadOrgRow } from '@parley/core/thread-orgs';
import type { ParticipationRow, ThreadRow } from '@parley/core/threads';
import type { Pending, ViewRow } from '@parley/sync/client';
import { itemThreadId } from '../sync/item-words.ts';
import type { LastSaid } from './last-words.ts';

export interface ThreadSummary {
  id: string;
  /** The organisation the person acts for in it. */
  orgId: string;
  subject: string;
  /** Names of the partners that take part, in one line; `null` inside one organisation. */
  partners: string | null;
  /** When it last moved, in milliseconds since 1970. */
  at: number;
  last: LastSaid | null;
  /** What counts as unread. */
  unread: number;
  /** Something is unread, whether it counts or not. */
  fresh: boolean;
  level: FollowLevel;
  pinned: boolean;
  archived: boolean;
  resolved: boolean;
  /** What the person has begun to write here. */
  draft: string | null;
  /** Something written here waits to be sent, or was refused. */
  state: 'settled' | 'waiting' | 'failed';
}

export interface SummaryInput {
  threads: readonly ViewRow<ThreadRow>[];
  participations: readonly ViewRow<ParticipationRow>[];
  settings: readonly ViewRow<ThreadSettingRow>[];
  /** Organisations in external threads. */
  threadOrgs: readonly ViewRow<ThreadOrgRow>[];
  noteHeads: readonly ViewRow<NoteHeadRow>[];
  drafts: readonly ViewRow<DraftRow>[];
  unreadByThreadId: ReadonlyMap<string, number>;
  /** Of the queue what was refused. */
  refused: readonly Pending[];
}

/** Threads the person takes part in: pinned ones on top as they were pinned, then the one that moved last. */
export function threadSummaries({
  threads,
  participations,
  settings,
  threadOrgs,
  noteHeads,
  drafts,
  unreadByThreadId,
  refused,
}: SummaryInput): ThreadSummary[] {
  const present = new Set(participations.filter(({ data }) => data.leftAt === null).map(({ id }) => id));
  const actingOrgByThreadId = new Map(participations.map(({ id, data }) => [id, data.actingOrg]));
  const failed = new Set(refused.map(itemThreadId));
  const draftByThreadId = new Map(
    drafts.flatMap(({ data }) => (data.text.trim() === '' ? [] : [[data.threadId, data.text] as const])),
  );
  const orgsByScope = Map.groupBy(threadOrgs, ({ scope }) => scope);
  const noteByScope = new Map(noteHeads.map(({ scope, data }) => [scope, data.lastNote]));
  const settingByThreadId = new Map(settings.map(({ id, data }) => [id, data]));
  const pinnedAt = (id: string) => settingByThreadId.get(id)?.pinnedAt ?? Number.MAX_SAFE_INTEGER;
  return threads
    .filter(({ id }) => present.has(id) || failed.has(id))
    .map(({ id, data, pending }): ThreadSummary => {
      const waiting = pending.some(({ state }) => state !== 'applied' && state !== 'failed');
      const orgId = actingOrgByThreadId.get(id) ?? data.homeOrg;
      const setting = settingByThreadId.get(id) ?? usualSetting;
      const note = noteByScope.get(notesScope(id, orgId));
      const last = note !== undefined && note.at > (data.lastMessage?.at ?? 0) ? note : data.lastMessage;
      return {
        id,
        orgId,
        subject: data.subject,
        partners: data.kind === 'external' ? partnersOf(orgsByScope.get(threadPeopleScope(id)) ?? [], orgId) : null,
        at: last?.at ?? data.createdAt,
        last,
        unread: unreadByThreadId.get(id) ?? 0,
        fresh: unreadByThreadId.has(id),
        level: setting.level,
        pinned: setting.pinnedAt !== null,
        archived: isArchived(setting, data),
        resolved: Boolean(data.resolved),
        draft: draftByThreadId.get(id)?.slice(0, 200) ?? null,
        state: failed.has(id) ? 'failed' : waiting ? 'waiting' : 'settled',
      };
    })
    .sort((one, other) => pinnedAt(one.id) - pinnedAt(other.id) || other.at - one.at || (one.id < other.id ? 1 : -1));
}

const partnersOf = (orgs: readonly ViewRow<ThreadOrgRow>[], ownOrg: string): string =>
  orgs
    .flatMap(({ id, data }) => (id === ownOrg ? [] : [data.name]))
    .sort()
    .join(', ');

export type ThreadFilter = 'all' | 'unread' | 'resolved' | 'archived';

/**
 * What is left of the list after the filter and what is typed. What is archived shows only where it is asked for; the
 * open thread stays among the unread ones, or reading it would hide it.
 */
export function filterThreads(
  threads: readonly ThreadSummary[],
  { filter, query, openId }: { filter: ThreadFilter; query: string; openId: string | null },
): readonly ThreadSummary[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  return threads.filter(({ id, subject, unread, state, archived, resolved }) => {
    if (words.length > 0) {
      const text = folded(subject);
      return words.every((word) => text.includes(word));
    }
    if (filter === 'archived') return archived;
    if (filter === 'resolved') return resolved && !archived;
    // What could not be sent is never out of sight.
    if (state === 'failed') return true;
    return !archived && (filter === 'all' || unread > 0 || id === openId);
  });
}

const folded = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();

/** The next thread with something unread, seen from the open one, round the end; `null` where there is none. */
export function nextUnread(threads: readonly ThreadSummary[], openId: string | null, step: 1 | -1): string | null {
  const from = threads.findIndex(({ id }) => id === openId);
  const start = from === -1 ? (step === 1 ? -1 : 0) : from;
  for (let n = 1; n <= threads.length; n += 1) {
    const thread = threads[(start + n * step + threads.length * 2) % threads.length];
    if (thread && thread.unread > 0 && !thread.archived && thread.id !== openId) return thread.id;
  }
  return null;
}
