import { expect, test } from 'vitest';
import { fromLocalField, schedulePresets, toLocalField } from './schedule-times.ts';

const local = (text: string): number => new Date(text).getTime();
const labels = (now: number) => schedulePresets(now).map(({ label, at }) => `${label} ${toLocalField(at)}`);

test('offers an hour, tomorrow and Monday at nine', () => {
  expect(labels(local('2026-11-25T22:30'))).toEqual([
    'In an hour 2026-11-25T23:30',
    'Tomorrow morning 2026-11-26T09:00',
    'Monday morning 2026-11-30T09:00',
  ]);
});

test('names Monday once when it is tomorrow, and the next one on a Monday', () => {
  expect(labels(local('2026-11-29T10:00')).at(-1)).toBe('Tomorrow morning 2026-11-30T09:00');
  expect(labels(local('2026-11-30T08:00')).at(-1)).toBe('Monday morning 2026-12-07T09:00');
});

test('is nine by the clock on the wall also behind a change of the clocks', () => {
  // Every weekend of a year, so that it is true in any zone in which this runs.
  for (let week = 0; week < 52; week += 1) {
    const saturday = new Date(2026, 0, 3 + week * 7, 12).getTime();
    const tomorrow = schedulePresets(saturday)[1]?.at ?? 0;
    expect(new Date(tomorrow).getHours()).toBe(9);
    expect(new Date(tomorrow).getDay()).toBe(0);
  }
});

test('reads a field as it writes it, and nothing from an empty one', () => {
  const at = local('2026-03-01T07:05');
  expect(fromLocalField(toLocalField(at))).toBe(at);
  expect([fromLocalField(''), fromLocalField('soon')]).toEqual([null, null]);
});
