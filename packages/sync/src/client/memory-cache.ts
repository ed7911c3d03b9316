/** A cache that lasts as long as the tab, for browsers that keep nothing. The same rules hold as on disk. */
import type { ScopeId } from '../mutator.ts';
import { placeOf } from './places.ts';
import { Fenced, type CacheHandle, type ScopeState, type StoredRow } from './ports.ts';

export function createMemoryCache(): CacheHandle {
  const scopes = new Map<ScopeId, { state: ScopeState; rows: Map<string, StoredRow> }>();
  let incarnation: string | null = null;
  let leader = 0;
  const mustLead = (epoch: number) => {
    if (leader > epoch) throw new Fenced('Another tab has taken the lead.');
    leader = epoch;
  };
  const rowsOf = (scope: ScopeId): StoredRow[] => [...(scopes.get(scope)?.rows.values() ?? [])];
  const states = () => Array.from(scopes.values(), ({ state }) => state);
  const birth = {};

  return {
    birth,
    async read(residentTables) {
      const rows = [...scopes.keys()].flatMap(rowsOf).filter(({ table }) => residentTables.includes(table));
      return { incarnation, scopes: states(), rows };
    },
    row: async (scope, table, id) => scopes.get(scope)?.rows.get(`${table} ${id}`),
    scopeRows: async (scope) => rowsOf(scope).filter(({ data }) => placeOf(data) === null),
    async pagedRows(scope, before, places) {
      const below = rowsOf(scope).filter(({ data }) => (placeOf(data) ?? before) < before);
      const highest = [...new Set(below.map(({ data }) => placeOf(data) ?? 0))].sort((a, b) => b - a);
      const lowest = highest.slice(0, places).at(-1) ?? before;
      return below.filter(({ data }) => (placeOf(data) ?? 0) >= lowest);
    },
    async writeCache(changes, incarnationNow, epoch) {
      mustLead(epoch);
      for (const { scope, purge, state } of changes) {
        const before = scopes.get(scope)?.state;
        if (!purge && !before) throw new Fenced('This scope is not held.');
        if (before && state && state.epoch < before.epoch) throw new Fenced('This membership is over.');
      }
      incarnation = incarnationNow;
      for (const { scope, purge, state, rows } of changes) {
        const held = purge ? undefined : scopes.get(scope)?.rows;
        if (!state) {
          scopes.delete(scope);
          continue;
        }
        const next = held ?? new Map<string, StoredRow>();
        for (const row of rows) {
          const key = `${row.table} ${row.id}`;
          if ((next.get(key)?.version ?? -1) >= row.version) continue;
          if (row.data) next.set(key, row);
          else next.delete(key);
        }
        scopes.set(scope, { state, rows: next });
      }
    },
    leader: async () => leader,
    async takeLead(epoch) {
      mustLead(epoch);
      return { scopes: states(), incarnation };
    },
    close() {},
  };
}
