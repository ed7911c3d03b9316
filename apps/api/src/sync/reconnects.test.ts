import { expect, test } from 'vitest';
import { createReconnects } from './reconnects.ts';

const MINUTE = 60_000;

function counted() {
  const clock = { now: 0 };
  const back: string[] = [];
  const { opened } = createReconnects(
    (client) => back.push(client),
    () => clock.now,
  );
  return { clock, back, opened };
}

test('a client that lost its line and opens a stream again has reconnected, once', () => {
  const { back, opened } = counted();
  opened('phone')(true);
  expect(back).toEqual([]);
  opened('phone')(false);
  opened('phone');
  expect(back).toEqual(['phone']);
});

test('so has one whose loss is noticed only after it is back', () => {
  const { back, opened } = counted();
  const first = opened('phone');
  opened('phone');
  expect(back).toEqual([]);
  first(true);
  expect(back).toEqual(['phone']);
});

test('whoever said goodbye, is another client, or stays away for a quarter of an hour has not', () => {
  const { clock, back, opened } = counted();
  opened('phone')(false);
  opened('phone');
  opened('laptop')(true);
  opened('tablet');
  clock.now = 15 * MINUTE;
  opened('laptop');
  expect(back).toEqual([]);
});
