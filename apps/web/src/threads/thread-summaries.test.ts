import type { DraftRow } from '@parley/core/drafts';
import { usualSetting, type ThreadSettingRow } from '@parley/core/thread-settings';
import type { ThreadRow } from '@parley/core/threads';
import type { Pending, ViewRow } from '@parley/sync/client';
import { describe, expect, test } from 'vitest';
import { filterThreads, nextUnread, threadSummaries, type SummaryInput } from './thread-summaries.ts';

const thread = (id: string, at: number, subject = `Thread ${id}`, pending: Pending[] = []) => ({
  id,
  scope: `thread:${id}`,
  pending,
  data: {
    homeOrg: 'acme',
    subject,
    kind: 'internal',
    createdBy: 'bob',
    createdAt: 1,
    lastSeq: 1,
    lastMessage: { id: 'm', authorId: 'bob', kind: 'internal', snippet: '', at },
    resolved: null,
  } satisfies ThreadRow,
});
const participation = (id: string, leftAt: number | null = null) => ({
  id,
  scope: 'user:alice',
  pending: [],
  data: { actingOrg: 'acme', epoch: 1, joinedAt: 1, leftAt },
});
const setting = (id: string, changes: Partial<ThreadSettingRow>) => ({
  id,
  scope: 'user:alice',
  pending: [],
  data: { ...usualSetting, ...changes },
});
const item = (state: Pending['state'], threadId: string): Pending => ({
  id: `i-${threadId}`,
  name: 'sendMessage',
  args: { threadId },
  at: 1,
  state,
  lane: 'thread:1',
  heldUntil: null,
  waitsFor: null,
  code: null,
  message: null,
});
const draft = (threadId: string, text: string): ViewRow<DraftRow> => ({
  id: threadId,
  scope: 'user:alice',
  pending: [],
  data: { threadId, rootId: null, generation: 0, updates: [], text, at: 1 },
});
const summaries = (input: Partial<SummaryInput>) =>
  threadSummaries({
    threads: [],
    participations: [],
    settings: [],
    threadOrgs: [],
    noteHeads: [],
    drafts: [],
    unreadByThreadId: new Map(),
    refused: [],
    ...input,
  });

describe('threadSummaries', () => {
  const threads = [thread('a', 10), thread('b', 30), thread('c', 20)];

  test('shows the threads one takes part in, the last moved on top', () => {
    const participations = [participation('a'), participation('b'), participation('c', 15)];
    expect(summaries({ threads, participations }).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('keeps pinned threads on top, in the order they were pinned', () => {
    const participations = ['a', 'b', 'c'].map((id) => participation(id));
    const settings = [setting('c', { pinnedAt: 8 }), setting('a', { pinnedAt: 5 })];
    expect(summaries({ threads, participations, settings }).map(({ id, pinned }) => [id, pinned])).toEqual([
      ['a', true],
      ['c', true],
      ['b', false],
    ]);
  });

  test('a note of one’s own organisation moves a thread as a message does', () => {
    const participations = ['a', 'b', 'c'].map((id) => participation(id));
    const lastNote = { id: 'n', authorId: 'bob', snippet: 'Between us', at: 25 };
    const head = (threadId: string, orgId: string) => ({
      id: threadId,
      scope: `notes:${threadId}:${orgId}`,
      pending: [],
      data: { lastSeq: 1, lastNote },
    });
    const found = summaries({ threads, participations, noteHeads: [head('a', 'acme'), head('b', 'acme')] });
    expect(found.map(({ id, at }) => [id, at])).toEqual([
      ['b', 30],
      ['a', 25],
      ['c', 20],
    ]);
    expect(found.map(({ last }) => last?.id)).toEqual(['m', 'n', 'm']);
  });

  test('says what was begun in a thread, and nothing of what was sent since or is only blank', () => {
    const participations = ['a', 'b', 'c'].map((id) => participation(id));
    const drafts = [draft('a', 'Half a thought'), draft('b', ''), draft('c', ' \n')];
    const found = summaries({ threads, participations, drafts }).map(({ id, draft: begun }) => [id, begun]);
    expect(Object.fromEntries(found)).toEqual({ a: 'Half a thought', b: null, c: null });
  });

  test('marks what waits and what was refused; a refused one stays even where one no longer takes part', () => {
    const waiting = [
      thread('a', 10, 'A', [item('sending', 'a')]),
      thread('b', 9, 'B', [item('applied', 'b')]),
      thread('c', 8),
    ];
    const found = summaries({
      threads: waiting,
      participations: [participation('a'), participation('b')],
      refused: [item('failed', 'c')],
    });
    expect(found.map(({ id, state }) => [id, state])).toEqual([
      ['a', 'waiting'],
      ['b', 'settled'],
      ['c', 'failed'],
    ]);
  });
});

describe('filterThreads', () => {
  const threads = summaries({
    threads: [thread('a', 3, 'Zürich depot'), thread('b', 2, 'Berlin depot'), thread('c', 1, 'Berlin rota')],
    participations: ['a', 'b', 'c'].map((id) => participation(id)),
    unreadByThreadId: new Map([['b', 2]]),
  });
  const ids = (options: Parameters<typeof filterThreads>[1]) => filterThreads(threads, options).map(({ id }) => id);

  test('keeps what is unread, and the open one', () => {
    expect(ids({ filter: 'unread', query: '', openId: null })).toEqual(['b']);
    expect(ids({ filter: 'unread', query: '', openId: 'c' })).toEqual(['b', 'c']);
  });

  test('keeps what is archived out of sight until it is asked for, by filter or by name', () => {
    const put = summaries({
      threads: [thread('a', 3, 'Zürich depot'), thread('b', 2, 'Berlin depot'), thread('c', 1, 'Berlin rota')],
      participations: ['a', 'b', 'c'].map((id) => participation(id)),
      // One message came since the last one was put away; the muted one does not mind.
      settings: [
        setting('a', { archivedSeq: 1 }),
        setting('b', { archivedSeq: 0, level: 'nothing' }),
        setting('c', { archivedSeq: 0 }),
      ],
    });
    const shown = (options: Partial<Parameters<typeof filterThreads>[1]>) =>
      filterThreads(put, { filter: 'all', query: '', openId: null, ...options }).map(({ id }) => id);
    expect(shown({})).toEqual(['c']);
    expect(shown({ filter: 'archived' })).toEqual(['a', 'b']);
    expect(shown({ query: 'depot' })).toEqual(['a', 'b']);
  });

  test('shows what is resolved in its place, and by itself', () => {
    const done = thread('a', 3);
    const put = summaries({
      threads: [{ ...done, data: { ...done.data, resolved: { by: 'bob', at: 2 } } }, thread('b', 2)],
      participations: ['a', 'b'].map((id) => participation(id)),
    });
    expect(filterThreads(put, { filter: 'all', query: '', openId: null }).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(filterThreads(put, { filter: 'resolved', query: '', openId: null }).map(({ id }) => id)).toEqual(['a']);
  });

  test('finds by words of the subject, read or not, without accents', () => {
    expect(ids({ filter: 'unread', query: 'zurich', openId: null })).toEqual(['a']);
    expect(ids({ filter: 'all', query: 'ber dep', openId: null })).toEqual(['b']);
  });
});

describe('nextUnread', () => {
  const threads = summaries({
    threads: [thread('a', 4), thread('b', 3), thread('c', 2), thread('d', 1)],
    participations: ['a', 'b', 'c', 'd'].map((id) => participation(id)),
    unreadByThreadId: new Map([
      ['b', 1],
      ['d', 1],
    ]),
  });

  test('goes round both ways', () => {
    expect(nextUnread(threads, 'a', 1)).toBe('b');
    expect(nextUnread(threads, 'b', 1)).toBe('d');
    expect(nextUnread(threads, 'd', 1)).toBe('b');
    expect(nextUnread(threads, 'a', -1)).toBe('d');
    expect(nextUnread(threads, null, 1)).toBe('b');
    expect(nextUnread(threads, null, -1)).toBe('d');
    expect(nextUnread([], null, 1)).toBeNull();
  });
});
