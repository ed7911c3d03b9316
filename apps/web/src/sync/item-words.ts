/** What a queued mutation is, in words. */
import type { MutatorName } from '@parley/core/mutators';
import type { Pending } from '@parley/sync/client';

const titles: Record<MutatorName, string> = {
  createThread: 'New thread',
  renameThread: 'New subject',
  resolveThread: 'Thread resolved or reopened',
  changeThreadSetting: 'Your setting for a thread',
  addParticipants: 'People added',
  removeParticipant: 'Person removed',
  markRead: 'Read position',
  markUnread: 'Marked unread',
  sendMessage: 'Message',
  editMessage: 'Edit',
  deleteMessage: 'Deletion',
  react: 'Reaction',
  mergeDraft: 'Draft',
  scheduleMessage: 'Scheduled message',
  changeScheduled: 'Change of a scheduled message',
  sendScheduled: 'Scheduled message',
  cancelScheduled: 'Scheduled message taken back',
  discardDraft: 'Draft thrown away',
  forwardMessage: 'Forwarded message',
  pinMessage: 'Pin',
  saveMessage: 'Saved message',
  forgetSaved: 'Saved message removed',
  changeSettings: 'Settings',
};

export const itemTitle = ({ name }: Pick<Pending, 'name'>): string => titles[name as MutatorName] ?? name;

/** Not what was taken back and only keeps its place in the line. */
export const isKnownAct = ({ name }: Pick<Pending, 'name'>): boolean => Object.hasOwn(titles, name);

/** What the person typed, if this mutation carries any: a message's text, a subject. */
export function itemText({ args }: Pick<Pending, 'args'>): string | null {
  if (typeof args !== 'object' || args === null) return null;
  if ('text' in args && typeof args.text === 'string') return args.text;
  return 'subject' in args && typeof args.subject === 'string' ? args.subject : null;
}

/** The same arguments with another text, for what `itemText` gave one of. */
export function withText({ args }: Pick<Pending, 'args'>, text: string): object {
  const before = typeof args === 'object' ? args : null;
  return { ...before, [before !== null && 'text' in before ? 'text' : 'subject']: text };
}

/** What something waits for, which is held or was refused. */
export function waitsForWords({ name, state, code }: Pick<Pending, 'name' | 'state' | 'code'>): string {
  const what = name === 'createThread' ? 'its thread' : 'an earlier message';
  if (code === 'withdrawn') return `Waits for ${what}, which you took back`;
  if (state !== 'failed') return `Waits for ${what}`;
  return `Waits for ${what}, which could not be ${name === 'createThread' ? 'started' : 'sent'}`;
}

/** The thread a mutation is about, if it is about one. */
export function itemThreadId({ args }: Pick<Pending, 'args'>): string | null {
  if (typeof args !== 'object' || args === null || !('threadId' in args)) return null;
  return typeof args.threadId === 'string' ? args.threadId : null;
}
