/**
 * The storage that the engine uses: two databases that may fail at any time, each in the hands of a keeper. A cache that
 * cannot be had is filled again or kept in memory; an outbox is never thrown away, and where it cannot be written the
 * caller is told.
 */
import { Keeper } from './keeper.ts';
import { lateParts } from './late-parts.ts';
import { newId } from './new-id.ts';
import type { CacheHandle, Disk, OutboxHandle, Storage, StorageWatcher, StoredState, Timers } from './ports.ts';
import { cacheTable, outboxTable, type CacheState, type OutboxState } from './storage-states.ts';
import type { StorageStatus } from './status.ts';

/** Milliseconds before a bad state is left by way of trial: the first time, and at most. */
const OUTBOX_RETRY = { first: 1_000, longest: 60_000 };
const CACHE_RETRY = { first: 60_000, longest: 3_600_000 };
/** Milliseconds before the deletion of a cache that failed is tried again: the first time, and at most. */
const DELETE_RETRY = { first: 1_000, longest: 60_000 };
/**
 * Milliseconds before a database is opened again. A tab that was frozen may hear first that it lost its databases, and only
 * then that this is because nothing of the person is to stay.
 */
const REOPEN_PAUSE = 50;

export function createGuardedStorage(disk: Disk, timers: Timers): Storage {
  let watcher: StorageWatcher = { status() {}, cacheEmptied() {}, outboxReplaced() {} };
  let status: StorageStatus = 'disk';
  let residentTables: readonly string[] = [];
  let memory: CacheHandle | null = null;
  /** Which cache, and which outbox, the engine has seen. */
  let birth: unknown = null;
  let clientId: string | null = null;
  let wasRead = true;
  let cacheKept = true;
  let outboxKept: StorageStatus = 'disk';
  let isClosed = false;

  const tell = () => {
    const next = outboxKept === 'disk' && !cacheKept ? 'memory' : outboxKept;
    if (next === status) return;
    status = next;
    watcher.status(next);
  };
  const cacheRetry = retrying(timers, CACHE_RETRY, () => {
    cache.event('retry');
    void cache.run(proveCache).catch(() => {});
  });
  const deleteRetry = retrying(timers, DELETE_RETRY, () => void deleteCache().catch(() => {}));
  const outboxRetry = retrying(timers, OUTBOX_RETRY, () => {
    outbox.event('retry');
    void outbox.run((handle) => handle.probe()).catch(() => {});
  });

  /** Of a cache that is given up nothing may stay: nobody would take from it what the person no longer may read. */
  const deleteCache = async () => {
    try {
      await disk.deleteCache();
      deleteRetry.reset();
    } catch (error) {
      if (!isClosed) deleteRetry.start();
      throw error;
    }
  };

  const pause = () => new Promise<void>((resolve) => void timers.after(REOPEN_PAUSE, resolve));

  const cache: Keeper<CacheState, CacheHandle> = new Keeper({
    table: cacheTable,
    first: 'opening',
    givesUp: [],
    meaning: (error) => disk.meaning(error),
    pause,
    async obtain(state, lost) {
      if (state === 'rebuilding' || state === 'evicting') await deleteCache();
      const inMemory = state === 'memory' || state === 'evicting';
      if (inMemory) memory ??= (await lateParts.memoryCache()).createMemoryCache();
      const handle = inMemory && memory ? memory : await disk.openCache(lost);
      if (birth !== null && birth !== handle.birth) watcher.cacheEmptied();
      birth = handle.birth;
      return handle;
    },
    onState(state) {
      if (state === 'opening') void cache.run(proveCache).catch(() => {});
      if (state === 'open') memory = null;
      if (state === 'open' || state === 'memory') {
        cacheKept = state === 'open';
        if (cacheKept) cacheRetry.cancel();
        else cacheRetry.start();
        tell();
      }
    },
  });

  const outbox: Keeper<OutboxState, OutboxHandle> = new Keeper({
    table: outboxTable,
    first: 'opening',
    givesUp: ['full', 'broken'],
    meaning: (error) => disk.meaning(error),
    pause,
    async obtain(state, lost) {
      if (state === 'clearing') {
        cache.event('evict');
        await cache.run(proveCache).catch(() => {});
      }
      const handle = await disk.openOutbox(lost);
      if (clientId !== null && clientId !== handle.clientId) watcher.outboxReplaced();
      clientId = handle.clientId;
      return handle;
    },
    onState(state) {
      if (state === 'opening') void outbox.run((handle) => handle.items()).catch(() => {});
      if (state === 'open' || state === 'full' || state === 'broken') {
        outboxKept = state === 'open' ? 'disk' : state === 'full' ? 'full' : 'unwritable';
        if (state === 'open') outboxRetry.reset();
        else outboxRetry.start();
        tell();
      }
    },
  });

  /** One item after the other: else, where the disk fails for a moment, what came first would be written last. */
  let enqueued: Promise<unknown> = Promise.resolve();
  const enqueue: Storage['enqueue'] = (...args) => {
    const stored = enqueued.then(() => outbox.run((handle) => handle.enqueue(...args)));
    enqueued = stored.catch(() => {});
    return stored;
  };

  const close = () => {
    isClosed = true;
    deleteRetry.cancel();
    cacheRetry.cancel();
    outboxRetry.cancel();
    cache.close();
  };
  const leave = () => {
    close();
    outbox.close();
  };

  return {
    watch(by) {
      watcher = by;
      if (status !== 'disk') by.status(status);
    },
    async open(tables): Promise<StoredState> {
      residentTables = tables;
      const [kept, held] = await Promise.all([
        outbox
          .run((handle) => handle.read())
          .catch(() => {
            wasRead = false;
            return { clientId: (clientId = newId(timers)), items: [], drafts: {} };
          }),
        cache.run((handle) => handle.read(residentTables)),
      ]);
      void disk.deleteOldCaches().catch(() => {});
      return { ...kept, ...held };
    },

    row: (...args) => cache.run((handle) => handle.row(...args)),
    scopeRows: (...args) => cache.run((handle) => handle.scopeRows(...args)),
    pagedRows: (...args) => cache.run((handle) => handle.pagedRows(...args)),
    writeCache: (...args) => cache.run((handle) => handle.writeCache(...args)),
    async takeLead() {
      const before = await cache.run((handle) => handle.leader());
      const taken = await outbox
        .run((handle) => handle.raiseLead(before))
        .catch(() => ({ epoch: before + 1, clientId: clientId ?? '', items: [] }));
      return { ...taken, ...(await cache.run((handle) => handle.takeLead(taken.epoch))) };
    },

    items: () => outbox.run((handle) => handle.items()),
    enqueue,
    replace: (...args) => outbox.run((handle) => handle.replace(...args)),
    discard: (...args) => outbox.run((handle) => handle.discard(...args)),
    seal: (...args) => outbox.run((handle) => handle.seal(...args)),
    release: (...args) => outbox.run((handle) => handle.release(...args)),
    withdraw: (...args) => outbox.run((handle) => handle.withdraw(...args)),
    updateItems: (...args) => outbox.run((handle) => handle.updateItems(...args)),
    removeItems: (...args) => outbox.run((handle) => handle.removeItems(...args)),
    renumber: (...args) => outbox.run((handle) => handle.renumber(...args)),
    async newClient(epoch) {
      const renewed = await outbox.run((handle) => handle.newClient(epoch));
      clientId = renewed.clientId;
      return renewed;
    },
    saveDraft: (...args) => outbox.run((handle) => handle.saveDraft(...args)),
    async restore(items, drafts) {
      // It may have been sent as it is: what joined it now would be lost.
      const sealed = items.map((item) => ({ ...item, sealed: true }));
      // Of an outbox that was never read a tab knows what it heard of others, who have it written down.
      const held = await outbox.run((handle) => handle.restore(wasRead ? sealed : [], drafts));
      wasRead = true;
      return held;
    },

    leave,
    async wipe() {
      leave();
      await disk.deleteAll();
    },
    close() {
      close();
      void enqueued.then(() => outbox.close());
    },
  };
}

/** The cheapest call that tells whether a handle works. */
const proveCache = (handle: CacheHandle): Promise<unknown> => handle.leader();

/** Runs `act` after a wait that doubles from one start to the next. */
function retrying(timers: Timers, { first, longest }: { first: number; longest: number }, act: () => void) {
  let wait = first;
  let stop = () => {};
  return {
    start() {
      stop();
      stop = timers.after(wait, act);
      wait = Math.min(wait * 2, longest);
    },
    cancel: () => stop(),
    reset() {
      stop();
      wait = first;
    },
  };
}
