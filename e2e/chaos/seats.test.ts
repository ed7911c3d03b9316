import { expect, test } from 'vitest';
import { judgeSeats } from './seats.ts';

const seat = (personId: string, ...sees: string[]) => ({ room: 'thread:1', personId, sees });

test('holds where everybody sees everybody else, a person with two devices once', () => {
  expect(
    judgeSeats([seat('a', 'b'), seat('a', 'b'), seat('b', 'a'), { room: 'thread:2', personId: 'c', sees: [] }]),
  ).toEqual([]);
});

test('names who is missing, and who should be gone', () => {
  expect(judgeSeats([seat('a'), seat('b', 'a', 'c')])).toEqual([
    'a does not see b in thread:1.',
    'b sees c in thread:1, who has left.',
  ]);
});
