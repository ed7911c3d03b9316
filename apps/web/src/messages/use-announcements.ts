import { announce } from '@parley/ui';
import { useEffect, useRef } from 'react';
import { plainText } from '../markdown/plain-text.ts';
import { countsAsUnread } from '@parley/core/unread';
import { authorName, type LogDoor } from './log-door.ts';
import { isNote, type LogMessage } from './timeline.ts';

const SPOKEN = 200;

/**
 * Says what others write in the open thread, as it comes in; what was there before is silent. For messages, or for notes.
 * Nothing of it stays in the page once the thread is closed: whoever signs in next may not read it.
 */
export function useAnnouncements(rows: readonly LogMessage[], { personId, personName }: LogDoor): void {
  const heard = useRef<number | null>(null);
  const takeBack = useRef(() => {});
  useEffect(() => () => takeBack.current(), []);
  useEffect(() => {
    const last = rows.findLast(({ data }) => data.seq !== null)?.data.seq ?? 0;
    const from = heard.current;
    heard.current = Math.max(from ?? 0, last);
    if (from === null || last <= from) return;
    const fresh = rows.filter(({ data }) => (data.seq ?? 0) > from && countsAsUnread(data, personId));
    const [first] = fresh;
    if (first === undefined) return;
    const note = isNote(first);
    const who = `${note ? 'Note of ' : ''}${authorName(first.data, personName)}`;
    takeBack.current = announce(
      fresh.length > 1
        ? `${fresh.length} new ${note ? 'notes' : 'messages'}`
        : `${who}: ${plainText(first.data.text, personName).slice(0, SPOKEN)}`,
    );
  }, [rows, personId, personName]);
}
