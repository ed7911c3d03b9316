import { expect, test } from 'vitest';
import { createMemoryCache } from './memory-cache.ts';
import type { Pending } from './outbox.ts';
import type { StoredRow } from './ports.ts';
import { Replica } from './replica.ts';
import { PAGE, Windows } from './windows.ts';

const scope = 'thread:t';
const message = (place: number, version = 1): StoredRow => ({
  scope,
  table: 'message',
  id: `m${place}`,
  version,
  data: { seq: place, version },
});
const places = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const liked = { id: 'like' } as Pending;

/** A thread on disk, with as many messages as this, and a tab that has opened it. */
async function openThread(places: number) {
  const cache = createMemoryCache();
  const replica = new Replica();
  const windows = new Windows({ replica, storage: cache, resident: new Set(), isPaged: () => true });
  const state = { scope, version: 1, epoch: 1, low: 1 };
  /** As every change comes: to the disk, and to memory as far as it belongs there. */
  const change = async (version: number, rows: StoredRow[], purge = false) => {
    const changed = { scope, purge, state: { ...state, version }, rows };
    await cache.writeCache([changed], 'life', 1);
    replica.apply({ ...changed, rows: windows.resident(changed) });
  };
  await change(
    1,
    Array.from({ length: places }, (_, index) => message(index + 1)),
    true,
  );
  windows.open(scope);
  await windows.load(scope);
  const shown = () => replica.rows(scope, 'message').map(({ data }) => data as { seq: number; version: number });
  return { replica, windows, change, shown };
}

test('[CLI9] a thread that is closed while something waits over it shows nothing old when it is opened again', async () => {
  const { replica, windows, change, shown } = await openThread(PAGE + 10);
  expect(shown().at(0)).toEqual({ seq: 11, version: 1 });
  replica.overlay([{ pending: liked, effects: [{ ...message(50), data: { seq: 50, version: 1 } }] }]);
  windows.close(scope);
  expect(shown()).toEqual([{ seq: 50, version: 1 }]);
  const grown = Array.from({ length: 5 }, (_, index) => message(PAGE + 11 + index, 2));
  await change(2, [message(11, 2), ...grown]);
  windows.open(scope);
  await windows.load(scope);
  expect(shown().at(0)).toEqual({ seq: 16, version: 1 });
  expect(windows.get(scope).low).toBe(16);
});

test('[CLI9] what is read from disk after its thread was closed stays there', async () => {
  const { windows, shown } = await openThread(PAGE + 10);
  const read = windows.older(scope);
  windows.close(scope);
  await read;
  expect(shown()).toEqual([]);
});

test('[CLI9] what is in view is kept up after the newest page was read again', async () => {
  const { windows, change, shown } = await openThread(PAGE + 10);
  await windows.older(scope);
  expect(windows.get(scope)).toMatchObject({ low: 1, complete: true });
  await windows.load(scope);
  await change(2, [message(1, 2)]);
  expect(shown().at(0)).toEqual({ seq: 1, version: 2 });
  expect(windows.get(scope)).toMatchObject({ low: 1, complete: true });
});

test('[CLI9] a thread that somebody else opens while it is read is shown to both', async () => {
  const { windows, shown } = await openThread(PAGE + 10);
  windows.close(scope);
  windows.open(scope);
  const loaded = windows.load(scope);
  windows.open(scope);
  await loaded;
  expect(shown()).toHaveLength(PAGE);
  expect(windows.get(scope).loading).toBe(false);
  windows.close(scope);
  expect(shown()).toHaveLength(PAGE);
  windows.close(scope);
  expect(shown()).toEqual([]);
});

test('[CLI9] what a view has far behind it leaves memory, and is read again from disk without a gap', async () => {
  const { replica, windows, change, shown } = await openThread(2 * PAGE);
  await windows.older(scope);
  replica.overlay([{ pending: liked, effects: [{ ...message(50), data: { seq: 50, version: 1 } }] }]);
  windows.leaveOlder(scope, PAGE + 51);
  expect(windows.get(scope)).toMatchObject({ low: PAGE + 51, complete: false });
  expect(shown().map(({ seq }) => seq)).toEqual([50, ...places(PAGE + 51, 2 * PAGE)]);
  await change(2, [message(10, 2), message(2 * PAGE, 2)]);
  expect(shown().at(-1)).toEqual({ seq: 2 * PAGE, version: 2 });
  replica.overlay([]);
  await windows.older(scope);
  expect(shown().map(({ seq }) => seq)).toEqual(places(51, 2 * PAGE));
  await windows.older(scope);
  expect(shown().map(({ seq }) => seq)).toEqual(places(1, 2 * PAGE));
  expect(shown()[9]).toEqual({ seq: 10, version: 2 });
});

test('[CLI9] nothing leaves memory under another view, or while older rows are on their way', async () => {
  const { windows, shown } = await openThread(2 * PAGE);
  windows.set(scope, { loading: true });
  windows.leaveOlder(scope, 2 * PAGE);
  windows.set(scope, { loading: false });
  windows.open(scope);
  windows.leaveOlder(scope, 2 * PAGE);
  expect(shown()).toHaveLength(PAGE);
  windows.close(scope);
  windows.leaveOlder(scope, 2 * PAGE);
  expect(shown()).toHaveLength(1);
});
