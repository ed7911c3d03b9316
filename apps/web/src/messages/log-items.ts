/** What the log of a thread shows, line by line: messages and notes, and the lines between them. */
import { isNote, messageSeq, type LogMessage } from './timeline.ts';

export type LogItem =
  /** Where the thread begins. */
  | { kind: 'start'; key: 'start' }
  /** A new day. */
  | { kind: 'day'; key: string; at: number }
  /** Where what was unread begins. */
  | { kind: 'unread'; key: 'unread'; count: number }
  | {
      kind: 'message';
      key: string;
      row: LogMessage;
      /** Shows its author; the following ones of the same author within a few minutes do not. */
      head: boolean;
      /** What it replies to, where that is held. */
      root: LogMessage | undefined;
      /** Says what it replies to; below the message itself or another reply to it that goes without saying. */
      quoted: boolean;
      /** Replies to it that are held; when the last one came, and how many stand below the line of what is new. */
      replyCount: number;
      lastReplyAt: number;
      newReplies: number;
      /** It is the reader's own newest one that has arrived, and says who has read it. */
      receipts: boolean;
    };

export interface LogInput {
  rows: readonly LogMessage[];
  /** Nothing exists above the first row. */
  complete: boolean;
  /** Where the line of what is new stands: above the first row of others after this place. */
  divider: { seq: number; count: number } | null;
  personId: string;
  /** Whether receipts are shown. */
  receipts?: boolean;
  /**
   * Ids of rows that stood first once, and so showed their author: they keep doing so when older rows come in above
   * them, or the page would move. Grows.
   */
  heads: Set<string>;
}

/** Messages of one author belong together up to this distance. */
const TOGETHER_MS = 5 * 60_000;

const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** The lines of the log, oldest first. A line keeps its key for as long as the message it belongs to is there. */
export function logItems({ rows, complete, divider, personId, receipts = false, heads }: LogInput): LogItem[] {
  const items: LogItem[] = [];
  const byId = new Map<string, LogMessage>();
  const repliesByRoot = new Map<string, Replies>();
  for (const row of rows) {
    byId.set(row.id, row);
    const { replyTo, deletedAt } = row.data;
    if (replyTo === null || deletedAt !== null) continue;
    const { replyCount, newReplies } = repliesByRoot.get(replyTo) ?? noReplies;
    repliesByRoot.set(replyTo, {
      replyCount: replyCount + 1,
      lastReplyAt: row.data.createdAt,
      newReplies: newReplies + (divider !== null && isNew(row, divider.seq, personId) ? 1 : 0),
    });
  }

  const sent = receipts ? rows.findLast((row) => hasArrived(row) && row.data.authorId === personId) : undefined;
  if (complete) items.push({ kind: 'start', key: 'start' });
  let before: LogMessage | undefined;
  let divided = divider === null;
  for (const row of rows) {
    // Of the first held row it is not known what stands above it.
    const day = before ? dayOf(before.data.createdAt) !== dayOf(row.data.createdAt) : complete;
    if (day) items.push({ kind: 'day', key: `day.${row.id}`, at: row.data.createdAt });
    if (!divided && divider !== null && isNew(row, divider.seq, personId)) {
      divided = true;
      items.push({ kind: 'unread', key: 'unread', count: divider.count });
      heads.add(row.id);
    }
    if (!before) heads.add(row.id);
    const head = day || heads.has(row.id) || !belongTogether(before, row);
    const { replyTo } = row.data;
    const root = replyTo === null ? undefined : byId.get(replyTo);
    const quoted = replyTo !== null && (day || heads.has(row.id) || !continuesReplies(before, replyTo));
    const replies = repliesByRoot.get(row.id) ?? noReplies;
    items.push({ kind: 'message', key: row.id, row, head, root, quoted, ...replies, receipts: row === sent });
    before = row;
  }
  return items;
}

const hasArrived = (row: LogMessage): boolean => messageSeq(row) !== null && row.data.deletedAt === null;

type Replies = Pick<Extract<LogItem, { kind: 'message' }>, 'replyCount' | 'lastReplyAt' | 'newReplies'>;
const noReplies: Replies = { replyCount: 0, lastReplyAt: 0, newReplies: 0 };

const isNew = (row: LogMessage, seq: number, personId: string): boolean =>
  (messageSeq(row) ?? 0) > seq && row.data.authorId !== personId && row.data.kind !== 'system';

const continuesReplies = (above: LogMessage | undefined, rootId: string): boolean =>
  above !== undefined && (above.id === rootId || above.data.replyTo === rootId);

/** Whether a row continues what its author said in the row above. */
export function belongTogether(above: LogMessage | undefined, row: LogMessage): boolean {
  if (!above || above.data.kind === 'system' || row.data.kind === 'system') return false;
  if (isNote(above) !== isNote(row)) return false;
  const { authorId, createdAt, replyTo, kind } = above.data;
  if (row.data.authorId !== authorId || row.data.kind !== kind) return false;
  if (row.data.replyTo !== replyTo) return false;
  return Math.abs(row.data.createdAt - createdAt) < TOGETHER_MS;
}
