/** What everybody may change about a thread, each change said in the thread itself: its subject, whether it is resolved. */
import type { Mutator } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { systemMessage } from './messages.ts';
import { threadScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { lineOfText, SUBJECT_LENGTH } from './text.ts';
import { accessToWrite } from './threads.ts';

const renameThreadArgs = z.object({
  threadId: z.uuid(),
  /** Of what the software says about it; without one it says nothing. */
  messageId: z.optional(z.uuid()),
  subject: lineOfText(SUBJECT_LENGTH),
});

/** Gives a thread another subject. Refused: `not_found`, `read_only`. */
export const renameThread: Mutator<Tables, z.infer<typeof renameThreadArgs>> = {
  name: 'renameThread',
  version: 1,
  args: renameThreadArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  async run(tx, { threadId, messageId, subject }) {
    const { thread } = await accessToWrite(tx, threadId);
    if (thread.subject === subject) return;
    tx.put('thread', threadScope(threadId), threadId, { ...thread, subject });
    if (messageId !== undefined)
      await systemMessage(tx, threadId, messageId, { type: 'renamed', by: tx.personId, subject });
  },
};

const resolveThreadArgs = z.object({ threadId: z.uuid(), messageId: z.uuid(), resolved: z.boolean() });

/** Says that a thread has come to its end, or that it has not; doing it twice changes nothing. Refused: `not_found`, `read_only`. */
export const resolveThread: Mutator<Tables, z.infer<typeof resolveThreadArgs>> = {
  name: 'resolveThread',
  version: 1,
  args: resolveThreadArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  async run(tx, { threadId, messageId, resolved }) {
    const { thread } = await accessToWrite(tx, threadId);
    if (Boolean(thread.resolved) === resolved) return;
    tx.put('thread', threadScope(threadId), threadId, {
      ...thread,
      resolved: resolved ? { by: tx.personId, at: tx.now } : null,
    });
    const type = resolved ? 'resolved' : 'reopened';
    await systemMessage(tx, threadId, messageId, { type, by: tx.personId });
  },
};
