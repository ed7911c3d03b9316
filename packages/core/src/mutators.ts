/** Everything a person can do that is synced, by name. */
import type { AnyMutator, ArgsOf } from '@parley/sync/mutator';
import { changeThreadSetting } from './change-thread-setting.ts';
import { discardDraft, mergeDraft } from './drafts.ts';
import { forwardMessage } from './forwarding.ts';
import { deleteMessage, editMessage, react, sendMessage } from './messages.ts';
import { deleteNote, editNote, reactToNote, sendNote } from './notes.ts';
import { changeName } from './own-name.ts';
import { addParticipants, removeParticipant } from './participants.ts';
import { changePartnerPermission } from './partner-permissions.ts';
import { pinMessage } from './pins.ts';
import { forgetSaved, saveMessage } from './saved.ts';
import { changeSettings } from './settings.ts';
import { cancelScheduled, changeScheduled, scheduleMessage, sendScheduled } from './scheduled.ts';
import { createThread } from './starting-threads.ts';
import type { Tables } from './tables.ts';
import { changeTeam, createTeam, removeTeam } from './teams.ts';
import { addGroup, removeGroup } from './thread-groups.ts';
import { renameThread, resolveThread } from './thread-heads.ts';
import { markRead, markUnread } from './threads.ts';

export const mutators = {
  createThread,
  renameThread,
  resolveThread,
  changeThreadSetting,
  addParticipants,
  removeParticipant,
  addGroup,
  removeGroup,
  changePartnerPermission,
  markRead,
  markUnread,
  sendMessage,
  editMessage,
  deleteMessage,
  react,
  sendNote,
  editNote,
  deleteNote,
  reactToNote,
  mergeDraft,
  discardDraft,
  scheduleMessage,
  changeScheduled,
  sendScheduled,
  cancelScheduled,
  forwardMessage,
  pinMessage,
  saveMessage,
  forgetSaved,
  changeSettings,
  changeName,
  createTeam,
  changeTeam,
  removeTeam,
} satisfies Record<string, AnyMutator<Tables>>;

export type Mutators = typeof mutators;
export type MutatorName = keyof Mutators;
export type MutatorArgs<Name extends MutatorName> = ArgsOf<Mutators[Name]>;
