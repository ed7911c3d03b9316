import { expect, test } from 'vitest';
import { formatDay, formatRelative, formatShort } from './time-format.ts';

const at = (text: string) => new Date(text).getTime();
const now = at('2026-11-22T14:32:00');

test.each([
  ['2026-11-22T09:05:00', '09:05'],
  ['2026-11-21T23:59:00', 'Sat'],
  ['2026-11-16T00:01:00', 'Mon'],
  ['2026-11-15T23:59:00', '15 Nov'],
  ['2017-11-03T10:00:00', '3 Nov 2017'],
  ['2026-11-24T10:00:00', '24 Nov'],
])('%s is shown short as %s', (text, shown) => {
  expect(formatShort(at(text), now, 'en-GB')).toBe(shown);
});

test.each([
  ['2026-11-22T00:00:00', 'Today'],
  ['2026-11-21T00:00:00', 'Yesterday'],
  ['2026-11-03T00:00:00', 'Tuesday 3 November'],
  ['2017-12-05T00:00:00', 'Tuesday 5 December 2017'],
])('%s heads its day as %s', (text, shown) => {
  expect(formatDay(at(text), now, 'en-GB').replace(',', '')).toBe(shown);
});

test.each([
  [-20_000, 'now'],
  [-50_000, '1 minute ago'],
  [-5 * 60_000, '5 minutes ago'],
  [-26 * 3_600_000, 'yesterday'],
  [14 * 86_400_000, 'in 2 weeks'],
  [-800 * 86_400_000, '2 years ago'],
])('%d ms away reads %s', (distance, shown) => {
  expect(formatRelative(now + distance, now, 'en-GB')).toBe(shown);
});
