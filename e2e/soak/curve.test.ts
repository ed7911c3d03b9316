import { expect, test } from 'vitest';
import { curveOf, grows } from './curve.ts';

const every30Seconds = (values: number[]) => values.map((bytes, index) => ({ at: index * 30_000, bytes }));

test('a measure that goes up and down is flat', () => {
  const curve = curveOf(every30Seconds([100, 110, 90, 100, 110, 90, 100, 110, 90]));
  expect(curve).toMatchObject({ start: 100, middle: 110, end: 90, growth: 1 });
  expect(grows(curve)).toBe(false);
});

test('a measure that gains a little each time grows, by so much in an hour', () => {
  const curve = curveOf(every30Seconds([100, 105, 110, 115, 120, 125]));
  expect(curve.anHour).toBe(600);
  expect(grows(curve)).toBe(true);
});
