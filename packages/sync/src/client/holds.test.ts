import { expect, test } from 'vitest';
import { createVirtualTimers } from '../testing/index.ts';
import { Holds, LONGEST_HOLD } from './holds.ts';
import type { OutboxItem } from './ports.ts';

type Item = Pick<OutboxItem, 'id' | 'state' | 'heldUntil'>;

/** A queue over a disk that may not have everything yet. */
function openHolds() {
  const timers = createVirtualTimers();
  const disk = { isReached: true };
  let items: Item[] = [];
  const released: string[] = [];
  const holds = new Holds({
    timers,
    items: () => items as OutboxItem[],
    storage: {
      async release(ids) {
        if (!disk.isReached) return [];
        released.push(...ids);
        items = items.filter(({ id }) => !ids.includes(id));
        return [];
      },
    },
    keep: async () => holds.look(),
  });
  const hold = (id: string, ms: number) => {
    items.push({ id, state: 'waiting', heldUntil: timers.now() + ms });
    holds.look();
  };
  return { timers, disk, hold, released };
}

test('[HOLD2] where the clock was set back, nobody waits longer for what others are held meanwhile', async () => {
  const { timers, hold, released } = openHolds();
  const year = 366 * 24 * 60 * 60 * 1000;
  hold('first', 3 * year);
  hold('second', 2 * year);
  for (let short = 0; short < 5; short += 1) {
    await timers.advance(LONGEST_HOLD / 6);
    hold(`short ${short}`, 1_500);
  }
  expect(released).toEqual(['short 0', 'short 1', 'short 2', 'short 3']);
  await timers.advance(LONGEST_HOLD / 6);
  expect(released.slice(4)).toEqual(['short 4', 'first', 'second']);
});

test('[HOLD2] an item whose time is over before the disk has it goes out once it has', async () => {
  const { timers, disk, hold, released } = openHolds();
  disk.isReached = false;
  hold('early', 1_500);
  await timers.advance(10_000);
  disk.isReached = true;
  await timers.advance(1_000);
  expect(released).toEqual(['early']);
  await timers.advance(10_000);
  expect(released).toEqual(['early']);
});
