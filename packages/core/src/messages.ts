/** Messages: sending, editing with history, deleting, reacting. The rules here run on both sides. */
import { Refusal, type Mutator, type MutatorTx, type PagedRow, type ScopeId } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { shortNotice, type SystemNotice } from './notices.ts';
import { endDraft, sentDraft } from './drafts.ts';
import type { Origin } from './forwarding.ts';
import type { NoteRow } from './notes.ts';
import { accessOrg, mayDeleteForOthers } from './organisations.ts';
import { followInPins } from './pinned.ts';
import { threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { mentionsIn, MESSAGE_LENGTH, snippetOf, typedText } from './text.ts';
import { accessThread, accessToWrite, type MessageKind, type ThreadRow } from './threads.ts';

export interface MessageRow extends PagedRow {
  kind: MessageKind;
  /** `null` for system messages. */
  authorId: string | null;
  /** The organisation the author acted for; `null` for system messages. */
  authorOrg: string | null;
  /** Whose rules of retention, edit and export hold. Frozen at sending. */
  ownerOrg: string;
  /** Markdown, with mentions as `<@person>`. Empty once deleted. */
  text: string;
  /** The message whose thread of replies this belongs to. */
  replyTo: string | null;
  mentions: string[];
  /** Emoji → ids of people, in the order they reacted. */
  reactions: Record<string, string[]>;
  notice: SystemNotice | null;
  /** Of a forwarded message: whose words its text is. */
  forwarded?: Origin | null;
  /** Server's time; on the client a label until the answer comes. Milliseconds since 1970. */
  createdAt: number;
  editedAt: number | null;
  /** How many earlier texts there are as `revision` rows. */
  revisions: number;
  deletedAt: number | null;
}

/** An earlier text of a message, and when it was written. */
export interface RevisionRow extends PagedRow {
  messageId: string;
  text: string;
  writtenAt: number;
}

/** Different emoji one message may carry. */
const REACTION_KINDS = 50;

const sendMessageArgs = z.object({
  threadId: z.uuid(),
  messageId: z.uuid(),
  text: typedText(MESSAGE_LENGTH),
  replyTo: z.optional(z.nullable(z.uuid())),
  /** The draft it was, which ends with it. */
  draft: z.optional(sentDraft),
});

/** Sends a message, or a reply when `replyTo` names one. Refused: `not_found`, `read_only`, `id_taken`, `reply_gone`. */
export const sendMessage: Mutator<Tables, z.infer<typeof sendMessageArgs>> = {
  name: 'sendMessage',
  version: 1,
  args: sendMessageArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId, draft }, personId) => ({
    write: draft === undefined ? [threadScope(threadId)] : [threadScope(threadId), userScope(personId)],
  }),
  async run(tx, { threadId, messageId, text, replyTo, draft }) {
    const scope = threadScope(threadId);
    const [{ thread, participation }, taken] = await Promise.all([
      accessToWrite(tx, threadId),
      tx.get('message', scope, messageId),
    ]);
    if (taken) throw new Refusal('id_taken', 'This message was sent already.');
    await append(tx, threadId, messageId, {
      kind: thread.kind,
      authorId: tx.personId,
      authorOrg: participation.actingOrg,
      ownerOrg: participation.actingOrg,
      text,
      replyTo: replyTo ? await rootOf(tx, scope, replyTo) : null,
      mentions: mentionsIn(text),
      notice: null,
    });
    if (draft !== undefined) await endDraft(tx, threadId, draft);
  },
};

/** The arguments of acts on what is there already. */
export const editArgs = z.object({ threadId: z.uuid(), messageId: z.uuid(), text: typedText(MESSAGE_LENGTH) });
export const deleteArgs = z.object({ threadId: z.uuid(), messageId: z.uuid() });
export const reactArgs = z.object({
  threadId: z.uuid(),
  messageId: z.uuid(),
  emoji: z.string().check(z.minLength(1), z.maxLength(32), z.regex(/\p{Emoji}|^:[\w+-]+:$/u)),
  on: z.boolean(),
});

/** Replaces the text of one's own message; the earlier one becomes a revision. Refused: `not_found`, `forbidden`. */
export const editMessage: Mutator<Tables, z.infer<typeof editArgs>> = {
  name: 'editMessage',
  version: 1,
  args: editArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  async run(tx, { threadId, ...edit }) {
    await accessToWrite(tx, threadId);
    await editIn(tx, sharedPlace(threadId), edit);
  },
};

/**
 * Empties a message and its history; its place stays. By its author, or by an owner or admin of the organisation that
 * owns it. Refused: `not_found`, `forbidden`.
 */
export const deleteMessage: Mutator<Tables, z.infer<typeof deleteArgs>> = {
  name: 'deleteMessage',
  version: 1,
  args: deleteArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  run: (tx, { threadId, messageId }) => deleteIn(tx, sharedPlace(threadId), messageId),
};

/** Adds or takes back one's own reaction; doing it twice changes nothing. Refused: `not_found`, `too_many`. */
export const react: Mutator<Tables, z.infer<typeof reactArgs>> = {
  name: 'react',
  version: 1,
  args: reactArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  async run(tx, { threadId, ...reaction }) {
    await accessToWrite(tx, threadId);
    await reactIn(tx, sharedPlace(threadId), reaction);
  },
};

/** Where messages lie: among all who take part in a thread, or among those who share notes in it. */
export interface MessagePlace {
  readonly scope: ScopeId;
  readonly messages: 'message' | 'note';
  readonly revisions: 'revision' | 'noteRevision';
  /** The door. @throws Refusal `not_found` */
  access(tx: MutatorTx<Tables>): Promise<unknown>;
  /** Carries a changed text over to where else it is shown; `null` once it is deleted. */
  follow(tx: MutatorTx<Tables>, messageId: string, text: string | null): Promise<void>;
}

const sharedPlace = (threadId: string): MessagePlace => ({
  scope: threadScope(threadId),
  messages: 'message',
  revisions: 'revision',
  access: (tx) => accessThread(tx, threadId),
  async follow(tx, messageId, text) {
    const scope = threadScope(threadId);
    const { thread } = await accessThread(tx, threadId);
    const last = thread.lastMessage;
    const snippet = snippetOf(text ?? '');
    if (last?.id === messageId && last.snippet !== snippet)
      tx.put('thread', scope, threadId, { ...thread, lastMessage: { ...last, snippet } });
    await followInPins(tx, { threadId, messageId, text });
  },
});

export async function editIn(
  tx: MutatorTx<Tables>,
  place: MessagePlace,
  { messageId, text }: { messageId: string; text: string },
): Promise<void> {
  const message = await accessIn(tx, place, messageId);
  if (message.authorId !== tx.personId) throw new Refusal('forbidden', 'Only its author can edit a message.');
  if (message.forwarded) throw new Refusal('forbidden', 'A forwarded message holds the words of somebody else.');
  if (message.text === text) return;
  const revisions = message.revisions + 1;
  tx.put(place.revisions, place.scope, revisionId(messageId, revisions), {
    seq: message.seq,
    messageId,
    text: message.text,
    writtenAt: message.editedAt ?? message.createdAt,
  });
  tx.put(place.messages, place.scope, messageId, {
    ...message,
    text,
    mentions: mentionsIn(text),
    editedAt: tx.now,
    revisions,
  });
  await place.follow(tx, messageId, text);
}

export async function deleteIn(tx: MutatorTx<Tables>, place: MessagePlace, messageId: string): Promise<void> {
  const message = await accessIn(tx, place, messageId);
  if (message.authorId !== tx.personId) {
    const { role } = await accessOrg(tx, message.ownerOrg).catch(() => ({ role: 'guest' as const }));
    if (!mayDeleteForOthers(role)) throw new Refusal('forbidden', 'Only its author can delete a message.');
  }
  for (let n = 1; n <= message.revisions; n += 1) tx.remove(place.revisions, place.scope, revisionId(messageId, n));
  tx.put(place.messages, place.scope, messageId, {
    ...message,
    text: '',
    mentions: [],
    reactions: {},
    forwarded: null,
    deletedAt: tx.now,
  });
  await place.follow(tx, messageId, null);
}

export async function reactIn(
  tx: MutatorTx<Tables>,
  place: MessagePlace,
  { messageId, emoji, on }: { messageId: string; emoji: string; on: boolean },
): Promise<void> {
  const message = await accessIn(tx, place, messageId);
  const { [emoji]: people = [], ...others } = message.reactions;
  if (people.includes(tx.personId) === on) return;
  const changed = on ? [...people, tx.personId] : people.filter((personId) => personId !== tx.personId);
  const reactions = changed.length > 0 ? { ...message.reactions, [emoji]: changed } : others;
  if (Object.keys(reactions).length > REACTION_KINDS)
    throw new Refusal('too_many', 'This message has enough reactions.');
  tx.put(place.messages, place.scope, messageId, { ...message, reactions });
}

/** Lets the software say something in a thread. Only for other mutators. */
export async function systemMessage(
  tx: MutatorTx<Tables>,
  threadId: string,
  messageId: string,
  notice: SystemNotice,
): Promise<void> {
  const { thread } = await accessThread(tx, threadId);
  await append(tx, threadId, messageId, {
    kind: 'system',
    authorId: null,
    authorOrg: null,
    ownerOrg: thread.homeOrg,
    text: '',
    replyTo: null,
    mentions: [],
    notice,
  });
}

type NewMessage = Omit<MessageRow, 'seq' | 'createdAt' | 'editedAt' | 'revisions' | 'deletedAt' | 'reactions'>;

/** A message as it is when nobody has seen it; its place is still to come. */
export const fresh = (message: NewMessage, now: number): Omit<MessageRow, 'seq'> => ({
  forwarded: null,
  ...message,
  reactions: {},
  createdAt: now,
  editedAt: null,
  revisions: 0,
  deletedAt: null,
});

/** Puts a new message at the end of its thread and into its head. */
export async function append(
  tx: MutatorTx<Tables>,
  threadId: string,
  messageId: string,
  message: NewMessage,
): Promise<void> {
  const scope = threadScope(threadId);
  const { thread } = await accessThread(tx, threadId);
  const seq = tx.nextSeq(scope);
  tx.put('message', scope, messageId, { ...fresh(message, tx.now), seq });
  tx.put('thread', scope, threadId, {
    ...thread,
    lastSeq: seq ?? thread.lastSeq,
    lastMessage: lastMessageOf(messageId, { ...message, createdAt: tx.now }),
  });
  if (message.kind !== 'system') tx.enqueue('message.sent', { threadId, messageId });
}

/** How a message stands in the head of its thread, where it is the newest. */
export const lastMessageOf = (
  id: string,
  { authorId, kind, text, notice, createdAt }: Pick<MessageRow, 'authorId' | 'kind' | 'text' | 'notice' | 'createdAt'>,
): NonNullable<ThreadRow['lastMessage']> => ({
  id,
  authorId,
  kind,
  snippet: snippetOf(text),
  at: createdAt,
  ...(notice && { notice: shortNotice(notice) }),
});

/** A message somebody may act on. @throws Refusal `not_found`, also for deleted and system messages. */
export const accessMessage = (tx: MutatorTx<Tables>, threadId: string, messageId: string): Promise<MessageRow> =>
  accessIn(tx, sharedPlace(threadId), messageId);

/** The row is whole: what is made of it can be put back. */
async function accessIn(tx: MutatorTx<Tables>, place: MessagePlace, messageId: string): Promise<MessageRow | NoteRow> {
  await place.access(tx);
  const message = await tx.get(place.messages, place.scope, messageId);
  if (!message || message.deletedAt !== null || message.kind === 'system') {
    throw new Refusal('not_found', 'This message is no longer there.');
  }
  return message;
}

/** Replies hang on the first message of their thread of replies, never on another reply. */
async function rootOf(tx: MutatorTx<Tables>, scope: string, messageId: string): Promise<string> {
  const message = await tx.get('message', scope, messageId);
  if (!message || message.kind === 'system') throw new Refusal('reply_gone', 'The message you reply to is not there.');
  return message.replyTo ?? messageId;
}

/** Id of the n-th earlier text of a message, n from 1. */
export const revisionId = (messageId: string, n: number): string => `${messageId}.${n}`;
