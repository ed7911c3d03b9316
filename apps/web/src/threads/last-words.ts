/** The second line of a thread in the list. */
import type { NoteHeadRow } from '@parley/core/notes';
import type { ThreadRow } from '@parley/core/threads';
import { plainText } from '../markdown/plain-text.ts';
import { noticeWords } from '../messages/notice-words.ts';
import type { PersonNames } from './use-person-names.ts';

/** What came last in a thread: a message, or a note, which has no kind. */
export type LastSaid = NonNullable<ThreadRow['lastMessage']> | NoteHeadRow['lastNote'];

/** "Bob: see you there", "You: Thanks", "Alice resolved this thread"; first names, the reader as "you". */
export function lastWords(last: LastSaid, personId: string, nameOf: PersonNames): string {
  const firstName = (id: string): string => nameOf(id)?.split(' ')[0] ?? 'Someone';
  const isNote = !('kind' in last);
  if (!isNote && last.kind === 'system') {
    // Threads that last moved before notices were kept in their heads say no more.
    return last.notice ? noticeWords(last.notice, firstName, personId) : 'Somebody joined or left';
  }
  const words = last.snippet === '' ? `${isNote ? 'Note' : 'Message'} deleted` : plainText(last.snippet, nameOf);
  if (last.authorId === null) return words;
  if (last.authorId === personId) return `You: ${words}`;
  return nameOf(last.authorId) === undefined ? words : `${firstName(last.authorId)}: ${words}`;
}
