/**
 * How long an organisation keeps what its members wrote. Run by the worker alone: which messages are too old is listed by
 * the caller, under the lock of the scope they lie in.
 */
import type { MutatorTx } from '@parley/sync/mutator';
import { lastMessageOf, revisionId } from './messages.ts';
import { lastNoteOf } from './notes.ts';
import type { OrgRow } from './organisations.ts';
import { followInPins } from './pinned.ts';
import { notesScope, threadScope } from './scopes.ts';
import type { Tables } from './tables.ts';

/** Days after which messages are deleted, as they can be chosen; `null` keeps them. */
export const RETENTION_DAYS = [null, 730, 365, 90, 30] as const satisfies readonly OrgRow['retentionDays'][];
/** At most, where another program chooses. */
export const MAX_RETENTION_DAYS = 36_500;

const DAY = 24 * 60 * 60 * 1000;

/** Messages sent before this moment are too old; `null` where none ever is. */
export const oldestKept = ({ retentionDays }: Pick<OrgRow, 'retentionDays'>, now: number): number | null =>
  retentionDays == null ? null : now - retentionDays * DAY;

export interface Expired {
  messages: readonly { id: string; revisions: number }[];
  /** The newest message that stays. */
  newestId: string | null;
}

/** Takes messages and their earlier texts away, from every device: of them nothing stays but that there was something. */
export async function expireMessages(
  tx: MutatorTx<Tables>,
  threadId: string,
  { messages, newestId }: Expired,
): Promise<void> {
  const scope = threadScope(threadId);
  for (const { id, revisions } of messages) {
    tx.remove('message', scope, id);
    for (let n = 1; n <= revisions; n += 1) tx.remove('revision', scope, revisionId(id, n));
    await followInPins(tx, { threadId, messageId: id, text: null });
  }
  const thread = await tx.get('thread', scope, threadId);
  if (!thread || !messages.some(({ id }) => id === thread.lastMessage?.id)) return;
  const newest = newestId === null ? undefined : await tx.get('message', scope, newestId);
  const lastMessage = newestId === null || !newest ? null : lastMessageOf(newestId, newest);
  tx.put('thread', scope, threadId, { ...thread, lastMessage });
}

/** The same with notes of the organisation in a thread. Where none stays there is no head until the next one. */
export async function expireNotes(
  tx: MutatorTx<Tables>,
  { threadId, orgId }: { threadId: string; orgId: string },
  { messages, newestId }: Expired,
): Promise<void> {
  const scope = notesScope(threadId, orgId);
  for (const { id, revisions } of messages) {
    tx.remove('note', scope, id);
    for (let n = 1; n <= revisions; n += 1) tx.remove('noteRevision', scope, revisionId(id, n));
  }
  const head = await tx.get('noteHead', scope, threadId);
  if (!head || !messages.some(({ id }) => id === head.lastNote.id)) return;
  const newest = newestId === null ? undefined : await tx.get('note', scope, newestId);
  if (newestId === null || !newest) tx.remove('noteHead', scope, threadId);
  else tx.put('noteHead', scope, threadId, { ...head, lastNote: lastNoteOf(newestId, newest) });
}
