import type { ConnectionState } from '@parley/sync/client';
import { expect, test } from 'vitest';
import { storageNotice } from './storage-notice.ts';

const live: ConnectionState = { state: 'live', since: 1 };
const offline: ConnectionState = { state: 'offline' };
const well = { short: false, forgetful: false };

test('says nothing while everything is kept', () => {
  expect(storageNotice({ storage: 'disk', waiting: 3, connection: offline }, well)).toBeNull();
  const poor = { short: true, forgetful: true };
  expect(storageNotice({ storage: 'disk', waiting: 0, connection: offline }, poor)).toBeNull();
});

test('says what cannot be kept before what may be lost', () => {
  const poor = { short: true, forgetful: true };
  for (const storage of ['full', 'unwritable', 'memory'] as const) {
    expect(storageNotice({ storage, waiting: 1, connection: offline }, poor)).toBe(storage);
  }
  expect(storageNotice({ storage: 'disk', waiting: 1, connection: live }, poor)).toBe('short');
});

test('warns of a forgetful browser only while something unsent stays here', () => {
  const safari = { short: false, forgetful: true };
  expect(storageNotice({ storage: 'disk', waiting: 1, connection: live }, safari)).toBeNull();
  expect(storageNotice({ storage: 'disk', waiting: 1, connection: { state: 'connecting' } }, safari)).toBeNull();
  expect(storageNotice({ storage: 'disk', waiting: 1, connection: offline }, safari)).toBe('forgetful');
});
