/**
 * Who is there and who types. A room is named after a scope, and whoever may read the scope may be in it: that of an
 * organisation, of a thread, of an organisation's notes in a thread. Rules: docs/decisions/0022.
 */
import * as z from 'zod/mini';
import { parseScope } from './scopes.ts';
import type { ScopeId } from '@parley/sync/mutator';

/** What somebody says of themselves; who they are is not theirs to say. */
export const saidPresence = z.strictObject({
  status: z.enum(['active', 'away']),
  device: z.enum(['desktop', 'phone']),
  /** They want to be left alone, on whichever device. */
  doNotDisturb: z.optional(z.literal(true)),
  /** Present while they type; another number each time they say so again. */
  typing: z.optional(z.int().check(z.nonnegative())),
});
export type SaidPresence = z.infer<typeof saidPresence>;

/** What a room says of somebody in it. */
export interface SeenPresence extends SaidPresence {
  personId: string;
}

export const isRoom = (scope: ScopeId): boolean => ['org', 'thread', 'notes'].includes(parseScope(scope)?.kind ?? '');

/** Where the rooms are, on the server that serves the page. */
export const ROOMS_PATH = '/presence';

/** Milliseconds. */
export const PRESENCE = {
  /** Without input for so long somebody is away. */
  awayAfter: 5 * 60_000,
  /** Whoever goes on typing says so again after this time … */
  typingAgain: 5_000,
  /** … has stopped after this much silence … */
  typingSilence: 5_000,
  /** … and is not believed for longer than this since they last said it. */
  typingShown: 15_000,
} as const;
