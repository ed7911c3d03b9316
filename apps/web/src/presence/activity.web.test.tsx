import { PRESENCE } from '@parley/core/presence';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { watchActivity, type Activity } from './activity.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watch(): Activity & { told: boolean[] } {
  const told: boolean[] = [];
  const activity = watchActivity(() => told.push(activity.isActive()));
  onTestFinished(() => activity.stop());
  return { ...activity, told };
}
const wait = (ms: number) => vi.advanceTimersByTime(ms);
const touch = (sign: string) => document.body.dispatchEvent(new Event(sign, { bubbles: true }));

test('whoever lays no hand on the tab for five minutes is away, and told so once', () => {
  const { told, isActive } = watch();
  wait(5 * 60_000 - 1);
  expect([isActive(), told]).toEqual([true, []]);
  wait(1);
  expect([isActive(), told]).toEqual([false, [false]]);
  wait(60 * 60_000);
  expect(told).toEqual([false]);
});

test.each(['pointerdown', 'pointermove', 'wheel', 'keydown', 'touchstart'])(
  '%s puts it off, and brings back at once',
  (sign) => {
    const { told } = watch();
    wait(PRESENCE.awayAfter - 1);
    touch(sign);
    wait(PRESENCE.awayAfter - 1);
    expect(told).toEqual([]);
    wait(1);
    expect(told).toEqual([false]);
    touch(sign);
    expect(told).toEqual([false, true]);
    touch(sign);
    wait(PRESENCE.awayAfter - 1);
    expect(told).toEqual([false, true]);
    wait(1);
    expect(told).toEqual([false, true, false]);
  },
);

test('a tab that comes into sight brings back, and one that goes out of it does not', () => {
  const { told } = watch();
  const sight = vi.spyOn(document, 'visibilityState', 'get');
  onTestFinished(() => sight.mockRestore());
  wait(PRESENCE.awayAfter);
  sight.mockReturnValue('hidden');
  document.dispatchEvent(new Event('visibilitychange'));
  expect(told).toEqual([false]);
  sight.mockReturnValue('visible');
  document.dispatchEvent(new Event('visibilitychange'));
  expect(told).toEqual([false, true]);
});

test('nothing is told once it is over', () => {
  const { told, stop } = watch();
  stop();
  wait(2 * PRESENCE.awayAfter);
  touch('keydown');
  expect(told).toEqual([]);
});
