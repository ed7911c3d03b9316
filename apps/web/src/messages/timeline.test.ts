import type { MessageRow } from '@parley/core/messages';
import type { NoteRow } from '@parley/core/notes';
import type { ViewRow } from '@parley/sync/client';
import { describe, expect, test } from 'vitest';
import { isNote, messageSeq, timeline, type LogMessage } from './timeline.ts';

const data = (seq: number | null, createdAt: number): MessageRow => ({
  seq,
  kind: 'external',
  authorId: 'bob',
  authorOrg: 'acme',
  ownerOrg: 'acme',
  text: '',
  replyTo: null,
  mentions: [],
  reactions: {},
  notice: null,
  createdAt,
  editedAt: null,
  revisions: 0,
  deletedAt: null,
});
const message = (seq: number | null, createdAt = seq ?? 0): LogMessage => ({
  id: `m${seq ?? createdAt}`,
  scope: 'thread:t',
  pending: [],
  data: data(seq, createdAt),
});
const note = (seq: number | null, afterSeq: number, createdAt = 0): ViewRow<NoteRow> => ({
  id: `n${seq ?? createdAt}`,
  scope: 'notes:t:acme',
  pending: [],
  data: { ...data(seq, createdAt), kind: 'internal', afterSeq },
});
const ids = (rows: readonly LogMessage[]): string => rows.map(({ id }) => id).join(' ');

describe('timeline', () => {
  test('[NOTE2] puts a note after the message of its place, and notes among themselves by their own', () => {
    const messages = [message(1), message(2), message(4)];
    const notes = [note(1, 0), note(2, 2), note(3, 2), note(4, 3), note(5, 4)];
    expect(ids(timeline({ messages, notes, low: 1 }))).toBe('n1 m1 m2 n2 n3 n4 m4 n5');
  });

  test('a note goes by its place, whatever the clocks said', () => {
    const notes = [note(1, 1, 900), note(2, 1, 100)];
    expect(ids(timeline({ messages: [message(1, 500), message(2, 400)], notes, low: 1 }))).toBe('m1 n1 n2 m2');
  });

  test('what waits to be sent comes last, as it was written', () => {
    const messages = [message(1), message(null, 20), message(null, 40)];
    const notes = [note(1, 1, 60), note(null, 0, 30), note(null, 1, 50)];
    expect(ids(timeline({ messages, notes, low: 1 }))).toBe('m1 n1 m20 n30 m40 n50');
  });

  test('a note that came before the message it stands after is the last one', () => {
    expect(ids(timeline({ messages: [message(1)], notes: [note(1, 2)], low: 1 }))).toBe('m1 n1');
  });

  test('notes between messages that are not held stay away with them', () => {
    const messages = [message(10), message(11)];
    const notes = [note(1, 3), note(2, 8), note(3, 9), note(4, 10)];
    expect(ids(timeline({ messages, notes, low: 10 }))).toBe('n3 m10 n4 m11');
  });

  test('without notes the messages are the same list', () => {
    const messages = [message(1)];
    expect(timeline({ messages, notes: [], low: 1 })).toBe(messages);
    expect(timeline({ messages, notes: [note(1, 0)], low: 5 })).toBe(messages);
  });

  test('a note has no place among the messages', () => {
    expect([message(3), note(7, 3), message(null)].map(messageSeq)).toEqual([3, null, null]);
    expect([message(3), note(7, 3)].map(isNote)).toEqual([false, true]);
  });
});
