/** What the software says in a thread, in words. */
import { PEOPLE_NAMED, type SystemNotice } from '@parley/core/notices';
import { formatList } from '@parley/ui';

/**
 * `{type: 'added', by: 'a', personIds: ['b']}` → "Alice added Bob". The reader is "you".
 */
export function noticeWords(notice: SystemNotice, nameOf: (id: string) => string, readerId: string): string {
  const { by } = notice;
  const name = (id: string) => (id === readerId ? 'you' : nameOf(id));
  const actor = by === readerId ? 'You' : nameOf(by);
  if ('subject' in notice) return `${actor} renamed this thread “${notice.subject}”`;
  if (notice.type === 'continued') {
    const partners = notice.partners.length === 0 ? '' : ` with ${formatList(notice.partners)}`;
    return `${actor} continued this${partners} in another thread`;
  }
  if (!('personIds' in notice)) return `${actor} ${notice.type} this thread`;
  const { type, personIds, more = 0, group } = notice;
  if (group !== undefined) {
    return `${actor} ${type} ${group.kind === 'org' ? `everyone at ${group.name}` : `the team ${group.name}`}`;
  }
  if (type === 'removed' && personIds.length === 1 && personIds[0] === by) return `${actor} left`;
  const named = personIds.slice(0, PEOPLE_NAMED).map(name);
  const rest = personIds.length + more - named.length;
  const people = formatList(rest > 0 ? [...named, `${rest} more`] : named);
  return type === 'added' ? `${actor} added ${people}` : `${actor} removed ${people}`;
}
