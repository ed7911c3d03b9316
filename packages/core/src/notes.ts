/**
 * Notes: messages inside a partner thread that only the people of one organisation see. They follow the rules of
 * messages, in a scope of their own; nothing that others read ever speaks of one.
 */
import { Refusal, type Mutator, type MutatorScopes, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { endDraft, sentDraft } from './drafts.ts';
import {
  deleteArgs,
  deleteIn,
  editArgs,
  editIn,
  fresh,
  reactArgs,
  reactIn,
  type MessagePlace,
  type MessageRow,
} from './messages.ts';
import { notesScope, threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { mentionsIn, MESSAGE_LENGTH, snippetOf, typedText } from './text.ts';
import { accessThread, mayReadNotes, type ThreadRow } from './threads.ts';

export interface NoteRow extends MessageRow {
  /** Place of the thread's newest message when it was written: it stands after that one, for good. */
  afterSeq: number;
}

/** What a list says of an organisation's notes in a thread. */
export interface NoteHeadRow {
  /** Place of the newest note; 0 while the only one waits to be sent. */
  lastSeq: number;
  lastNote: { id: string; authorId: string | null; snippet: string; at: number };
}

/**
 * The one door to the notes of an organisation in a thread, for whoever acts for it there and is no guest of it. Missing
 * and forbidden answer alike.
 * @throws Refusal `not_found`
 */
async function accessNotes(tx: MutatorTx<Tables>, threadId: string, orgId: string): Promise<ThreadRow> {
  const access = await accessThread(tx, threadId);
  if (access.participation.actingOrg !== orgId || !(await mayReadNotes(tx, access))) {
    throw new Refusal('not_found', 'There are no notes here.');
  }
  return access.thread;
}

const ofOrg = { orgId: z.uuid() };

/** Never refused for want of the scope: whether there is one is known to its readers alone. */
const inNotes = ({ threadId, orgId }: { threadId: string; orgId: string }): MutatorScopes => ({
  write: [],
  ensure: [notesScope(threadId, orgId)],
});

const sendNoteArgs = z.object({
  threadId: z.uuid(),
  ...ofOrg,
  messageId: z.uuid(),
  text: typedText(MESSAGE_LENGTH),
  /** The draft it was, which ends with it. */
  draft: z.optional(sentDraft),
});

/** Writes a note for those who act for the same organisation in a partner thread. Refused: `not_found`, `id_taken`. */
export const sendNote: Mutator<Tables, z.infer<typeof sendNoteArgs>> = {
  name: 'sendNote',
  version: 1,
  args: sendNoteArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (args, personId) => ({
    ...inNotes(args),
    write: args.draft === undefined ? [] : [userScope(personId)],
    // Held, so that no message comes between it and the one it stands after.
    lock: [threadScope(args.threadId)],
  }),
  async run(tx, { threadId, orgId, messageId, text, draft }) {
    const scope = notesScope(threadId, orgId);
    const [thread, head, taken] = await Promise.all([
      accessNotes(tx, threadId, orgId),
      tx.get('noteHead', scope, threadId),
      tx.get('note', scope, messageId),
    ]);
    if (taken) throw new Refusal('id_taken', 'This note was sent already.');
    const seq = tx.nextSeq(scope);
    const note = fresh(
      {
        kind: 'internal',
        authorId: tx.personId,
        authorOrg: orgId,
        ownerOrg: orgId,
        text,
        replyTo: null,
        mentions: mentionsIn(text),
        notice: null,
      },
      tx.now,
    );
    tx.put('note', scope, messageId, { ...note, seq, afterSeq: thread.lastSeq });
    tx.put('noteHead', scope, threadId, {
      lastSeq: seq ?? head?.lastSeq ?? 0,
      lastNote: lastNoteOf(messageId, note),
    });
    tx.enqueue('note.sent', { threadId, orgId, messageId });
    if (draft !== undefined) await endDraft(tx, threadId, draft);
  },
};

/** How a note stands in the head, where it is the newest. */
export const lastNoteOf = (
  id: string,
  { authorId, text, createdAt }: Pick<NoteRow, 'authorId' | 'text' | 'createdAt'>,
): NoteHeadRow['lastNote'] => ({ id, authorId, snippet: snippetOf(text), at: createdAt });

const editNoteArgs = z.extend(editArgs, ofOrg);

/** Replaces the text of one's own note. Refused: `not_found`, `forbidden`. */
export const editNote: Mutator<Tables, z.infer<typeof editNoteArgs>> = {
  name: 'editNote',
  version: 1,
  args: editNoteArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: inNotes,
  run: (tx, { threadId, orgId, ...edit }) => editIn(tx, notesPlace(threadId, orgId), edit),
};

const deleteNoteArgs = z.extend(deleteArgs, ofOrg);

/** Empties a note and its history. By its author, or by an owner or admin. Refused: `not_found`, `forbidden`. */
export const deleteNote: Mutator<Tables, z.infer<typeof deleteNoteArgs>> = {
  name: 'deleteNote',
  version: 1,
  args: deleteNoteArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: inNotes,
  run: (tx, { threadId, orgId, messageId }) => deleteIn(tx, notesPlace(threadId, orgId), messageId),
};

const reactToNoteArgs = z.extend(reactArgs, ofOrg);

/** Adds or takes back one's own reaction to a note. Refused: `not_found`, `too_many`. */
export const reactToNote: Mutator<Tables, z.infer<typeof reactToNoteArgs>> = {
  name: 'reactToNote',
  version: 1,
  args: reactToNoteArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: inNotes,
  run: (tx, { threadId, orgId, ...reaction }) => reactIn(tx, notesPlace(threadId, orgId), reaction),
};

const notesPlace = (threadId: string, orgId: string): MessagePlace => ({
  scope: notesScope(threadId, orgId),
  messages: 'note',
  revisions: 'noteRevision',
  access: (tx) => accessNotes(tx, threadId, orgId),
  async follow(tx, messageId, text) {
    const scope = notesScope(threadId, orgId);
    const head = await tx.get('noteHead', scope, threadId);
    const snippet = snippetOf(text ?? '');
    if (head?.lastNote.id !== messageId || head.lastNote.snippet === snippet) return;
    tx.put('noteHead', scope, threadId, { ...head, lastNote: { ...head.lastNote, snippet } });
  },
});
