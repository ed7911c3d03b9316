/**
 * The relaxed half of the disk: what the server has said, as far as this device keeps it. In scopes with places the rows
 * that have one lie in pages; every other row is a record of its own.
 */
import { Dexie, type Table } from 'dexie';
import { placeOf } from '../client/places.ts';
import { Fenced, type CacheHandle, type ScopeChange, type ScopeState, type StoredRow } from '../client/ports.ts';
import type { ScopeId } from '../mutator.ts';
import { merged, pageOf, pageOfRow, PLACES, rowsIn, type Page } from './cache-pages.ts';
import { known, leaderOf, mustLead, openedWith, type Meta } from './dexie-database.ts';

type RowKey = [scope: ScopeId, table: string, id: string];
type PageKey = [scope: ScopeId, number: number];

export class CacheDatabase extends Dexie {
  declare rows: Table<StoredRow, RowKey>;
  declare pages: Table<Page, PageKey>;
  declare scopes: Table<ScopeState, string>;
  declare meta: Table<Meta, string>;

  constructor(name: string) {
    super(name, { chromeTransactionDurability: 'relaxed' });
    this.version(1).stores({
      rows: '[scope+table+id], table',
      pages: '[scope+number], [scope+least+greatest+number]',
      scopes: 'scope',
      meta: 'key',
    });
  }
}

export async function openCache(cache: CacheDatabase, newId: () => string, lost: () => void): Promise<CacheHandle> {
  await openedWith(cache, lost);
  const birth = await known(cache.meta, 'birth', newId);
  const held = async () => {
    const [scopes, incarnation] = await Promise.all([cache.scopes.toArray(), cache.meta.get('incarnation')]);
    return { scopes, incarnation: incarnation?.value ?? null };
  };
  return {
    birth,
    async read(residentTables) {
      // Each table by itself: several keys at once are read record by record.
      const rows = residentTables.map((table) => cache.rows.where('table').equals(table).toArray());
      return { ...(await held()), rows: (await Promise.all(rows)).flat() };
    },

    async row(scope, table, id) {
      const [row, around] = await Promise.all([cache.rows.get([scope, table, id]), pagesAround(cache, scope, [id])]);
      if (row || around.length === 0) return row;
      const pages = await pagesOf(cache, scope, around);
      return pages.flatMap(rowsIn).find((other) => other.table === table && other.id === id);
    },
    scopeRows: async (scope) => (await singly(cache, scope)).filter(({ data }) => placeOf(data) === null),
    async pagedRows(scope, before, places) {
      const rows = await pagedRows(cache, scope, before, places);
      // A scope without places may have rows with a `seq` that means something else.
      return rows.length > 0 ? rows : highest(await singly(cache, scope), before, places);
    },
    writeCache: (changes, incarnation, epoch) =>
      cache.transaction('rw', cache.rows, cache.pages, cache.scopes, cache.meta, async () => {
        await Promise.all([
          mustLead(cache.meta, epoch),
          cache.meta.put({ key: 'incarnation', value: incarnation }),
          write(cache, changes),
        ]);
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

/** Keys begin with the scope; an array sorts behind every string and every number. */
const ofScope = <Row, Key>(table: Table<Row, Key>, scope: ScopeId) => table.where(':id').between([scope], [scope, []]);

const singly = (cache: CacheDatabase, scope: ScopeId): PromiseLike<StoredRow[]> => ofScope(cache.rows, scope).toArray();

async function pagesOf(cache: CacheDatabase, scope: ScopeId, numbers: readonly number[]): Promise<Page[]> {
  const pages = await cache.pages.bulkGet(Array.from(new Set(numbers), (number): PageKey => [scope, number]));
  return pages.filter((page) => page !== undefined);
}

/** Numbers of the pages in which rows with these ids may be. */
async function pagesAround(cache: CacheDatabase, scope: ScopeId, ids: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  const last = ids.toSorted().at(-1);
  if (last === undefined) return found;
  await cache.pages
    .where('[scope+least+greatest+number]')
    .between([scope], [scope, last, []])
    .eachKey((key) => {
      const [, least, greatest, number] = key as unknown as [ScopeId, string, string, number];
      if (ids.some((id) => least <= id && id <= greatest)) found.push(number);
    });
  return found;
}

async function pagedRows(cache: CacheDatabase, scope: ScopeId, before: number, places: number): Promise<StoredRow[]> {
  const rows: StoredRow[] = [];
  // The first page and the last one are wanted in part.
  const atOnce = Math.ceil(places / PLACES) + 1;
  for (let from = pageOf(before - 1); ;) {
    const pages = await cache.pages.where(':id').between([scope, from], [scope, []]).limit(atOnce).toArray();
    rows.push(...pages.flatMap(rowsIn));
    const wanted = highest(rows, before, places);
    const last = pages.at(-1);
    if (!last || pages.length < atOnce || new Set(wanted.map(seqOf)).size === places) return wanted;
    from = last.number + 1;
  }
}

const idOf = ({ id }: StoredRow): string => id;
const seqOf = ({ data }: StoredRow): number => placeOf(data) ?? 0;

/** The rows of the `places` highest places below `before`. */
function highest(rows: readonly StoredRow[], before: number, places: number): StoredRow[] {
  const below = rows.filter(({ data }) => (placeOf(data) ?? before) < before);
  const lowest = [...new Set(below.map(seqOf))].sort((a, b) => b - a)[places - 1] ?? 0;
  return below.filter((row) => seqOf(row) >= lowest);
}

async function write(cache: CacheDatabase, changes: readonly ScopeChange[]): Promise<void> {
  const [before, writes] = await Promise.all([
    cache.scopes.bulkGet(changes.map(({ scope }) => scope)),
    Promise.all(changes.map((change) => toWrite(cache, change))),
  ]);
  const forgotten = changes.flatMap(({ scope, purge, state }, index) => {
    const held = before[index];
    if (!purge && !held) throw new Fenced('This scope is not held.');
    if (held && state && state.epoch < held.epoch) throw new Fenced('This membership is over.');
    // Rows come and go with their scope.
    return held && (purge || !state) ? [scope] : [];
  });
  await Promise.all(
    forgotten.flatMap((scope) => [ofScope(cache.rows, scope).delete(), ofScope(cache.pages, scope).delete()]),
  );
  await Promise.all([
    cache.scopes.bulkPut(changes.flatMap(({ state }) => state ?? [])),
    cache.scopes.bulkDelete(changes.flatMap(({ scope, state }) => (state ? [] : [scope]))),
    cache.rows.bulkPut(writes.flatMap(({ rows }) => rows)),
    cache.rows.bulkDelete(writes.flatMap(({ rowsGone }) => rowsGone)),
    cache.pages.bulkPut(writes.flatMap(({ pages }) => pages)),
    cache.pages.bulkDelete(writes.flatMap(({ pagesGone }) => pagesGone)),
  ]);
}

/** What a change writes over what is held, where that is not of a later version. */
async function toWrite(cache: CacheDatabase, { scope, purge, state, rows }: ScopeChange) {
  const keyOf = ({ table, id }: StoredRow): RowKey => [scope, table, id];
  const byPage = Map.groupBy(state ? rows : [], (row) => (state?.low == null ? null : pageOfRow(row)));
  const singles = byPage.get(null) ?? [];
  // Nobody says which of them had a place.
  const gone = singles.filter(({ data }) => !data);
  const [heldRows, around] = purge
    ? [[], []]
    : await Promise.all([cache.rows.bulkGet(singles.map(keyOf)), pagesAround(cache, scope, gone.map(idOf))]);
  const numbers = [...new Set([...byPage.keys(), ...around])].filter((number) => number !== null);
  const heldPages = purge ? [] : await pagesOf(cache, scope, numbers);
  const newer = singles.filter(({ version }, index) => (heldRows[index]?.version ?? -1) < version);
  const pages = numbers.map((number) => {
    const held = heldPages.find((page) => page.number === number);
    return { number, held, page: merged(scope, number, held, [...(byPage.get(number) ?? []), ...gone]) };
  });
  return {
    rows: newer.filter(({ data }) => data),
    rowsGone: newer.filter(({ data }) => !data).map(keyOf),
    pages: pages.flatMap(({ held, page }) => (page && page !== held ? [page] : [])),
    pagesGone: pages.flatMap(({ number, page }): PageKey[] => (page ? [] : [[scope, number]])),
  };
}
