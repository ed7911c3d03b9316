import type { ConnectionState, EngineStatus, Pending } from '@parley/sync/client';
import { expect, test } from 'vitest';
import { waitsForWords } from './item-words.ts';
import { connectionWords, eventWords, supportText, waitingWords } from './activity-words.ts';

const item: Pending = {
  id: '0198',
  lane: 'thread:1',
  name: 'sendMessage',
  args: { text: 'the secret word' },
  at: 0,
  state: 'waiting',
  heldUntil: null,
  waitsFor: null,
  code: null,
  message: null,
};
const live: ConnectionState = { state: 'live', since: 1 };

test('says why an item waits', () => {
  expect(waitingWords(item, 0, live)).toBe('Next in line');
  expect(waitingWords(item, 2, live)).toBe('Behind 2 earlier ones');
  expect(waitingWords({ ...item, heldUntil: 5 }, 0, live)).toBe('Held back for a moment, so that you can undo it');
  expect(waitingWords(item, 0, { state: 'offline' })).toBe('Waits for a connection');
  expect(waitingWords(item, 0, { state: 'unauthorised', wrongAccount: true })).toBe('Waits until you sign in again');
  expect(waitingWords(item, 0, { state: 'outdated' })).toBe('Waits for the page to be reloaded');
  expect(waitingWords({ ...item, state: 'sending' }, 0, live)).toBe('On its way');
  expect(waitingWords({ ...item, state: 'applied' }, 0, live)).toBe('Sent, and on its way back');
});

test('says what an item waits for', () => {
  expect(waitsForWords(item)).toBe('Waits for an earlier message');
  expect(waitsForWords({ ...item, state: 'failed' })).toBe('Waits for an earlier message, which could not be sent');
  expect(waitsForWords({ ...item, state: 'failed', code: 'withdrawn' })).toContain('which you took back');
  const thread: Pending = { ...item, name: 'createThread', state: 'failed' };
  expect(waitsForWords(thread)).toBe('Waits for its thread, which could not be started');
});

test('says what the connection does', () => {
  expect(connectionWords(live)).toBe('Connected');
  expect(connectionWords({ state: 'resting' })).toContain('when you do something');
  const reconnecting = { state: 'reconnecting', attempt: 3, nextTryAt: 5_000, intercepted: false } as const;
  expect(connectionWords(reconnecting)).toBe('The server does not answer; tried 3 times');
  expect(connectionWords({ ...reconnecting, intercepted: true })).toBe('This network wants you to sign in to it first');
  expect(connectionWords({ state: 'unauthorised', wrongAccount: true })).toContain('Somebody else');
});

test('says what the engine did', () => {
  expect(eventWords({ what: 'pulled', detail: '', count: 1 })).toBe('Took in 1 row');
  expect(eventWords({ what: 'sent', detail: '', count: 2 })).toBe('Sent 2 changes');
  expect(eventWords({ what: 'refused', detail: 'sendMessage', count: 1 })).toBe('Refused: Message');
  expect(eventWords({ what: 'connection', detail: 'offline', count: 0 })).toBe('No network');
});

test('gives a text for a request that holds no word a person wrote', () => {
  const status: EngineStatus = {
    connection: live,
    syncedAt: 1,
    waiting: 1,
    failed: 0,
    ready: true,
    storage: 'disk',
    leads: true,
  };
  const events = [{ at: 0, what: 'sent', detail: '', count: 1 }] as const;
  const text = supportText({ status, items: [item], events, now: 0 });
  expect(text).toContain('sendMessage  waiting');
  expect(text).toContain('sent');
  expect(text).not.toContain('secret');
});
