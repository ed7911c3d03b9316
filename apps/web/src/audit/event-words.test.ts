import { AUDIT_KINDS } from '@parley/core/audit';
import { expect, test } from 'vitest';
import { logAsCsv, logAsJson } from './audit-file.ts';
import { eventWords, type LoggedEvent } from './event-words.ts';

const event = (kind: string, more: Partial<LoggedEvent> = {}): LoggedEvent => ({
  id: 1,
  at: Date.UTC(2026, 4, 1, 9, 30),
  kind,
  actor: { id: 'a', name: 'Alice' },
  subject: null,
  details: {},
  device: 'Firefox on Linux',
  place: '198.51.100.7',
  ...more,
});
const bob = { id: 'b', name: 'Bob' };

test.each<[string, LoggedEvent]>([
  ['Alice signed in', event('signed_in')],
  ['A wrong code was given as the second step of Alice', event('second_step_failed')],
  ['Alice signed out one of their devices', event('device_signed_out')],
  ['Alice signed out 3 of their devices', event('device_signed_out', { details: { devices: 3 } })],
  ['Alice invited z@x.example as Guest', event('invited', { details: { email: 'z@x.example', role: 'guest' } })],
  [
    'The server’s operator invited z@x.example as Owner',
    event('invited', { actor: null, details: { email: 'z@x.example', role: 'owner' } }),
  ],
  [
    'Alice changed the role of Bob from Member to Admin',
    event('role_changed', { subject: bob, details: { before: 'member', role: 'admin' } }),
  ],
  ['Alice merged Bob into Robert', event('merged', { subject: bob, details: { into: 'Robert' } })],
  [
    'Alice changed the organisation’s name to Acme, how long messages are kept: for ever, read receipts to off',
    event('settings_changed', { details: { name: 'Acme', retentionDays: null, receipts: false } }),
  ],
  ['Somebody deactivated Bob', event('deactivated', { actor: { id: 'x', name: null }, subject: bob })],
  ['Alice: partner ended', event('partner_ended')],
])('%s', (words, told) => {
  expect(eventWords(told)).toBe(words);
});

test('every kind has a sentence of its own', () => {
  for (const kind of AUDIT_KINDS) expect(eventWords(event(kind))).not.toBe(`Alice: ${kind.replaceAll('_', ' ')}`);
});

test('in a file, what people chose can be no formula and break no line', () => {
  const told = event('invited', {
    actor: { id: 'a', name: '=HYPERLINK("x")' },
    details: { email: 'a,b', role: 'member' },
    place: null,
  });
  expect(logAsCsv([told]).split('\r\n')).toEqual([
    'time,kind,words,person id,person,concerned id,concerned,device,place,details',
    `2026-05-01T09:30:00.000Z,invited,"'=HYPERLINK(""x"") invited a,b as Member",a,"'=HYPERLINK(""x"")",,,Firefox on Linux,,"{""email"":""a,b"",""role"":""member""}"`,
    '',
  ]);
  expect(JSON.parse(logAsJson([told]))).toMatchObject([{ at: '2026-05-01T09:30:00.000Z', kind: 'invited' }]);
});
