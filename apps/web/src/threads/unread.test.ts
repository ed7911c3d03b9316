import { describe, expect, test } from 'vitest';
import type { CountedMessage } from '@parley/core/unread';
import { unreadCount } from './unread.ts';

const alice = 'alice';
const bob = 'bob';

const message = (seq: number | null, authorId: string | null = bob): CountedMessage => ({
  seq,
  authorId,
  kind: authorId === null ? 'system' : 'internal',
  deletedAt: null,
  mentions: [],
});
const messages = (from: number, to: number, authorId?: string | null) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index, authorId));

describe('unreadCount', () => {
  test('counts messages of others above the read position', () => {
    expect(unreadCount({ rows: messages(1, 10), low: 1, lastSeq: 10, readSeq: 7, personId: alice })).toBe(3);
  });

  test('is zero where everything is read', () => {
    expect(unreadCount({ rows: messages(1, 10), low: 1, lastSeq: 10, readSeq: 10, personId: alice })).toBe(0);
    expect(unreadCount({ rows: [], low: 1, lastSeq: 0, readSeq: 0, personId: alice })).toBe(0);
  });

  test('leaves out own messages, those of the software and deleted ones', () => {
    const rows = [message(1), message(2, alice), message(3, null), { ...message(4), deletedAt: 1 }, message(5)];
    expect(unreadCount({ rows, low: 1, lastSeq: 5, readSeq: 0, personId: alice })).toBe(2);
  });

  test('[GRP9] counts what mentions a group of the reader, or all of the thread', () => {
    const rows = ['drivers', 'thread', 'office', bob].map((id, n) => ({ ...message(n + 1), mentions: [id] }));
    const input = { rows, low: 1, lastSeq: 4, readSeq: 0, personId: alice, level: 'mentions' } as const;
    expect(unreadCount(input)).toBe(0);
    expect(unreadCount({ ...input, selfIds: new Set([alice, 'thread', 'drivers']) })).toBe(2);
  });

  test('counts only what mentions the reader where only mentions count', () => {
    const mentioning = (seq: number, authorId = bob) => ({ ...message(seq, authorId), mentions: [alice] });
    const rows = [mentioning(3), message(4), mentioning(5), mentioning(6, alice)];
    const input = { rows, low: 3, lastSeq: 6, readSeq: 0, personId: alice };
    expect(unreadCount({ ...input, level: 'mentions' })).toBe(2);
    expect(unreadCount({ ...input, readSeq: 3, level: 'mentions' })).toBe(1);
    expect(unreadCount({ ...input, level: 'all' })).toBe(5);
  });

  test('leaves out own messages that have no place yet', () => {
    expect(unreadCount({ rows: [message(null, alice)], low: 1, lastSeq: 0, readSeq: 0, personId: alice })).toBe(0);
  });

  test('counts the places between the read position and what is held', () => {
    const rows = messages(21, 30, alice);
    expect(unreadCount({ rows, low: 21, lastSeq: 30, readSeq: 12, personId: alice })).toBe(8);
  });

  test('counts by place where nothing is held', () => {
    expect(unreadCount({ rows: [], low: 31, lastSeq: 30, readSeq: 12, personId: alice })).toBe(18);
    expect(unreadCount({ rows: [], low: Number.POSITIVE_INFINITY, lastSeq: 30, readSeq: 12, personId: alice })).toBe(
      18,
    );
  });

  test('counts places the head names and that have not arrived', () => {
    expect(unreadCount({ rows: messages(1, 8), low: 1, lastSeq: 10, readSeq: 6, personId: alice })).toBe(4);
  });

  test('ends one above what is shown', () => {
    expect(unreadCount({ rows: [], low: 901, lastSeq: 900, readSeq: 0, personId: alice })).toBe(100);
    expect(unreadCount({ rows: messages(1, 900), low: 1, lastSeq: 900, readSeq: 0, personId: alice })).toBe(100);
  });
});
