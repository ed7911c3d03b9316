import { expect, test } from 'vitest';
import { addressOf } from './address.ts';

test.each([
  ['203.0.113.9', undefined, '203.0.113.9'],
  ['::ffff:203.0.113.9', undefined, '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
  ['2001:db8::5', undefined, '2001:db8:0:0::/64'],
  ['::1', undefined, '0:0:0:0::/64'],
  // A proxy on this machine is believed, and only the last address, which it noted itself.
  ['127.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['::1', '2001:db8:1:2::7', '2001:db8:1:2::/64'],
  ['::ffff:127.0.0.1', '203.0.113.9', '203.0.113.9'],
  // Anybody else is not.
  ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['127.0.0.1', 'nonsense', '127.0.0.1'],
  [undefined, undefined, 'unknown'],
])('from %s, forwarded for %s: %s', (peer, forwarded, address) => {
  expect(addressOf(peer, forwarded === undefined ? {} : { 'x-forwarded-for': forwarded })).toBe(address);
});
