import { expect, test } from 'vitest';
import { checksum } from './checksum.ts';

const rows = Array.from({ length: 200 }, (_, n): [string, string, number] => ['message', `id-${n}`, n]);

test('[AUD1] the sum is of the rows, whatever their order, and another one where anything differs', () => {
  const whole = checksum(rows);
  expect(whole).toEqual({ count: 200, sum: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown });
  expect(checksum(rows.toReversed())).toEqual(whole);
  const sums = new Set([whole.sum]);
  for (let n = 0; n < rows.length; n += 1) {
    sums.add(checksum(rows.toSpliced(n, 1)).sum);
    sums.add(checksum(rows.with(n, ['message', `id-${n}`, n + 1])).sum);
    sums.add(checksum(rows.with(n, ['revision', `id-${n}`, n])).sum);
  }
  expect(sums.size).toBe(1 + 3 * rows.length);
  expect(checksum([])).toEqual({ count: 0, sum: '0'.repeat(32) });
});
