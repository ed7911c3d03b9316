/** How many messages of a thread a person has not read. */
import { UNREAD_SHOWN } from '@parley/core/following';
import type { FollowLevel } from '@parley/core/thread-settings';
import { countsAsUnread, type CountedMessage } from '@parley/core/unread';

export interface UnreadInput {
  /** What is held, in any order. */
  rows: readonly CountedMessage[];
  /** Every place from here on is held; above `lastSeq` when nothing is. */
  low: number;
  /** Place of the thread's newest message. */
  lastSeq: number;
  /** The read position. */
  readSeq: number;
  personId: string;
  /** Ids that a mention of the person may have; only theirs where it is not given. */
  selfIds?: ReadonlySet<string>;
  /** What counts; all of it where it is not given. */
  level?: Exclude<FollowLevel, 'nothing'>;
}

/**
 * Messages of others above the read position, at most one more than is shown as a number. Places that are not held
 * count one each: nothing is known about them but that they are there. Where only mentions count, they do not count.
 */
export function unreadCount({
  rows,
  low,
  lastSeq,
  readSeq,
  personId,
  level = 'all',
  selfIds = new Set([personId]),
}: UnreadInput): number {
  if (lastSeq <= readSeq) return 0;
  if (level === 'mentions') {
    const counting = rows.filter(
      (row) => (row.seq ?? 0) > readSeq && row.mentions.some((id) => selfIds.has(id)) && countsAsUnread(row, personId),
    );
    return Math.min(counting.length, UNREAD_SHOWN + 1);
  }
  let highest = Math.max(readSeq, low - 1);
  let unread = Math.max(0, Math.min(low - 1, lastSeq) - readSeq);
  for (const row of rows) {
    if (row.seq === null || row.seq <= readSeq || row.seq < low) continue;
    highest = Math.max(highest, row.seq);
    if (countsAsUnread(row, personId)) unread += 1;
  }
  // The head may arrive before the rows it speaks of.
  unread += Math.max(0, lastSeq - highest);
  return Math.min(unread, UNREAD_SHOWN + 1);
}
