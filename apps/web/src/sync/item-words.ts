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
  sendNote: 'Note',
  editNote: 'Edit of a note',
  deleteNote: 'Deletion of a note',
  reactToNote: 'Reaction to a note',
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
  changeName: 'Your name',
  createTeam: 'New team',
  changeTeam: 'Change of a team',
  removeTeam: 'Team removed',
  addGroup: 'Group added',
  removeGroup: 'Group removed',
  changePartnerPermission: 'What a partner may do',
};

export const itemTitle = ({ name }: Pick<Pending, 'name'>): string => titles[name as MutatorName] ?? name;

/** Not what was taken back and only keeps its place in the line. */
export const isKnownAct = ({ name }: Pick<Pending, 'name'>): boolean => Object.hasOwn(titles, name);

/** Arguments that hold what a person typed. */
const typed = ['text', 'subject', 'name'];

const typedIn = (args: unknown): [string, string][] =>
  Object.entries(args ?? {}).filter(
    (entry): entry is [string, string] => typed.includes(entry[0]) && typeof entry[1] === 'string',
  );

/** What the person typed, if this mutation carries any: a message's text, a subject, a name. */
export const itemText = ({ args }: Pick<Pending, 'args'>): string | null => typedIn(args)[0]?.[1] ?? null;

/** The same arguments with another text, for what `itemText` gave one of. */
export function withText({ args }: Pick<Pending, 'args'>, text: string): object {
  const [[key] = ['text']] = typedIn(args);
  return { ...(typeof args === 'object' ? args : null), [key]: text };
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
