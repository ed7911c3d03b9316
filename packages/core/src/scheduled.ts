/** Messages that are to go out later: rows of their author's own scope, sent by the server when they are due. */
import { Refusal, type Mutator, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { endDraft, sentDraft } from './drafts.ts';
import { sendMessage } from './messages.ts';
import { threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { MESSAGE_LENGTH, typedText } from './text.ts';
import { accessThread, accessToWrite } from './threads.ts';

/** Its id is that of the message it becomes. */
export interface ScheduledRow {
  threadId: string;
  replyTo: string | null;
  /** As it will be stored. */
  text: string;
  /** A moment, in milliseconds since 1970: neither a clock that is put forward nor another time zone moves it. */
  dueAt: number;
  createdAt: number;
  /** Why it could not be sent; the text waits for its author. */
  failure: { code: string; message: string; at: number } | null;
}

/** Milliseconds since 1970: before the year 2100. */
const dueAt = z.int().check(z.gte(0), z.lt(Date.UTC(2100, 0, 1)));
const one = { threadId: z.uuid(), messageId: z.uuid() };

const scheduleMessageArgs = z.object({
  ...one,
  text: typedText(MESSAGE_LENGTH),
  replyTo: z.nullable(z.uuid()),
  dueAt,
  /** The draft it was, which ends with it. */
  draft: z.optional(sentDraft),
});

/** Has a message sent later; a moment that has passed is now. Refused: `not_found`, `read_only`, `id_taken`. */
export const scheduleMessage: Mutator<Tables, z.infer<typeof scheduleMessageArgs>> = {
  name: 'scheduleMessage',
  version: 1,
  args: scheduleMessageArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { threadId, messageId, draft, ...message }) {
    await accessToWrite(tx, threadId);
    const scope = userScope(tx.personId);
    if (await tx.get('scheduled', scope, messageId)) throw new Refusal('id_taken', 'This is scheduled already.');
    tx.put('scheduled', scope, messageId, { threadId, ...message, createdAt: tx.now, failure: null });
    if (draft !== undefined) await endDraft(tx, threadId, draft);
  },
};

const changeScheduledArgs = z.object({ ...one, text: typedText(MESSAGE_LENGTH), dueAt });

/** Gives a scheduled message another text or time; one that failed is tried again. Refused: `not_found`. */
export const changeScheduled: Mutator<Tables, z.infer<typeof changeScheduledArgs>> = {
  name: 'changeScheduled',
  version: 1,
  args: changeScheduledArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { threadId, messageId, text, dueAt: due }) {
    await accessThread(tx, threadId);
    const row = await mustBeScheduled(tx, threadId, messageId);
    tx.put('scheduled', userScope(tx.personId), messageId, { ...row, text, dueAt: due, failure: null });
  },
};

const scheduledArgs = z.object(one);

/** Sends a scheduled message now; the server does the same when it is due. Refused: `not_found`, `reply_gone`. */
export const sendScheduled: Mutator<Tables, z.infer<typeof scheduledArgs>> = {
  name: 'sendScheduled',
  version: 1,
  args: scheduledArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }, personId) => ({ write: [threadScope(threadId), userScope(personId)] }),
  async run(tx, { threadId, messageId }) {
    const { text, replyTo } = await mustBeScheduled(tx, threadId, messageId);
    await sendMessage.run(tx, { threadId, messageId, text, replyTo });
    tx.remove('scheduled', userScope(tx.personId), messageId);
  },
};

/** Takes a scheduled message back, also in a thread one no longer takes part in. Refused: `not_found`. */
export const cancelScheduled: Mutator<Tables, z.infer<typeof scheduledArgs>> = {
  name: 'cancelScheduled',
  version: 1,
  args: scheduledArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { threadId, messageId }) {
    await mustBeScheduled(tx, threadId, messageId);
    tx.remove('scheduled', userScope(tx.personId), messageId);
  },
};

/** @throws Refusal `not_found` */
async function mustBeScheduled(tx: MutatorTx<Tables>, threadId: string, messageId: string): Promise<ScheduledRow> {
  const row = await tx.get('scheduled', userScope(tx.personId), messageId);
  if (row?.threadId !== threadId) throw new Refusal('not_found', 'This message was sent already, or taken back.');
  return row;
}
