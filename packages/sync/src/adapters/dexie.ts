/**
 * The client's disk in a browser: two Dexie databases whose names carry the person's id. `outbox` is strict (a resolved
 * write survives a power cut) and only ever grows; `cache` is relaxed and disposable.
 */
import { Dexie, type Table } from 'dexie';
import type { ScopeId } from '../mutator.ts';
import { createGuardedStorage } from '../client/guarded-storage.ts';
import { placeOf } from '../client/places.ts';
import { Fenced } from '../client/ports.ts';
import type { CacheHandle, Disk, ScopeChange, ScopeState, Storage, StoredRow, Timers } from '../client/ports.ts';
import { browserTimers } from './browser.ts';
import { CACHE } from './cache-name.ts';
import { known, leaderOf, mustLead, openedWith, type Meta } from './dexie-database.ts';
import { openOutbox, OutboxDatabase, outboxName } from './dexie-outbox.ts';
import { diskFailure } from './disk-failure.ts';

/** Milliseconds. Beyond these something else holds the database, and the cache can be done without. */
const OPEN_TIMEOUT = 20_000;
const DELETE_TIMEOUT = 5_000;
const cacheName = (personId: string) => `${CACHE}-${personId}`;
/** Which shape a cache has, by its name; `null` for other databases. */
const shapeOf = (name: string): number | null => {
  const [, shape] = /^parley-cache-(\d+)/.exec(name) ?? [];
  return shape === undefined ? null : Number(shape);
};
const isOlder = (name: string): boolean => (shapeOf(name) ?? Infinity) < (shapeOf(CACHE) ?? 0);

interface CachedRow extends StoredRow {
  data: object;
  /** Place in a paged scope; absent elsewhere, which keeps the row out of the index. */
  seq?: number;
}
class CacheDatabase extends Dexie {
  declare rows: Table<CachedRow, [string, string, string]>;
  declare scopes: Table<ScopeState, string>;
  declare meta: Table<Meta, string>;

  constructor(personId: string) {
    super(cacheName(personId), { chromeTransactionDurability: 'relaxed' });
    this.version(1).stores({ rows: '[scope+table+id], table, [scope+seq]', scopes: 'scope', meta: 'key' });
  }
}

/** The databases of one person in this browser, made reliable. `newId` makes ids of clients (UUID). */
export const createDexieStorage = (personId: string, newId: () => string, timers: Timers = browserTimers): Storage =>
  createGuardedStorage(createDexieDisk(personId, newId), timers);

/** The databases of one person in this browser, as they are. */
export function createDexieDisk(personId: string, newId: () => string, outbox = outboxName(personId)): Disk {
  return {
    openCache: (lost) => within(OPEN_TIMEOUT, openCache(new CacheDatabase(personId), newId, lost)),
    openOutbox: (lost) => openOutbox(new OutboxDatabase(outbox), newId, lost),
    deleteCache: () => within(DELETE_TIMEOUT, Dexie.delete(cacheName(personId))),
    async deleteOldCaches() {
      // A later one was filled for the release that comes next.
      const old = (await ownDatabases(personId)).filter(isOlder);
      await Promise.all(old.map((name) => Dexie.delete(name)));
    },
    async deleteAll() {
      const all = new Set([...(await ownDatabases(personId)), cacheName(personId), outboxName(personId)]);
      await Promise.all([...all].map((name) => Dexie.delete(name)));
    },
    meaning: diskFailure,
  };
}

async function openCache(cache: CacheDatabase, newId: () => string, lost: () => void): Promise<CacheHandle> {
  await openedWith(cache, lost);
  const birth = await known(cache.meta, 'birth', newId);
  const held = async () => ({
    scopes: await cache.scopes.toArray(),
    incarnation: (await cache.meta.get('incarnation'))?.value ?? null,
  });
  return {
    birth,
    async read(residentTables) {
      const rows = cache.rows.where('table').anyOf(residentTables).toArray();
      return { ...(await held()), rows: await rows };
    },

    row: (scope, table, id) => cache.rows.get([scope, table, id]),
    scopeRows: (scope) =>
      rowsOf(cache, scope)
        .filter(({ seq }) => seq === undefined)
        .toArray(),
    async pagedRows(scope, before, places) {
      const below = cache.rows.where('[scope+seq]').between([scope, 0], [scope, before], true, false).reverse();
      const lowest = (await lowestPlace(below.clone(), places)) ?? before;
      return below.until(({ seq }) => (seq ?? 0) < lowest).toArray();
    },
    writeCache: (changes, incarnation, epoch) =>
      cache.transaction('rw', cache.rows, cache.scopes, cache.meta, async () => {
        await mustLead(cache.meta, epoch);
        await cache.meta.put({ key: 'incarnation', value: incarnation });
        for (const change of changes) await writeChange(cache, change);
      }),

    leader: () => leaderOf(cache.meta),
    takeLead: (epoch) =>
      cache.transaction('rw', cache.scopes, cache.meta, async () => {
        await mustLead(cache.meta, epoch);
        return held();
      }),
    close: () => cache.close(),
  };
}

/**
 * The disk of what fills a cache for a release that does not run yet, beside the one that does: that one's queue and cache
 * are left alone.
 */
export function createFillingDisk(personId: string, newId: () => string): Disk & { leave(): Promise<void> } {
  const scratch = `parley-filling-${newId()}-${personId}`;
  const leave = () => Dexie.delete(scratch);
  return { ...createDexieDisk(personId, newId, scratch), deleteOldCaches: async () => {}, leave };
}

const ownDatabases = async (personId: string): Promise<string[]> =>
  (await Dexie.getDatabaseNames()).filter(
    (name) => name === outboxName(personId) || (shapeOf(name) !== null && name.endsWith(`-${personId}`)),
  );

/** Rejects after a while: another tab that does not answer holds up every change of a database. */
async function within<T>(milliseconds: number, work: PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DOMException('The disk does not answer.', 'TimeoutError')), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Keys begin with the scope; an array sorts behind every string. */
const rowsOf = (cache: CacheDatabase, scope: ScopeId) =>
  cache.rows.where('[scope+table+id]').between([scope], [scope, []]);

async function writeChange(cache: CacheDatabase, { scope, purge, state, rows }: ScopeChange): Promise<void> {
  const before = await cache.scopes.get(scope);
  if (!purge && !before) throw new Fenced('This scope is not held.');
  if (before && state && state.epoch < before.epoch) throw new Fenced('This membership is over.');
  if (purge) {
    await rowsOf(cache, scope).delete();
  }
  if (state) await cache.scopes.put(state);
  else await cache.scopes.delete(scope);
  const keys = rows.map(({ table, id }): [string, string, string] => [scope, table, id]);
  const held = purge ? [] : await cache.rows.bulkGet(keys);
  const newer = rows.filter(({ version }, index) => (held[index]?.version ?? -1) < version);
  await cache.rows.bulkPut(newer.flatMap((row) => (row.data ? [cached(row, row.data)] : [])));
  await cache.rows.bulkDelete(newer.filter(({ data }) => !data).map(({ table, id }) => [scope, table, id]));
}

const cached = (row: StoredRow, data: object): CachedRow => {
  const seq = placeOf(data);
  return seq === null ? { ...row, data } : { ...row, data, seq };
};

/** The place of the last of the `places` highest places, counted once each. */
async function lowestPlace(
  rows: { limit(n: number): { toArray(): Promise<CachedRow[]> } },
  places: number,
): Promise<number | undefined> {
  // Rows that hang on a message share its place, so a few more are looked at than places are wanted.
  const highest = await rows.limit(places * 4).toArray();
  return [...new Set(highest.map(({ seq }) => seq ?? 0))].slice(0, places).at(-1);
}
