/** The pinned messages of a thread, one row for all of them: few, shared, and counted under one lock. */
import type { MutatorTx } from '@parley/sync/mutator';
import { threadScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { snippetOf } from './text.ts';

export interface Pin {
  messageId: string;
  /** Who pinned it, and when (milliseconds since 1970). */
  by: string;
  at: number;
  authorId: string | null;
  sentAt: number;
  /** How its text begins, so that the list reads without the message. */
  snippet: string;
}

export interface PinsRow {
  /** The newest pin first. */
  pins: Pin[];
}

/** Carries a changed text over to the pin of its message; `null` takes the pin away. */
export async function followInPins(
  tx: MutatorTx<Tables>,
  { threadId, messageId, text }: { threadId: string; messageId: string; text: string | null },
): Promise<void> {
  const scope = threadScope(threadId);
  const { pins } = (await tx.get('pins', scope, threadId)) ?? { pins: [] };
  if (!pins.some((pin) => pin.messageId === messageId)) return;
  tx.put('pins', scope, threadId, {
    pins: pins.flatMap((pin) => {
      if (pin.messageId !== messageId) return [pin];
      return text === null ? [] : [{ ...pin, snippet: snippetOf(text) }];
    }),
  });
}
