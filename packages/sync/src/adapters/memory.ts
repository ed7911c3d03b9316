/** A storage that lasts as long as the process, for those who only read; and a program that is alone. */
import { v7 as uuidv7 } from 'uuid';
import { createMemoryCache } from '../client/memory-cache.ts';
import { placeOf } from '../client/places.ts';
import type { Storage, StorageWatcher, Tabs } from '../client/ports.ts';

export interface MemoryStorageOptions {
  /** So many rows with a place may come on top of those it began with; then everything is fetched anew. */
  placesKept: number;
}

/** Nothing can be queued in it: whoever acts through an engine needs one with an outbox. */
export function createMemoryStorage({ placesKept }: MemoryStorageOptions): Storage {
  const cache = createMemoryCache();
  let clientId = uuidv7();
  let places = 0;
  let watcher: StorageWatcher | undefined;
  const refuse = () => Promise.reject(new Error('Nothing is queued here.'));

  return {
    watch(by) {
      watcher = by;
    },
    open: async (tables) => ({ clientId, items: [], drafts: {}, ...(await cache.read(tables)) }),
    async takeLead() {
      const epoch = (await cache.leader()) + 1;
      return { epoch, clientId, items: [], ...(await cache.takeLead(epoch)) };
    },

    row: (...args) => cache.row(...args),
    scopeRows: (...args) => cache.scopeRows(...args),
    pagedRows: (...args) => cache.pagedRows(...args),
    async writeCache(changes, incarnation, epoch) {
      await cache.writeCache(changes, incarnation, epoch);
      // What comes whole is what it begins with: were that counted, it might begin for ever.
      const more = changes.flatMap(({ purge, rows }) => (purge ? [] : rows));
      places += more.filter(({ data }) => placeOf(data) !== null).length;
      if (places <= placesKept) return;
      places = 0;
      // Every scope then comes whole, and takes the place of what is held of it.
      watcher?.cacheEmptied();
    },

    items: async () => [],
    enqueue: refuse,
    replace: refuse,
    discard: refuse,
    seal: async () => [],
    release: async () => [],
    withdraw: async () => undefined,
    updateItems: async () => [],
    removeItems: async () => {},
    renumber: async () => [],
    async newClient() {
      clientId = uuidv7();
      return { clientId, items: [] };
    },
    saveDraft: refuse,
    restore: async () => ({ clientId, items: [], drafts: {} }),

    leave() {},
    async wipe() {},
    close() {},
  };
}

/** One that knows of no other tab, and leads. */
export function createLoneTab(): Tabs {
  return {
    claim({ granted }) {
      let isWanted = true;
      queueMicrotask(() => isWanted && granted());
      return () => {
        isWanted = false;
      };
    },
    visible: () => true,
    onVisible: () => () => {},
    post() {},
    onMessage() {},
    close() {},
  };
}
