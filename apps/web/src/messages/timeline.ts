/** The messages of a thread and an organisation's notes in it, in one line. */
import type { MessageRow } from '@parley/core/messages';
import type { NoteRow } from '@parley/core/notes';
import type { ViewRow } from '@parley/sync/client';

/** A message, or a note among them. */
export type LogMessage = ViewRow<MessageRow>;

export const isNote = (row: LogMessage): row is ViewRow<NoteRow> => 'afterSeq' in row.data;

/** Place among the messages, by which what is read and unread is reckoned: a note has none, nor what waits to be sent. */
export const messageSeq = (row: LogMessage): number | null => (isNote(row) ? null : row.data.seq);

export interface TimelineInput {
  /** By place, those waiting for theirs last. */
  messages: readonly LogMessage[];
  /** The same. */
  notes: readonly ViewRow<NoteRow>[];
  /** Every message from this place on is held. */
  low: number;
}

/**
 * A note stands after the message that was the newest when it was written. Notes between messages that are not held stay
 * away with them; what waits to be sent comes last, as it was written.
 */
export function timeline({ messages, notes, low }: TimelineInput): readonly LogMessage[] {
  const placed = notes.filter(({ data }) => data.seq !== null && data.afterSeq >= low - 1);
  const waiting = notes.filter(({ data }) => data.seq === null);
  if (placed.length + waiting.length === 0) return messages;
  const rows: LogMessage[] = [];
  let next = 0;
  const putNotesBefore = (seq: number) => {
    for (let note = placed[next]; note !== undefined && note.data.afterSeq < seq; note = placed[next]) {
      rows.push(note);
      next += 1;
    }
  };
  for (const row of messages) {
    if (row.data.seq === null) continue;
    putNotesBefore(row.data.seq);
    rows.push(row);
  }
  putNotesBefore(Infinity);
  const unsent = [...messages.filter(({ data }) => data.seq === null), ...waiting];
  return [...rows, ...unsent.sort((one, other) => one.data.createdAt - other.data.createdAt)];
}
