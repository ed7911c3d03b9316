import type { MessageRow } from './messages.ts';

/** What of a row decides whether it counts. */
export type CountedMessage = Pick<MessageRow, 'seq' | 'authorId' | 'kind' | 'deletedAt' | 'mentions'>;

/** Whether a row is something of others that can be unread: not one's own, not the software's, not deleted. */
export const countsAsUnread = (row: Omit<CountedMessage, 'seq' | 'mentions'>, personId: string): boolean =>
  row.kind !== 'system' && row.authorId !== personId && row.deletedAt === null;
