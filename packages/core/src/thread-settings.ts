/** What a thread is to one person: how much of it counts, whether it is put away or kept on top. */
import type { ThreadRow } from './threads.ts';

/** What counts as unread: every message, those that mention the person, or none, which is to mute the thread. */
export const FOLLOW_LEVELS = ['all', 'mentions', 'nothing'] as const;
export type FollowLevel = (typeof FOLLOW_LEVELS)[number];

export interface ThreadSettingRow {
  level: FollowLevel;
  /** Place of the newest message when it was archived; whatever comes later brings the thread back. */
  archivedSeq: number | null;
  pinnedAt: number | null;
}

/** Of a thread that the person never changed anything about. */
export const usualSetting: ThreadSettingRow = { level: 'all', archivedSeq: null, pinnedAt: null };

/** A muted thread stays archived whatever comes. */
export const isArchived = ({ level, archivedSeq }: ThreadSettingRow, { lastSeq }: Pick<ThreadRow, 'lastSeq'>) =>
  archivedSeq !== null && (level === 'nothing' || lastSeq <= archivedSeq);
