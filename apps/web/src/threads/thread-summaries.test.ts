import type { ThreadRow } from '@parley/core/threads';
import type { Pending } from '@parley/sync/client';
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
  } satisfies ThreadRow,
});
const participation = (id: string, leftAt: number | null = null) => ({
  id,
  scope: 'user:alice',
  pending: [],
  data: { actingOrg: 'acme', epoch: 1, joinedAt: 1, leftAt },
});
const item = (state: Pending['state'], threadId: string): Pending => ({
  id: `i-${threadId}`,
  name: 'sendMessage',
  args: { threadId },
  at: 1,
  state,
  code: null,
  message: null,
});
const summaries = (input: Partial<SummaryInput>) =>
  threadSummaries({ threads: [], participations: [], unreadByThreadId: new Map(), items: [], ...input });

describe('threadSummaries', () => {
  const threads = [thread('a', 10), thread('b', 30), thread('c', 20)];

  test('shows the threads one takes part in, the last moved on top', () => {
    const participations = [participation('a'), participation('b'), participation('c', 15)];
    expect(summaries({ threads, participations }).map(({ id }) => id)).toEqual(['b', 'a']);
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
      items: [item('failed', 'c')],
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
