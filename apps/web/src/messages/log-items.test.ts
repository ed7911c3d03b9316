import type { MessageRow } from '@parley/core/messages';
import { describe, expect, test } from 'vitest';
import { logItems, type LogInput, type LogItem } from './log-items.ts';
import type { LogMessage } from './timeline.ts';

const noon = new Date(2026, 10, 22, 12).getTime();
const minute = 60_000;

const row = (seq: number, data: Partial<MessageRow> = {}): LogMessage => ({
  id: `m${seq}`,
  scope: 'thread:t',
  pending: [],
  data: {
    seq,
    kind: 'internal',
    authorId: 'bob',
    authorOrg: 'acme',
    ownerOrg: 'acme',
    text: `Message ${seq}`,
    replyTo: null,
    mentions: [],
    reactions: {},
    notice: null,
    createdAt: noon + seq * minute,
    editedAt: null,
    revisions: 0,
    deletedAt: null,
    ...data,
  },
});
const items = (rows: LogMessage[], input: Partial<LogInput> = {}): LogItem[] =>
  logItems({ rows, complete: true, divider: null, personId: 'alice', heads: new Set(), ...input });
const lines = (all: LogItem[]): string[] =>
  all.map((item) => (item.kind === 'message' ? `${item.head ? '# ' : ''}${item.key}` : item.key));

describe('logItems', () => {
  test('groups messages of one author within five minutes', () => {
    const rows = [row(1), row(2), row(3, { authorId: 'carol' }), row(4), row(5, { createdAt: noon + 10 * minute })];
    expect(lines(items(rows))).toEqual(['start', 'day.m1', '# m1', 'm2', '# m3', '# m4', '# m5']);
  });

  test('lets a notice and a reply to something else begin anew', () => {
    const notice = row(2, { kind: 'system', authorId: null });
    const rows = [row(1), notice, row(3), row(4, { replyTo: 'm1' }), row(5, { replyTo: 'm1' }), row(6)];
    expect(lines(items(rows))).toEqual(['start', 'day.m1', '# m1', '# m2', '# m3', '# m4', 'm5', '# m6']);
  });

  test('tells who has read of the newest message of one’s own that has arrived', () => {
    const own = (seq: number, data: Partial<MessageRow> = {}) => row(seq, { authorId: 'alice', ...data });
    const rows = [own(1), own(2), row(3), own(4, { deletedAt: 1 }), own(5, { seq: null })];
    const telling = (all: LogItem[]) =>
      all.flatMap((item) => (item.kind === 'message' && item.receipts ? item.key : []));
    expect(telling(items(rows, { receipts: true }))).toEqual(['m2']);
    expect(telling(items(rows))).toEqual([]);
    expect(telling(items([row(1)], { receipts: true }))).toEqual([]);
  });

  test('separates days, and says nothing of the day above what is held', () => {
    const rows = [row(1), row(2, { createdAt: noon + 24 * 60 * minute })];
    expect(lines(items(rows))).toEqual(['start', 'day.m1', '# m1', 'day.m2', '# m2']);
    expect(lines(items(rows, { complete: false }))).toEqual(['# m1', 'day.m2', '# m2']);
  });

  test('keeps the author of a row that stood first when older ones come in above it', () => {
    const heads = new Set<string>();
    items([row(3), row(4)], { complete: false, heads });
    expect(lines(items([row(1), row(2), row(3), row(4)], { complete: false, heads }))).toEqual([
      '# m1',
      'm2',
      '# m3',
      'm4',
    ]);
  });

  test('draws the line of what is new above the first message of others', () => {
    const rows = [row(1), row(2, { authorId: 'alice' }), row(3, { kind: 'system', authorId: null }), row(4), row(5)];
    const all = items(rows, { divider: { seq: 1, count: 2 } });
    expect(lines(all)).toEqual(['start', 'day.m1', '# m1', '# m2', '# m3', 'unread', '# m4', 'm5']);
    expect(all).toContainEqual({ kind: 'unread', key: 'unread', count: 2 });
  });

  test('counts replies on their root and leads from each to it', () => {
    const rows = [
      row(1),
      row(2, { replyTo: 'm1' }),
      row(3, { replyTo: 'm1' }),
      row(4, { replyTo: 'm1', deletedAt: noon }),
    ];
    const messages = items(rows).filter((item) => item.kind === 'message');
    expect(messages.map((item) => item.replyCount)).toEqual([2, 0, 0, 0]);
    expect(messages.map((item) => item.root?.id)).toEqual([undefined, 'm1', 'm1', 'm1']);
  });

  test('says of a root when its last reply came, and how many replies of others are new', () => {
    const rows = [
      row(1),
      row(2, { replyTo: 'm1' }),
      row(3, { replyTo: 'm1' }),
      row(4, { replyTo: 'm1', authorId: 'alice' }),
    ];
    const [root] = items(rows, { divider: { seq: 2, count: 1 } }).filter((item) => item.kind === 'message');
    expect(root).toMatchObject({ replyCount: 3, lastReplyAt: noon + 4 * minute, newReplies: 1 });
    const [read] = items(rows).filter((item) => item.kind === 'message');
    expect(read).toMatchObject({ newReplies: 0 });
  });

  test('says what a reply belongs to, unless it stands below it', () => {
    const rows = [
      row(1),
      row(2, { replyTo: 'm1' }),
      row(3, { replyTo: 'm1' }),
      row(4),
      row(5, { replyTo: 'm1' }),
      row(6, { replyTo: 'm9' }),
    ];
    const messages = items(rows).filter((item) => item.kind === 'message');
    expect(messages.filter((item) => item.quoted).map((item) => item.key)).toEqual(['m5', 'm6']);
  });
});
