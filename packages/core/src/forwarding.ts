/** Forwarding: a copy of a message in another thread, which says whose words it holds and where they were written. */
import type { Mutator } from '@parley/sync/mutator';
import { Refusal } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { accessMessage, append } from './messages.ts';
import { threadPeopleScope, threadScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { type accessThread, accessToWrite } from './threads.ts';

/**
 * Where a forwarded text comes from. A copy of a copy names the first one. Who reads an external thread learns of another
 * thread only that it is not the words of the one who forwarded them.
 */
export interface Origin {
  threadId: string | null;
  messageId: string | null;
  authorId: string | null;
  /** The author's name when it was forwarded, for readers who do not know them. */
  authorName: string;
  /** When the original was sent; milliseconds since 1970. */
  sentAt: number;
}

const forwardMessageArgs = z.object({
  threadId: z.uuid(),
  messageId: z.uuid(),
  fromThreadId: z.uuid(),
  fromMessageId: z.uuid(),
});

/**
 * Puts a copy of a message into `threadId`. The people it mentions are not told again. Refused: `not_found` where either
 * thread or the message is not the actor's to see, `id_taken`.
 */
export const forwardMessage: Mutator<Tables, z.infer<typeof forwardMessageArgs>> = {
  name: 'forwardMessage',
  version: 1,
  args: forwardMessageArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId, fromThreadId }) => ({
    write: [threadScope(threadId)],
    lock: [threadScope(fromThreadId), threadPeopleScope(fromThreadId)],
  }),
  async run(tx, { threadId, messageId, fromThreadId, fromMessageId }) {
    const [{ thread, participation }, source, taken] = await Promise.all([
      accessToWrite(tx, threadId),
      accessMessage(tx, fromThreadId, fromMessageId),
      tx.get('message', threadScope(threadId), messageId),
    ]);
    if (taken) throw new Refusal('id_taken', 'This message was sent already.');
    await append(tx, threadId, messageId, {
      kind: thread.kind,
      authorId: tx.personId,
      authorOrg: participation.actingOrg,
      ownerOrg: participation.actingOrg,
      text: source.text,
      replyTo: null,
      mentions: [],
      notice: null,
      forwarded:
        thread.kind === 'external' && fromThreadId !== threadId
          ? { threadId: null, messageId: null, authorId: null, authorName: '', sentAt: source.createdAt }
          : (source.forwarded ?? {
              threadId: fromThreadId,
              messageId: fromMessageId,
              authorId: source.authorId,
              authorName: await nameIn(tx, fromThreadId, source.authorId),
              sentAt: source.createdAt,
            }),
    });
  },
};

async function nameIn(
  tx: Parameters<typeof accessThread>[0],
  threadId: string,
  personId: string | null,
): Promise<string> {
  if (personId === null) return '';
  return (await tx.get('participant', threadPeopleScope(threadId), personId))?.name ?? '';
}
