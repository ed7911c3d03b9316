/** What the software says in a thread, in words. */
import type { SystemNotice } from '@parley/core/messages';

const list = new Intl.ListFormat(undefined, { type: 'conjunction' });

/** At most these many names; the others are counted. */
const NAMED = 4;

/**
 * `{type: 'added', by: 'a', personIds: ['b']}` → "Alice added Bob". The reader is "you".
 */
export function noticeWords(notice: SystemNotice, nameOf: (id: string) => string, readerId: string): string {
  const { type, by, personIds } = notice;
  const name = (id: string) => (id === readerId ? 'you' : nameOf(id));
  const actor = by === readerId ? 'You' : nameOf(by);
  if (type === 'removed' && personIds.length === 1 && personIds[0] === by) return `${actor} left`;
  const named = personIds.slice(0, NAMED).map(name);
  const rest = personIds.length - named.length;
  const people = list.format(rest > 0 ? [...named, `${rest} more`] : named);
  return type === 'added' ? `${actor} added ${people}` : `${actor} removed ${people}`;
}
