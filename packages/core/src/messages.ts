/** Messages: sending, editing with history, deleting, reacting. The rules here run on both sides. */
import { Refusal, type Mutator, type MutatorTx, type PagedRow } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { shortNotice, type SystemNotice } from './notices.ts';
import { endDraft, sentDraft } from './drafts.ts';
import type { Origin } from './forwarding.ts';
import { accessOrg, mayDeleteForOthers } from './organisations.ts';
import { followInPins } from './pinned.ts';
import { threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { mentionsIn, MESSAGE_LENGTH, snippetOf, typedText } from './text.ts';
import { accessThread, type MessageKind, type ThreadRow } from './threads.ts';

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

/** Sends a message, or a reply when `replyTo` names one. Refused: `not_found`, `id_taken`, `reply_gone`. */
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
      accessThread(tx, threadId),
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

const editMessageArgs = z.object({ threadId: z.uuid(), messageId: z.uuid(), text: typedText(MESSAGE_LENGTH) });

/** Replaces the text of one's own message; the earlier one becomes a revision. Refused: `not_found`, `forbidden`. */
export const editMessage: Mutator<Tables, z.infer<typeof editMessageArgs>> = {
  name: 'editMessage',
  version: 1,
  args: editMessageArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  async run(tx, { threadId, messageId, text }) {
    const message = await accessMessage(tx, threadId, messageId);
    if (message.authorId !== tx.personId) throw new Refusal('forbidden', 'Only its author can edit a message.');
    if (message.forwarded) throw new Refusal('forbidden', 'A forwarded message holds the words of somebody else.');
    if (message.text === text) return;
    const revisions = message.revisions + 1;
    tx.put('revision', threadScope(threadId), revisionId(messageId, revisions), {
      seq: message.seq,
      messageId,
      text: message.text,
      writtenAt: message.editedAt ?? message.createdAt,
    });
    await change(tx, threadId, messageId, {
      ...message,
      text,
      mentions: mentionsIn(text),
      editedAt: tx.now,
      revisions,
    });
    await followInPins(tx, { threadId, messageId, text });
  },
};

const deleteMessageArgs = z.object({ threadId: z.uuid(), messageId: z.uuid() });

/**
 * Empties a message and its history; its place stays. By its author, or by an owner or admin of the organisation that
 * owns it. Refused: `not_found`, `forbidden`.
 */
export const deleteMessage: Mutator<Tables, z.infer<typeof deleteMessageArgs>> = {
  name: 'deleteMessage',
  version: 1,
  args: deleteMessageArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  async run(tx, { threadId, messageId }) {
    const message = await accessMessage(tx, threadId, messageId);
    if (message.authorId !== tx.personId) {
      const { role } = await accessOrg(tx, message.ownerOrg).catch(() => ({ role: 'guest' as const }));
      if (!mayDeleteForOthers(role)) throw new Refusal('forbidden', 'Only its author can delete a message.');
    }
    for (let n = 1; n <= message.revisions; n += 1) {
      tx.remove('revision', threadScope(threadId), revisionId(messageId, n));
    }
    await change(tx, threadId, messageId, {
      ...message,
      text: '',
      mentions: [],
      reactions: {},
      forwarded: null,
      deletedAt: tx.now,
    });
    await followInPins(tx, { threadId, messageId, text: null });
  },
};

const reactArgs = z.object({
  threadId: z.uuid(),
  messageId: z.uuid(),
  emoji: z.string().check(z.minLength(1), z.maxLength(32), z.regex(/\p{Emoji}|^:[\w+-]+:$/u)),
  on: z.boolean(),
});

/** Adds or takes back one's own reaction; doing it twice changes nothing. Refused: `not_found`, `too_many`. */
export const react: Mutator<Tables, z.infer<typeof reactArgs>> = {
  name: 'react',
  version: 1,
  args: reactArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  async run(tx, { threadId, messageId, emoji, on }) {
    const message = await accessMessage(tx, threadId, messageId);
    const { [emoji]: people = [], ...others } = message.reactions;
    if (people.includes(tx.personId) === on) return;
    const changed = on ? [...people, tx.personId] : people.filter((personId) => personId !== tx.personId);
    const reactions = changed.length > 0 ? { ...message.reactions, [emoji]: changed } : others;
    if (Object.keys(reactions).length > REACTION_KINDS)
      throw new Refusal('too_many', 'This message has enough reactions.');
    await change(tx, threadId, messageId, { ...message, reactions });
  },
};

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
  tx.put('message', scope, messageId, {
    forwarded: null,
    ...message,
    seq,
    reactions: {},
    createdAt: tx.now,
    editedAt: null,
    revisions: 0,
    deletedAt: null,
  });
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

/** Writes a changed message back, and its snippet into the head where it is the newest. */
async function change(tx: MutatorTx<Tables>, threadId: string, messageId: string, message: MessageRow): Promise<void> {
  const scope = threadScope(threadId);
  tx.put('message', scope, messageId, message);
  const { thread } = await accessThread(tx, threadId);
  const last = thread.lastMessage;
  const snippet = snippetOf(message.text);
  if (last?.id !== messageId || last.snippet === snippet) return;
  tx.put('thread', scope, threadId, { ...thread, lastMessage: { ...last, snippet } });
}

/** A message somebody may act on. @throws Refusal `not_found`, also for deleted and system messages. */
export async function accessMessage(tx: MutatorTx<Tables>, threadId: string, messageId: string): Promise<MessageRow> {
  await accessThread(tx, threadId);
  const message = await tx.get('message', threadScope(threadId), messageId);
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
