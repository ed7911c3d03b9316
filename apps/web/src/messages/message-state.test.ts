import type { Pending } from '@parley/sync/client';
import { expect, test } from 'vitest';
import { failureWords, messageState } from './message-state.ts';

const item = (name: string, state: Pending['state'], message: string | null = null): Pending => ({
  id: `${name}.${state}`,
  name,
  args: {},
  at: 1,
  state,
  lane: 'thread:1',
  heldUntil: null,
  waitsFor: null,
  code: null,
  message,
});

test('waits for what a person wrote, not for a reaction, and not once the server has it', () => {
  expect(messageState({ pending: [] })).toEqual({ waiting: false, waitsFor: null, failed: null, held: null });
  expect(messageState({ pending: [item('sendMessage', 'sending')] }).waiting).toBe(true);
  expect(messageState({ pending: [item('sendMessage', 'applied')] }).waiting).toBe(false);
  expect(messageState({ pending: [item('react', 'waiting')] }).waiting).toBe(false);
});

test('says what it waits for', () => {
  const pending = [item('react', 'waiting'), { ...item('editMessage', 'waiting'), waitsFor: 'sendMessage.failed' }];
  expect(messageState({ pending })).toMatchObject({ waiting: true, waitsFor: 'sendMessage.failed' });
});

test('says what failed and why', () => {
  const failed = item('sendMessage', 'failed', 'You no longer take part in this thread.');
  expect(messageState({ pending: [item('editMessage', 'waiting'), failed] })).toEqual({
    waiting: true,
    waitsFor: null,
    failed,
    held: null,
  });
  expect(failureWords(failed)).toBe('Could not send: you no longer take part in this thread.');
  expect(failureWords(item('editMessage', 'failed'))).toBe('Could not save the edit.');
});

test('a message that can still be taken back is held, and waits for nothing', () => {
  const held = { ...item('sendMessage', 'waiting'), heldUntil: 1_000 };
  expect(messageState({ pending: [held] })).toEqual({ waiting: false, waitsFor: null, failed: null, held });
  const withdrawn = { ...held, state: 'failed' as const, heldUntil: null, code: 'withdrawn' };
  expect(messageState({ pending: [withdrawn] }).held).toBeNull();
  expect(failureWords(withdrawn)).toBe('Taken back, not sent.');
});
