/**
 * The client's disk in a browser: two Dexie databases whose names carry the person's id. `outbox` is strict (a resolved
 * write survives a power cut) and only ever grows; `cache` is relaxed and disposable.
 */
import { Dexie, type Table } from 'dexie';
import type { ScopeId } from '../mutator.ts';
import { createGuardedStorage } from '../client/guarded-storage.ts';
import { placeOf } from '../client/places.ts';
import { Fenced } from '../client/ports.ts';
import type {
  CacheHandle,
  Disk,
  JoinArgs,
  NewItem,
  OutboxHandle,
  OutboxItem,
  ScopeChange,
  ScopeState,
  Storage,
  StoredRow,
  Timers,
} from '../client/ports.ts';
import { browserTimers } from './browser.ts';
import { diskFailure } from './disk-failure.ts';

/** Raised when what the cache holds changes shape: a cache of another name is simply filled again. */
const CACHE_SCHEMA = 1;
/** Milliseconds. Beyond these something else holds the database, and the cache can be done without. */
const OPEN_TIMEOUT = 20_000;
const DELETE_TIMEOUT = 5_000;
/** Characters: enough that a disk without room refuses them. */
const PROBE_LENGTH = 16_000;

const outboxName = (personId: string) => `parley-outbox-${personId}`;
const cacheName = (personId: string) => `parley-cache-${CACHE_SCHEMA}-${personId}`;
const isCache = (name: string) => name.startsWith('parley-cache-');

interface CachedRow extends StoredRow {
  data: object;
  /** Place in a paged scope; absent elsewhere, which keeps the row out of the index. */
  seq?: number;
}
interface Meta {
  key: string;
  value: string;
}

class OutboxDatabase extends Dexie {
  declare items: Table<OutboxItem, string>;
  declare lanes: Table<{ lane: string; lastN: number }, string>;
  declare drafts: Table<{ key: string; text: string }, string>;
  declare meta: Table<Meta, string>;

  constructor(personId: string) {
    super(outboxName(personId), { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ items: 'id, &order, lane', lanes: 'lane', drafts: 'key', meta: 'key' });
  }
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
export function createDexieDisk(personId: string, newId: () => string): Disk {
  return {
    openCache: (lost) => within(OPEN_TIMEOUT, openCache(new CacheDatabase(personId), newId, lost)),
    openOutbox: (lost) => openOutbox(new OutboxDatabase(personId), newId, lost),
    deleteCache: () => within(DELETE_TIMEOUT, Dexie.delete(cacheName(personId))),
    async deleteOldCaches() {
      const old = (await ownDatabases(personId)).filter((name) => isCache(name) && name !== cacheName(personId));
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

async function openOutbox(outbox: OutboxDatabase, newId: () => string, lost: () => void): Promise<OutboxHandle> {
  await openedWith(outbox, lost);
  const outboxTables = [outbox.items, outbox.lanes, outbox.drafts, outbox.meta];
  const items = () => outbox.items.orderBy('order').toArray();
  const currentClient = () => known(outbox.meta, 'clientId', newId);
  const read = async () => {
    const [client, queued, drafts] = await Promise.all([currentClient(), items(), outbox.drafts.toArray()]);
    return {
      clientId: client,
      items: queued,
      drafts: Object.fromEntries(drafts.map(({ key, text }) => [key, text])),
    };
  };

  return {
    clientId: await currentClient(),
    read,
    raiseLead: (before) =>
      outbox.transaction('rw', outbox.meta, outbox.items, async () => {
        const epoch = 1 + Math.max(before, await leaderOf(outbox.meta));
        await outbox.meta.put({ key: 'leader', value: String(epoch) });
        return { epoch, clientId: await currentClient(), items: await items() };
      }),
    probe: () =>
      outbox.transaction('rw', outbox.meta, async () => {
        await outbox.meta.put({ key: 'probe', value: ' '.repeat(PROBE_LENGTH) });
        await outbox.meta.delete('probe');
      }),
    restore: (lacking, drafts) =>
      outbox.transaction('rw', outboxTables, async () => {
        const there = await outbox.items.bulkGet(lacking.map(({ id }) => id));
        await outbox.items.bulkPut(lacking.filter((_item, index) => !there[index]));
        for (const [key, text] of Object.entries(drafts)) {
          if (!(await outbox.drafts.get(key))) await outbox.drafts.put({ key, text });
        }
        return read();
      }),

    items,
    enqueue: (item, clearedDraft, join) =>
      outbox.transaction('rw', outboxTables, async () => {
        if (clearedDraft !== null) await outbox.drafts.delete(clearedDraft);
        const done = await outbox.items.get(item.id);
        if (done) return done;
        const joined = join && (await joinEarlier(outbox, item, join));
        if (joined) return joined;
        const order = await nextOrder(outbox);
        const stored = waiting(item, order, item.heldUntil === undefined ? await nextInLane(outbox, item.lane) : 0);
        await outbox.items.add(stored);
        return stored;
      }),
    seal: (ids) =>
      outbox.transaction('rw', outbox.items, async () => {
        await outbox.items.where('id').anyOf(ids).modify({ sealed: true });
        return outbox.items.where('id').anyOf(ids).toArray();
      }),
    release: (ids) =>
      outbox.transaction('rw', outboxTables, async () => {
        const released: OutboxItem[] = [];
        for (const id of ids) {
          const item = await heldItem(outbox, id);
          if (!item) continue;
          // Later than whatever was done in the lane meanwhile.
          const placed = { ...item, order: await nextOrder(outbox), n: await nextInLane(outbox, item.lane) };
          await outbox.items.put(placed);
          released.push(placed);
        }
        return released;
      }),
    withdraw: (id, code) =>
      outbox.transaction('rw', outboxTables, async () => {
        const item = await heldItem(outbox, id);
        if (!item) return undefined;
        const withdrawn: OutboxItem = { ...item, state: 'failed', code };
        await outbox.items.put(withdrawn);
        return withdrawn;
      }),
    async updateItems(changed) {
      await outbox.transaction('rw', outbox.items, async () => {
        for (const item of changed) await outbox.items.update(item.id, { ...item });
      });
    },
    removeItems: async (ids) => {
      if (ids.length > 0) await outbox.items.bulkDelete([...ids]);
    },
    renumber: (lane, expected, epoch) =>
      outbox.transaction('rw', outboxTables, async () => {
        await mustLead(outbox.meta, epoch);
        const queued = (await items()).filter((item) => item.lane === lane && hasPlace(item));
        const numbered = queued.map((item, index) => ({ ...item, n: expected + index }));
        await outbox.items.bulkPut(numbered);
        await outbox.lanes.put({ lane, lastN: expected + numbered.length - 1 });
        return numbered;
      }),
    newClient: (epoch) =>
      outbox.transaction('rw', outboxTables, async () => {
        await mustLead(outbox.meta, epoch);
        const clientId = newId();
        await outbox.meta.put({ key: 'clientId', value: clientId });
        await outbox.lanes.clear();
        const lastN = new Map<string, number>();
        const numbered = (await items()).map((item) => {
          if (!hasPlace(item)) return item;
          const n = (lastN.get(item.lane) ?? 0) + 1;
          lastN.set(item.lane, n);
          return { ...item, n };
        });
        await outbox.items.bulkPut(numbered);
        await outbox.lanes.bulkPut(Array.from(lastN, ([lane, n]) => ({ lane, lastN: n })));
        return { clientId, items: numbered };
      }),
    async saveDraft(key, text) {
      if (text === '') await outbox.drafts.delete(key);
      else await outbox.drafts.put({ key, text });
    },
    close: () => outbox.close(),
  };
}

/** Opens a database that stays closed once it is lost: whoever holds it decides what follows. */
async function openedWith(database: Dexie, lost: () => void): Promise<void> {
  database.on('versionchange', () => {
    database.close();
    lost();
    // Else Dexie would open it again by itself.
    return false;
  });
  await database.open();
  database.backendDB().addEventListener('close', () => {
    database.close();
    lost();
  });
}

/** A value that is made when it is first asked for. A disk without room may be read all the same. */
async function known(meta: Table<Meta, string>, key: string, make: () => string): Promise<string> {
  const held = await meta.get(key);
  if (held) return held.value;
  return meta.db.transaction('rw', meta, async () => {
    const meanwhile = await meta.get(key);
    if (meanwhile) return meanwhile.value;
    const value = make();
    await meta.add({ key, value });
    return value;
  });
}

const ownDatabases = async (personId: string): Promise<string[]> =>
  (await Dexie.getDatabaseNames()).filter(
    (name) => name === outboxName(personId) || (isCache(name) && name.endsWith(`-${personId}`)),
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

const leaderOf = async (meta: Table<Meta, string>): Promise<number> => Number((await meta.get('leader'))?.value ?? 0);

/** Marks the database as led in this epoch. @throws Fenced where a later leader has done so */
async function mustLead(meta: Table<Meta, string>, epoch: number): Promise<void> {
  if ((await leaderOf(meta)) > epoch) throw new Fenced('Another tab has taken the lead.');
  await meta.put({ key: 'leader', value: String(epoch) });
}

async function joinEarlier(outbox: OutboxDatabase, item: NewItem, join: JoinArgs): Promise<OutboxItem | undefined> {
  const { id, lane, name, version, at } = item;
  const queued = await outbox.items.where('lane').equals(lane).sortBy('order');
  for (const earlier of queued.reverse()) {
    if (earlier.joined === id) return earlier;
    const isOpen = earlier.state === 'waiting' && !earlier.sealed;
    const args = isOpen && earlier.name === name && earlier.version === version ? join(earlier.args) : undefined;
    if (args === undefined) continue;
    const joined = { ...earlier, args, at, joined: id };
    await outbox.items.put(joined);
    return joined;
  }
  return undefined;
}

/** The next place in the whole queue. Inside a transaction over the outbox. */
async function nextOrder({ items, meta }: OutboxDatabase): Promise<number> {
  const last = await items.orderBy('order').last();
  const order = Math.max(last?.order ?? 0, Number((await meta.get('lastOrder'))?.value ?? 0)) + 1;
  await meta.put({ key: 'lastOrder', value: String(order) });
  return order;
}

/** The next place in a lane. Inside a transaction over the outbox. */
async function nextInLane({ lanes }: OutboxDatabase, lane: string): Promise<number> {
  const n = ((await lanes.get(lane))?.lastN ?? 0) + 1;
  await lanes.put({ lane, lastN: n });
  return n;
}

/** An item that is still held, without its hold. */
async function heldItem({ items }: OutboxDatabase, id: string): Promise<OutboxItem | undefined> {
  const found = await items.get(id);
  if (found?.heldUntil === undefined || found.state !== 'waiting') return undefined;
  const { heldUntil: _, ...item } = found;
  return item;
}

const hasPlace = ({ state, heldUntil }: OutboxItem): boolean => state === 'waiting' && heldUntil === undefined;

const waiting = (item: NewItem, order: number, n: number): OutboxItem => ({
  ...item,
  order,
  n,
  state: 'waiting',
  effects: [],
  code: null,
  message: null,
});

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
