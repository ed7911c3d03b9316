import { expect, test } from 'vitest';
import { createReconnects } from './reconnects.ts';

const MINUTE = 60_000;

function counted() {
  const clock = { now: 0 };
  let reconnects = 0;
  const { opened, lastHour } = createReconnects(
    () => (reconnects += 1),
    () => clock.now,
  );
  return { clock, opened, lastHour, count: () => reconnects };
}

test('a client that lost its line and opens a stream again has reconnected, once', () => {
  const { count, opened } = counted();
  opened('phone')(true);
  expect(count()).toBe(0);
  opened('phone')(false);
  opened('phone');
  expect(count()).toBe(1);
});

test('so has one whose loss is noticed only after it is back', () => {
  const { count, opened } = counted();
  const first = opened('phone');
  opened('phone');
  expect(count()).toBe(0);
  first(true);
  expect(count()).toBe(1);
});

test('whoever said goodbye, is another client, or stays away for a quarter of an hour has not', () => {
  const { clock, count, opened } = counted();
  opened('phone')(false);
  opened('phone');
  opened('laptop')(true);
  opened('tablet');
  clock.now = 15 * MINUTE;
  opened('laptop');
  expect(count()).toBe(0);
});

test('for an hour each client’s reconnects are known', () => {
  const { clock, opened, lastHour } = counted();
  let end = opened('phone');
  for (const minute of [0, 10, 40]) {
    clock.now = minute * MINUTE;
    end(true);
    end = opened('phone');
  }
  expect([lastHour('phone'), lastHour('laptop')]).toEqual([3, 0]);
  clock.now = 65 * MINUTE;
  expect(lastHour('phone')).toBe(2);
  clock.now = 100 * MINUTE;
  opened('laptop');
  expect(lastHour('phone')).toBe(0);
});
