/** Saved messages: a person's own list of references. It holds no words of others, so nothing outlives the right to read. */
import { Refusal, type Mutator } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { accessMessage } from './messages.ts';
import { threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';

export interface SavedRow {
  threadId: string;
  /** The message's place in its thread, by which it is fetched; `null` until the server has said. */
  place: number | null;
  /** Milliseconds since 1970. */
  savedAt: number;
}

const saveMessageArgs = z.object({ threadId: z.uuid(), messageId: z.uuid() });

/** Puts a message on the actor's list; doing it twice changes nothing. Refused: `not_found`. */
export const saveMessage: Mutator<Tables, z.infer<typeof saveMessageArgs>> = {
  name: 'saveMessage',
  version: 1,
  args: saveMessageArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }, personId) => ({ write: [userScope(personId)], lock: [threadScope(threadId)] }),
  async run(tx, { threadId, messageId }) {
    const scope = userScope(tx.personId);
    const message = await accessMessage(tx, threadId, messageId);
    if (await tx.get('saved', scope, messageId)) return;
    tx.put('saved', scope, messageId, { threadId, place: message.seq, savedAt: tx.now });
  },
};

const forgetSavedArgs = z.object({ threadId: z.uuid(), messageId: z.uuid() });

/** Takes a message off the actor's list, also one they may no longer read. Refused: `not_found`. */
export const forgetSaved: Mutator<Tables, z.infer<typeof forgetSavedArgs>> = {
  name: 'forgetSaved',
  version: 1,
  args: forgetSavedArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { messageId }) {
    const scope = userScope(tx.personId);
    if (!(await tx.get('saved', scope, messageId))) throw new Refusal('not_found', 'This is not on your list.');
    tx.remove('saved', scope, messageId);
  },
};
