/** Pinning: everybody in a thread sees what matters in it, and anybody in it decides what that is. */
import { Refusal, type Mutator } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { accessMessage } from './messages.ts';
import { threadScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { snippetOf } from './text.ts';
import { accessToWrite } from './threads.ts';

/** Messages one thread may pin. */
export const PINS = 100;

const pinMessageArgs = z.object({ threadId: z.uuid(), messageId: z.uuid(), on: z.boolean() });

/** Pins a message or takes its pin away; doing it twice changes nothing. Refused: `not_found`, `read_only`, `too_many`. */
export const pinMessage: Mutator<Tables, z.infer<typeof pinMessageArgs>> = {
  name: 'pinMessage',
  version: 1,
  args: pinMessageArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
  async run(tx, { threadId, messageId, on }) {
    const scope = threadScope(threadId);
    await accessToWrite(tx, threadId);
    const { pins } = (await tx.get('pins', scope, threadId)) ?? { pins: [] };
    if (pins.some((pin) => pin.messageId === messageId) === on) return;
    if (!on) {
      tx.put('pins', scope, threadId, { pins: pins.filter((pin) => pin.messageId !== messageId) });
      return;
    }
    const { authorId, createdAt, text } = await accessMessage(tx, threadId, messageId);
    if (pins.length >= PINS) throw new Refusal('too_many', `This thread has ${PINS} pins. Take one away first.`);
    const pin = { messageId, by: tx.personId, at: tx.now, authorId, sentAt: createdAt, snippet: snippetOf(text) };
    tx.put('pins', scope, threadId, { pins: [pin, ...pins] });
  },
};
