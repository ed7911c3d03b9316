import type { ConnectionState, EngineStatus } from '@parley/sync/client';
import { expect, test } from 'vitest';
import { statusWords } from './status-words.ts';

const words = (connection: ConnectionState, rest: Partial<EngineStatus> = {}) =>
  statusWords(
    { connection, syncedAt: 1, waiting: 0, failed: 0, ready: true, storage: 'disk', leads: true, ...rest },
    () => 'just now',
  ).text;
const live: ConnectionState = { state: 'live', since: 1 };
const offline: ConnectionState = { state: 'offline' };

test('says that all is saved, or what waits and why, the worst first', () => {
  expect(words(live)).toBe('Everything is saved · synced just now');
  expect(words({ state: 'connecting' }, { syncedAt: null })).toBe('Connecting');
  expect(words(live, { waiting: 1 })).toBe('Sending 1 change');
  expect(words(offline)).toBe('Offline, all saved here · synced just now');
  expect(words(offline, { waiting: 3 })).toBe('3 changes waiting: offline');
  const reconnecting = { state: 'reconnecting', attempt: 2, nextTryAt: 5, intercepted: false } as const;
  expect(words(reconnecting, { waiting: 3 })).toBe('3 changes waiting: offline');
  expect(words({ ...reconnecting, intercepted: true })).toBe('All saved here: sign in to this network');
  expect(words({ ...reconnecting, intercepted: true }, { waiting: 3 })).toBe(
    '3 changes kept here: sign in to this network',
  );
  expect(words({ state: 'resting' }, { waiting: 3 })).toBe('3 changes waiting: offline');
  expect(words(live, { waiting: 3, failed: 1 })).toBe('1 could not be sent: look');
  expect(words(live, { storage: 'memory' })).toBe('Nothing can be read offline just now');
  expect(words(offline, { storage: 'full', waiting: 1 })).toBe('No space left on this device');
  expect(words(live, { storage: 'unwritable' })).toBe('This browser keeps nothing you write');
  expect(words({ state: 'unauthorised', wrongAccount: false }, { waiting: 2 })).toBe(
    'Signed out · 2 changes kept here',
  );
  expect(words({ state: 'outdated' })).toBe('A newer version is needed: reload');
});
