import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryCache } from '../client/memory-cache.ts';
import type { CacheHandle, ScopeChange, StoredRow } from '../client/ports.ts';
import { PLACES } from './cache-pages.ts';
import { createDexieDisk } from './dexie.ts';

const LAST = Number.MAX_SAFE_INTEGER;
/** Several pages, and sparse enough that some have few rows. */
const MESSAGES = 60;
const SPREAD = 11;
const threads = ['thread:a', 'thread:b'];
const scopes = [...threads, 'user:u'];

async function openDisk() {
  const newId = () => crypto.randomUUID();
  const disk = createDexieDisk(newId(), newId);
  let cache = await disk.openCache(() => {});
  return {
    cache: () => cache,
    async reopen() {
      cache.close();
      cache = await disk.openCache(() => {});
    },
    async [Symbol.asyncDispose]() {
      cache.close();
      await disk.deleteAll();
    },
  };
}

/** Ids are in another order than places, as where somebody has written without a network. */
const idOf = (n: number): string => `${(n * 37) % MESSAGES}`.padStart(3, '0');
const placeOf = (n: number): number => n * SPREAD + 1;

const rowIn = (scope: string): fc.Arbitrary<StoredRow> =>
  fc
    .record({
      table: fc.constantFrom('message', 'message', 'message', 'revision', 'head', 'position'),
      n: fc.nat({ max: MESSAGES - 1 }),
      version: fc.integer({ min: 1, max: 30 }),
      isGone: fc.boolean(),
      elsewhere: fc.nat({ max: 5 * PLACES }),
    })
    .map(({ table, n, version, isGone, elsewhere }) => {
      const isPlaced = table === 'message' || table === 'revision';
      // In a scope without places a `seq` is a number like any other.
      const seq = scope.startsWith('user:') ? elsewhere : placeOf(n);
      const data = isPlaced || table === 'position' ? { seq: isPlaced ? seq : null, version } : { last: version };
      return { scope, table, id: table === 'revision' ? `${idOf(n)}.1` : idOf(n), version, data: isGone ? null : data };
    });

const rowsIn = (scope: string, maxLength: number) =>
  fc.uniqueArray(rowIn(scope), { selector: ({ table, id }) => `${table} ${id}`, maxLength, size: 'max' });

/** One time in so many. */
const once = (times: number): fc.Arbitrary<boolean> => fc.nat({ max: times - 1 }).map((n) => n === 0);

const changeOf = (scope: string, purge: fc.Arbitrary<boolean>): fc.Arbitrary<ScopeChange> =>
  fc
    .record({
      purge,
      isOver: once(20),
      isLate: once(20),
      version: fc.integer({ min: 1, max: 30 }),
      // As a pull brings them, or a poke.
      rows: fc.oneof(...[80, 2].map((most) => rowsIn(scope, most))),
    })
    .map(({ purge, isOver, isLate, version, rows }) => {
      const low = scope.startsWith('thread:') ? 1 : null;
      if (isOver) return { scope, purge: true, state: null, rows: [] };
      return { scope, purge, state: { scope, version, epoch: isLate ? 1 : 2, low }, rows };
    });

const someChanges = fc
  .subarray(scopes, { minLength: 1 })
  .chain((some) => fc.tuple(...some.map((scope) => changeOf(scope, once(6)))));
const act = fc.oneof({ weight: 8, arbitrary: someChanges }, { weight: 1, arbitrary: fc.constant('reopen' as const) });
const acts = fc
  .tuple(
    fc.tuple(...scopes.map((scope) => changeOf(scope, fc.constant(true)))),
    fc.array(act, { minLength: 1, maxLength: 12, size: 'max' }),
  )
  .map(([filling, others]) => [filling, ...others]);

const sorted = <T,>(values: Iterable<T>): T[] =>
  [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Everything that can be asked of a cache, in an order that says nothing. */
async function answers(cache: CacheHandle) {
  const asked = scopes.flatMap((scope) => [
    cache.scopeRows(scope),
    ...[LAST, 1, 2 * PLACES, 300].flatMap((before) => [1, 40].map((places) => cache.pagedRows(scope, before, places))),
  ]);
  const { scopes: states, rows, incarnation } = await cache.read(['head', 'position']);
  const singly = scopes.flatMap((scope) =>
    Array.from({ length: MESSAGES / 10 }, (_, tens) => idOf(tens * 10)).flatMap((id) => [
      cache.row(scope, 'message', id),
      cache.row(scope, 'revision', `${id}.1`),
    ]),
  );
  return {
    incarnation,
    states: sorted(states),
    resident: sorted(rows),
    asked: (await Promise.all(asked)).map(sorted),
    singly: await Promise.all(singly),
  };
}

test('[DISK12] answers from packed pages what a map answers, whatever is written, purged and removed', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      await using disk = await openDisk();
      const model = createMemoryCache();
      for (const changes of all) {
        if (changes === 'reopen') {
          await disk.reopen();
        } else {
          const outcome = (cache: CacheHandle) =>
            cache.writeCache(changes, 'one', 1).then(
              () => 'written',
              (error: unknown) => String(error),
            );
          expect(await outcome(disk.cache())).toBe(await outcome(model));
        }
        expect(await answers(disk.cache())).toEqual(await answers(model));
      }
    }),
    { numRuns: 20, endOnFailure: true },
  );
});
