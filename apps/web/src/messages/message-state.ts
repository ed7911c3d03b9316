/** What is still under way with a message, told from the mutations that touch it. */
import type { Pending, ViewRow } from '@parley/sync/client';

export interface MessageState {
  /** Something has not reached the server yet. */
  waiting: boolean;
  /** What that waits for, if it is not in line. */
  waitsFor: Pending['waitsFor'];
  /** The refused mutation that is to be dealt with first. */
  failed: Pending | null;
  /** The message itself, while its author can take it back. */
  held: Pending | null;
}

/** Read positions and reactions go out quietly: only what a person wrote is worth a line under it. */
const spoken: ReadonlySet<string> = new Set([
  ...['sendMessage', 'editMessage', 'deleteMessage'],
  ...['sendNote', 'editNote', 'deleteNote'],
]);

export function messageState({ pending }: Pick<ViewRow<unknown>, 'pending'>): MessageState {
  const failed = pending.find(({ state }) => state === 'failed') ?? null;
  const held = pending.find(({ heldUntil, state }) => heldUntil !== null && state === 'waiting') ?? null;
  const waiting = pending.filter(
    ({ name, state }) => held === null && spoken.has(name) && state !== 'failed' && state !== 'applied',
  );
  const waitsFor = waiting.find((item) => item.waitsFor !== null)?.waitsFor ?? null;
  return { waiting: waiting.length > 0, waitsFor, failed, held };
}

const failures: Record<string, string> = {
  sendMessage: 'Could not send',
  editMessage: 'Could not save the edit',
  deleteMessage: 'Could not delete',
  react: 'Could not react',
  sendNote: 'Could not send',
  editNote: 'Could not save the edit',
  deleteNote: 'Could not delete',
  reactToNote: 'Could not react',
};

/** `Could not send: you no longer take part in this thread.` */
export function failureWords({ name, code, message }: Pick<Pending, 'name' | 'code' | 'message'>): string {
  if (code === 'withdrawn') return 'Taken back, not sent.';
  const what = failures[name] ?? 'Could not be done';
  return message === null || message === ''
    ? `${what}.`
    : `${what}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
