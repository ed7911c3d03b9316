import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { Keeper } from './keeper.ts';
import {
  cacheTable,
  outboxTable,
  type CacheState,
  type DiskEvent,
  type OutboxState,
  type StateTable,
} from './storage-states.ts';

const events = ['worked', 'lost', 'corrupt', 'full', 'failed', 'evict', 'retry'] as const satisfies DiskEvent[];
const cacheStates = Object.keys(cacheTable) as CacheState[];
const outboxStates = Object.keys(outboxTable) as OutboxState[];
const spec = await readFile(new URL('../../SPEC.md', import.meta.url), 'utf8');

/** The table of SPEC.md whose head begins with these words. */
function inSpec(name: string): Record<string, Record<string, string>> {
  const lines = spec.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${name} `));
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
  const [, ...columns] = cells(lines[head] ?? '');
  const table: Record<string, Record<string, string>> = {};
  for (const line of lines.slice(head + 2, lines.indexOf('', head))) {
    const [state = '', ...next] = cells(line);
    table[state] = Object.fromEntries(columns.map((column, index) => [column, next[index] ?? '']));
  }
  return table;
}

class Broken extends Error {
  readonly event: DiskEvent;
  constructor(event: DiskEvent) {
    super(event);
    this.event = event;
  }
}

/** Brings a keeper into `first` and lets `event` happen to it. Gives its state, and what was opened and closed. */
async function happen<State extends string>(
  table: StateTable<State>,
  { first, event, givesUp = [] }: { first: State; event: DiskEvent; givesUp?: State[] },
) {
  const told: State[] = [];
  const obtained: State[] = [];
  let closed = 0;
  const keeper = new Keeper<State, { close(): void }>({
    table,
    first,
    givesUp,
    meaning: (error) => (error instanceof Broken ? error.event : null),
    async obtain(state) {
      obtained.push(state);
      return { close: () => (closed += 1) };
    },
    pause: async () => {},
    onState: (state) => told.push(state),
  });
  let outcome: 'worked' | 'refused' | 'again' = 'again';
  if (event === 'evict' || event === 'retry') keeper.event(event);
  else {
    let calls = 0;
    const work = async () => {
      calls += 1;
      if (calls > 1) return new Promise<void>(() => {});
      if (event !== 'worked') throw new Broken(event);
    };
    void keeper.run(work).then(
      () => (outcome = 'worked'),
      () => (outcome = 'refused'),
    );
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { state: keeper.state, told, obtained, closed, outcome };
}

describe.each([
  { name: 'the cache', table: cacheTable as StateTable<string>, states: cacheStates as string[], givesUp: [] },
  {
    name: 'the outbox',
    table: outboxTable as StateTable<string>,
    states: outboxStates as string[],
    givesUp: ['full', 'broken'],
  },
])('[DISK1] $name', ({ name, table, states, givesUp }) => {
  test('is written down in SPEC.md as it is', () => {
    expect(inSpec(name)).toEqual(table);
  });

  const cells = states.flatMap((first) => events.map((event) => ({ first, event, next: table[first]?.[event] ?? '' })));
  test.each(cells)('$first, $event: $next', async ({ first, event, next }) => {
    const { state, told, obtained, closed, outcome } = await happen(table, { first, event, givesUp });
    expect(state).toBe(next);
    expect(told).toEqual(next === first ? [] : [next]);
    if (event === 'worked') expect({ outcome, closed }).toEqual({ outcome: 'worked', closed: 0 });
    if (event === 'evict' || event === 'retry') return expect(obtained).toEqual([]);
    if (event === 'worked') return;
    // A failed handle is dropped, and the call made again with another one, unless there is nothing left to try.
    expect(closed).toBe(1);
    expect(outcome).toBe(givesUp.includes(next) ? 'refused' : 'again');
    expect(obtained).toEqual(givesUp.includes(next) ? [first] : [first, next]);
  });
});

test('[DISK1] takes an error that is not of the disk for what it is, and ends after a few tries', async () => {
  const work = { calls: 0 };
  const keeper = new Keeper<CacheState, { close(): void }>({
    table: cacheTable,
    first: 'open',
    givesUp: [],
    meaning: (error) => (error instanceof Broken ? error.event : null),
    obtain: async () => ({ close() {} }),
    pause: async () => {},
    onState() {},
  });
  await expect(keeper.run(() => Promise.reject(new TypeError('of the caller')))).rejects.toThrow('of the caller');
  expect(keeper.state).toBe('open');
  const failing = () => {
    work.calls += 1;
    return Promise.reject(new Broken('failed'));
  };
  await expect(keeper.run(failing)).rejects.toThrow('failed');
  expect(work.calls).toBe(5);
  expect(keeper.state).toBe('memory');
});

test('[DISK1] counts the failure of a handle once, however many calls it fails', async () => {
  const keeper = new Keeper<CacheState, { close(): void }>({
    table: cacheTable,
    first: 'open',
    givesUp: [],
    meaning: () => 'lost',
    obtain: async () => ({ close() {} }),
    pause: async () => {},
    onState() {},
  });
  const failsOnce = () => {
    let failed = false;
    return () => {
      const again = failed;
      failed = true;
      return again ? Promise.resolve('done') : Promise.reject(new Error('lost'));
    };
  };
  expect(await Promise.all([1, 2, 3].map(() => keeper.run(failsOnce())))).toEqual(['done', 'done', 'done']);
  expect(keeper.state).toBe('open');
});
