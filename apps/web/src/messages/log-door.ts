/** What a row of the log can reach: names, and what a person can do with a message. */
import type { RevisionRow } from '@parley/core/messages';
import type { ScopeId } from '@parley/sync/mutator';
import { createContext, useContext } from 'react';
import type { LogMessage } from './timeline.ts';

export interface LogDoor {
  personId: string;
  /** Ids that mean the reader where a message mentions them. */
  selfIds: ReadonlySet<string>;
  /** Keeps its identity while no name changes, or every row is drawn anew. */
  personName: (id: string) => string | undefined;
  /** The organisation that shares the notes. */
  noteReaders: string;
  /** Whether messages can be written here: not where the partnership rests. Notes can. */
  mayWrite: boolean;
  /** Whether the reader may delete a message or a note, be it of others. */
  mayDelete(row: LogMessage): boolean;
  react(messageId: string, emoji: string, on: boolean): void;
  reply(messageId: string): void;
  edit(messageId: string): void;
  remove(messageId: string): void;
  /** `from` is the message whose text it is. */
  copy(text: string, words: string, from?: string): void;
  /** Where a message stands: in the thread, or among the notes. */
  scopeOf(messageId: string): ScopeId;
  /** The address of a message. */
  linkTo(messageId: string): string;
  /** Shows a message of this thread, fetching what lies between. */
  jumpTo(messageId: string): void;
  openReplies(messageId: string): void;
  /** Lists who has read a message; `null` where receipts are off. */
  openReaders: ((messageId: string) => void) | null;
  /** Quotes a message, or the part of it that is given, in the composer. */
  quote(messageId: string, part: string | null): void;
  /** Asks which thread gets a copy. */
  forward(messageId: string): void;
  /** Pins for everybody, or takes the pin away. */
  pin(messageId: string, on: boolean): void;
  /** Puts a message on the reader's own list, or takes it off. */
  save(messageId: string, on: boolean): void;
  /** Makes everything from this message on unread, on every device. */
  markUnread(messageId: string): void;
  /** Earlier texts, newest first. */
  revisionsOf(messageId: string): readonly RevisionRow[];
  retry(itemId: string): void;
  discard(itemId: string): void;
  /** Takes a message that was refused, or has not gone out, out of the queue and its text back into the composer. */
  takeBack(row: LogMessage): void;
  /** Lets a message go out that could still be taken back. */
  sendNow(itemId: string): void;
}

export const LogDoorContext = createContext<LogDoor | null>(null);

export function useLogDoor(): LogDoor {
  const door = useContext(LogDoorContext);
  if (door === null) throw new Error('This row is outside a log');
  return door;
}

/** How somebody is called whose card is not held. */
export const UNKNOWN_PERSON = 'Someone';

/** The author's name, for labels. */
export function authorName({ authorId }: { authorId: string | null }, personName: LogDoor['personName']): string {
  return authorId === null ? 'Parley' : (personName(authorId) ?? UNKNOWN_PERSON);
}
