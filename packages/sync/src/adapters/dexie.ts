/**
 * The client's disk in a browser: two Dexie databases whose names carry the person's id. `outbox` is strict (a resolved
 * write survives a power cut) and only ever grows; `cache` is relaxed and disposable.
 */
import { Dexie, type Table } from 'dexie';
import type { ScopeId } from '../mutator.ts';
import { Fenced } from '../client/ports.ts';
import type { NewItem, OutboxItem, ScopeChange, ScopeState, Storage, StoredRow, StoredState } from '../client/ports.ts';
import { placeOf } from '../client/places.ts';

/** Raised when what the cache holds changes shape: a cache of another name is simply filled again. */
const CACHE_SCHEMA = 1;

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
    super(`parley-outbox-${personId}`, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ items: 'id, &order, lane', lanes: 'lane', drafts: 'key', meta: 'key' });
  }
}

class CacheDatabase extends Dexie {
  declare rows: Table<CachedRow, [string, string, string]>;
  declare scopes: Table<ScopeState, string>;
  declare meta: Table<Meta, string>;

  constructor(personId: string) {
    super(`parley-cache-${CACHE_SCHEMA}-${personId}`, { chromeTransactionDurability: 'relaxed' });
    this.version(1).stores({ rows: '[scope+table+id], table, [scope+seq]', scopes: 'scope', meta: 'key' });
  }
}

/** The databases of one person in this browser. `newId` makes ids of clients (UUID). */
export function createDexieStorage(personId: string, newId: () => string): Storage {
  const outbox = new OutboxDatabase(personId);
  const cache = new CacheDatabase(personId);
  const whole = { items: outbox.items, lanes: outbox.lanes, drafts: outbox.drafts, meta: outbox.meta };
  const outboxTables = Object.values(whole);

  const items = () => outbox.items.orderBy('order').toArray();

  return {
    kind: 'disk',

    async open(residentTables): Promise<StoredState> {
      const clientId = await outbox.transaction('rw', outbox.meta, async () => {
        const known = await outbox.meta.get('clientId');
        if (known) return known.value;
        const value = newId();
        await outbox.meta.add({ key: 'clientId', value });
        return value;
      });
      const [rows, scopes, incarnation, queued, drafts] = await Promise.all([
        cache.rows.where('table').anyOf(residentTables).toArray(),
        cache.scopes.toArray(),
        cache.meta.get('incarnation'),
        items(),
        outbox.drafts.toArray(),
      ]);
      return {
        clientId,
        incarnation: incarnation?.value ?? null,
        scopes,
        rows,
        items: queued,
        drafts: Object.fromEntries(drafts.map(({ key, text }) => [key, text])),
      };
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

    async takeLead() {
      const { epoch, clientId, queued } = await outbox.transaction('rw', outbox.meta, outbox.items, async () => {
        const next = 1 + Number((await outbox.meta.get('leader'))?.value ?? 0);
        await outbox.meta.put({ key: 'leader', value: String(next) });
        return { epoch: next, clientId: (await outbox.meta.get('clientId'))?.value ?? '', queued: await items() };
      });
      const held = await cache.transaction('rw', cache.scopes, cache.meta, async () => {
        await mustLead(cache.meta, epoch);
        return {
          scopes: await cache.scopes.toArray(),
          incarnation: (await cache.meta.get('incarnation'))?.value ?? null,
        };
      });
      return { epoch, clientId, items: queued, ...held };
    },

    items,
    enqueue: (item, clearedDraft) =>
      outbox.transaction('rw', outboxTables, async () => {
        if (clearedDraft !== null) await outbox.drafts.delete(clearedDraft);
        const last = await outbox.items.orderBy('order').last();
        const order = Math.max(last?.order ?? 0, Number((await outbox.meta.get('lastOrder'))?.value ?? 0)) + 1;
        await outbox.meta.put({ key: 'lastOrder', value: String(order) });
        const n = ((await outbox.lanes.get(item.lane))?.lastN ?? 0) + 1;
        await outbox.lanes.put({ lane: item.lane, lastN: n });
        const stored = waiting(item, order, n);
        await outbox.items.add(stored);
        return stored;
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
        const queued = (await items()).filter((item) => item.lane === lane && item.state === 'waiting');
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
          if (item.state !== 'waiting') return item;
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

    async wipe() {
      await Promise.all([outbox.delete(), cache.delete()]);
    },
    close() {
      outbox.close();
      cache.close();
    },
  };
}

/** Marks the database as led in this epoch. @throws Fenced where a later leader has done so */
async function mustLead(meta: Table<Meta, string>, epoch: number): Promise<void> {
  if (Number((await meta.get('leader'))?.value ?? 0) > epoch) throw new Fenced('Another tab has taken the lead.');
  await meta.put({ key: 'leader', value: String(epoch) });
}

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
