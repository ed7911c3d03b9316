/** What a person can do with a thread as a whole: in its menus, and by one key in the list. */
import { isArchived, usualSetting, type ThreadSettingRow } from '@parley/core/thread-settings';
import { threadScope, userScope } from '@parley/core/scopes';
import { announce, notify, type MenuItem } from '@parley/ui';
import {
  Archive,
  ArchiveRestore,
  CircleCheck,
  CircleDot,
  Download,
  Link,
  Mail,
  MailOpen,
  Pin,
  PinOff,
} from 'lucide-react';
import { v7 as uuidv7 } from 'uuid';
import { attempt } from '../sync/attempt.ts';
import { markThreadRead, markThreadUnread, type MarkingParts } from './mark-unread.ts';

interface ThreadState {
  setting: ThreadSettingRow;
  archived: boolean;
  resolved: boolean;
  lastSeq: number;
}

function stateOf({ engine, personId, threadId }: MarkingParts): ThreadState {
  const setting = engine.row(userScope(personId), 'threadSetting', threadId)?.data ?? usualSetting;
  const thread = engine.row(threadScope(threadId), 'thread', threadId)?.data;
  const lastSeq = thread?.lastSeq ?? 0;
  return { setting, archived: isArchived(setting, { lastSeq }), resolved: Boolean(thread?.resolved), lastSeq };
}

type Change = Partial<Pick<ThreadSettingRow, 'level' | 'archivedSeq'>> & { pinned?: boolean };

async function change({ engine, threadId }: MarkingParts, settings: Change, words: string): Promise<void> {
  if (await attempt(engine.mutate('changeThreadSetting', { threadId, ...settings }))) notify(words);
}

async function toggleArchived(parts: MarkingParts): Promise<void> {
  const { archived, lastSeq, setting } = stateOf(parts);
  if (archived) return change(parts, { archivedSeq: null }, 'Back among your threads');
  const words =
    setting.level === 'nothing' ? 'Archived. It is muted and stays there' : 'Archived until something new comes';
  return change(parts, { archivedSeq: lastSeq }, words);
}

async function togglePinned(parts: MarkingParts): Promise<void> {
  const pinned = stateOf(parts).setting.pinnedAt === null;
  return change(parts, { pinned }, pinned ? 'Pinned to the top of your list' : 'No longer pinned');
}

async function follow(parts: MarkingParts, level: ThreadSettingRow['level']): Promise<void> {
  return change(parts, { level }, followWords[level]);
}

const followWords = {
  all: 'Every message here counts as unread',
  mentions: 'Only messages that mention you count as unread',
  nothing: 'Muted: nothing here counts as unread',
} as const;

/** Says that the thread has come to its end, or takes that back; everybody sees who did. */
export async function setResolved({ engine, threadId }: MarkingParts, resolved: boolean): Promise<void> {
  const done = await attempt(engine.mutate('resolveThread', { threadId, messageId: uuidv7(), resolved }));
  if (done) announce(resolved ? 'Resolved' : 'Reopened');
}

/** The address of the thread, for others who take part. */
export function copyLink({ threadId }: MarkingParts): void {
  navigator.clipboard.writeText(`${location.origin}/t/${threadId}`).then(
    () => notify('Link copied. It opens for those who take part'),
    () => notify('This browser did not allow copying.', { tone: 'bad' }),
  );
}

/** Offers the thread as a file; from this device, so that it works without the server. */
async function exportAs(parts: MarkingParts, format: 'html' | 'json'): Promise<void> {
  try {
    const { exportThread } = await import('../exports/export-thread.tsx');
    await exportThread(parts, format);
  } catch {
    notify('That could not be made into a file.', { tone: 'bad' });
  }
}

/** Keys that act on the thread that has the focus in the list. */
export const ACT_KEYS: Readonly<Record<string, (parts: MarkingParts, unread: boolean) => Promise<void>>> = {
  u: (parts, unread) => (unread ? markThreadRead(parts) : markThreadUnread(parts)),
  p: togglePinned,
  e: toggleArchived,
  m: (parts) => follow(parts, stateOf(parts).setting.level === 'nothing' ? 'all' : 'nothing'),
};

/** Entries of a thread's menus. `keys` says whether the letters of `ACT_KEYS` act where the menu was opened. */
export function threadMenuItems(
  parts: MarkingParts,
  { unread, keys = false }: { unread: boolean; keys?: boolean },
): MenuItem[] {
  const { setting, archived, resolved } = stateOf(parts);
  const pinned = setting.pinnedAt !== null;
  const key = (letter: string) => (keys ? { shortcut: letter } : {});
  return [
    {
      label: unread ? 'Mark as read' : 'Mark as unread',
      icon: unread ? <MailOpen size={15} /> : <Mail size={15} />,
      ...key('U'),
      disabled: setting.level === 'nothing' && !unread,
      onSelect: () => void (unread ? markThreadRead(parts) : markThreadUnread(parts)),
    },
    {
      label: pinned ? 'Unpin' : 'Pin to top',
      icon: pinned ? <PinOff size={15} /> : <Pin size={15} />,
      ...key('P'),
      onSelect: () => void togglePinned(parts),
    },
    {
      label: archived ? 'Move back to threads' : 'Archive',
      icon: archived ? <ArchiveRestore size={15} /> : <Archive size={15} />,
      ...key('E'),
      onSelect: () => void toggleArchived(parts),
    },
    {
      label: resolved ? 'Reopen for everyone' : 'Resolve for everyone',
      icon: resolved ? <CircleDot size={15} /> : <CircleCheck size={15} />,
      onSelect: () => void setResolved(parts, !resolved),
    },
    { label: 'Copy link', icon: <Link size={15} />, onSelect: () => copyLink(parts) },
    { label: 'Save as a page', icon: <Download size={15} />, onSelect: () => void exportAs(parts, 'html') },
    { label: 'Save as data', icon: <Download size={15} />, onSelect: () => void exportAs(parts, 'json') },
    {
      label: 'Follow every message',
      separated: true,
      checked: setting.level === 'all',
      onSelect: () => void follow(parts, 'all'),
    },
    {
      label: 'Follow mentions only',
      checked: setting.level === 'mentions',
      onSelect: () => void follow(parts, 'mentions'),
    },
    { label: 'Mute', ...key('M'), checked: setting.level === 'nothing', onSelect: () => void follow(parts, 'nothing') },
  ];
}
