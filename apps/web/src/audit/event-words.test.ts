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
  ['The server’s operator signed Bob out', event('signed_out', { actor: null, subject: bob, details: { devices: 2 } })],
  ['The server’s operator signed everybody out', event('signed_out', { actor: null, details: { everybody: true } })],
  [
    'Alice accepted the invitation of Globex to become partners, which an owner or admin has to approve',
    event('partner_accepted', { details: { partner: 'Globex', waits: true } }),
  ],
  [
    'cleo@globex.example accepted the invitation to become partners, which an owner or admin of theirs has to approve',
    event('partner_accepted', { actor: null, details: { byPartner: true, email: 'cleo@globex.example', waits: true } }),
  ],
  [
    'Alice changed whom Globex may start threads with: added Bob; removed Dan, Eve',
    event('partner_contacts_changed', { details: { partner: 'Globex', added: 'Bob', removed: 'Dan, Eve' } }),
  ],
  [
    'Globex ended the partnership and took its threads away',
    event('partner_ended', { actor: null, details: { byPartner: true, partner: 'Globex', threads: 'removed' } }),
  ],
  ['Alice put the organisation on hold: A lawsuit', event('hold_placed', { details: { reason: 'A lawsuit' } })],
  ['Alice: of another age', event('of_another_age')],
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
