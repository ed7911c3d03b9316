/**
 * The client's disk in a browser: two Dexie databases whose names carry the person's id. `outbox` is strict (a resolved
 * write survives a power cut) and only ever grows; `cache` is relaxed and disposable.
 */
import { Dexie } from 'dexie';
import { createGuardedStorage } from '../client/guarded-storage.ts';
import type { Disk, Storage, Timers } from '../client/ports.ts';
import { browserTimers } from './browser.ts';
import { CACHE } from './cache-name.ts';
import { CacheDatabase, openCache } from './dexie-cache.ts';
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

/** The databases of one person in this browser, made reliable. `newId` makes ids of clients (UUID). */
export const createDexieStorage = (personId: string, newId: () => string, timers: Timers = browserTimers): Storage =>
  createGuardedStorage(createDexieDisk(personId, newId), timers);

/** The databases of one person in this browser, as they are. */
export function createDexieDisk(personId: string, newId: () => string, outbox = outboxName(personId)): Disk {
  return {
    openCache: (lost) => within(OPEN_TIMEOUT, openCache(new CacheDatabase(cacheName(personId)), newId, lost)),
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
