import type { DraftRow } from '@parley/core/drafts';

/** Where a draft is written. */
export interface DraftPlace {
  threadId: string;
  /** The message under which it is written; `null` in the thread itself. */
  rootId: string | null;
  /** A note's draft never becomes a message's, nor the other way round. */
  kind?: 'note' | undefined;
}

/** Under what name a device keeps what is typed at a place. */
export const draftKeyOf = ({ threadId, rootId, kind }: DraftPlace | DraftRow): string =>
  kind === 'note' ? `note.${threadId}` : rootId === null ? `thread.${threadId}` : `reply.${rootId}`;
