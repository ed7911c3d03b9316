import type { GroupKind } from './groups.ts';

/** What the software says in a thread, as data, so that every client words it in its own language. */
export type SystemNotice =
  | {
      type: 'added' | 'removed';
      by: string;
      /** Also the one id of a group. */
      personIds: string[];
      /** People beside those named; only where a notice is shortened. */
      more?: number;
      /** Of the group, where it is one, as it was called then. */
      group?: { kind: GroupKind; name: string };
    }
  | { type: 'renamed'; by: string; subject: string }
  | { type: 'resolved' | 'reopened'; by: string }
  /** In another thread, with people of these partners and maybe of others, whom readers of this one do not know. */
  | { type: 'continued'; by: string; threadId: string; partners: string[] };

/** At most so many people are named; the others are counted. */
export const PEOPLE_NAMED = 4;

/** The same for the head of a thread, which travels with every message: it names no more people than are shown. */
export function shortNotice(notice: SystemNotice): SystemNotice {
  if (!('personIds' in notice) || notice.personIds.length <= PEOPLE_NAMED) return notice;
  return {
    ...notice,
    personIds: notice.personIds.slice(0, PEOPLE_NAMED),
    more: notice.personIds.length - PEOPLE_NAMED,
  };
}
