import type { Pending } from '@parley/sync/client';
import { expect, test } from 'vitest';
import { failureWords, messageState } from './message-state.ts';

const item = (name: string, state: Pending['state'], message: string | null = null): Pending => ({
  id: `${name}.${state}`,
  name,
  args: {},
  at: 1,
  state,
  code: null,
  message,
});

test('waits for what a person wrote, not for a reaction, and not once the server has it', () => {
  expect(messageState({ pending: [] })).toEqual({ waiting: false, failed: null });
  expect(messageState({ pending: [item('sendMessage', 'sending')] }).waiting).toBe(true);
  expect(messageState({ pending: [item('sendMessage', 'applied')] }).waiting).toBe(false);
  expect(messageState({ pending: [item('react', 'waiting')] }).waiting).toBe(false);
});

test('says what failed and why', () => {
  const failed = item('sendMessage', 'failed', 'You no longer take part in this thread.');
  expect(messageState({ pending: [item('editMessage', 'waiting'), failed] })).toEqual({ waiting: true, failed });
  expect(failureWords(failed)).toBe('Could not send: you no longer take part in this thread.');
  expect(failureWords(item('editMessage', 'failed'))).toBe('Could not save the edit.');
});
