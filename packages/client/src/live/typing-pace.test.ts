import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTypingPace } from './typing-pace.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('typing is said at the first key, again after five seconds at most, and ends after five seconds of silence', () => {
  const said: unknown[] = [];
  const pace = createTypingPace((count) => said.push(count));
  pace.key();
  expect(said).toEqual([1]);
  for (let tenths = 0; tenths < 120; tenths += 1) {
    vi.advanceTimersByTime(100);
    pace.key();
  }
  expect(said).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(4_999);
  expect(said).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(1);
  expect(said).toEqual([1, 2, 3, undefined]);
});

test('it ends at once with what was sent, and is said anew with the next key', () => {
  const said: unknown[] = [];
  const pace = createTypingPace((count) => said.push(count));
  pace.rest();
  pace.key();
  pace.rest();
  pace.rest();
  pace.key();
  expect(said).toEqual([1, undefined, 2]);
});
