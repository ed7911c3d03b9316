/**
 * What this tab knows, in memory: rows as the server last said (base), and over them what the person did and the server
 * has not confirmed (overlay). Views read both as one and are told once per change, so nothing flickers between
 * "pending" and "there".
 */
import type { ScopeId } from '../mutator.ts';
import type { Pending } from './outbox.ts';
import { placeOf } from './places.ts';
import type { ScopeChange, ScopeState, StoredRow } from './ports.ts';

/** One row as a view sees it. It stays the same object while nothing about it changes. */
export interface ViewRow<Data> {
  readonly id: string;
  readonly scope: ScopeId;
  readonly data: Data;
  /** Mutations that touch this row and are not confirmed yet; empty once settled. */
  readonly pending: readonly Pending[];
}

/** One row a pending mutation writes. */
export interface Effect {
  scope: ScopeId;
  table: string;
  id: string;
  data: object | null;
}

interface Base {
  version: number;
  data: object;
}
interface Overlaid {
  data: object | null;
  pending: Pending[];
}
interface Table {
  scope: ScopeId;
  name: string;
  base: Map<string, Base>;
  overlay: Map<string, Overlaid>;
  /** Rows as handed to views; an entry is dropped when its row changes. */
  seen: Map<string, ViewRow<object>>;
  list: readonly ViewRow<object>[] | null;
}

const nothing: readonly Pending[] = [];

export class Replica {
  readonly #scopes = new Map<ScopeId, ScopeState>();
  /** Whose rows are here, and whose cursors are gone. */
  readonly #adrift = new Set<ScopeId>();
  readonly #tables = new Map<string, Map<ScopeId, Table>>();
  readonly #across = new Map<string, readonly ViewRow<object>[]>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #touched = new Set<string>();
  #overlaid: ReadonlySet<Table> = new Set();

  state(scope: ScopeId): ScopeState | undefined {
    return this.#scopes.get(scope);
  }

  states(): IterableIterator<ScopeState> {
    return this.#scopes.values();
  }

  /** All scopes of which there may be rows, also those whose cursors are gone. */
  held(): ScopeId[] {
    return [...this.#scopes.keys(), ...this.#adrift];
  }

  setState(state: ScopeState): void {
    this.#scopes.set(state.scope, state);
  }

  /**
   * Back to the cursors that the disk has, where those here are ahead of them. Rows stay: the same ones come again, and
   * change nothing.
   */
  rewind(held: readonly ScopeState[]): void {
    const onDisk = new Map(held.map((state) => [state.scope, state]));
    for (const state of [...this.#scopes.values()]) {
      const disk = onDisk.get(state.scope);
      if (disk?.epoch !== state.epoch) {
        this.#scopes.delete(state.scope);
        this.#adrift.add(state.scope);
      } else if (disk.version < state.version || (disk.low ?? 0) > (state.low ?? 0))
        this.#scopes.set(state.scope, disk);
    }
  }

  /** Takes in what the server said. Rows merge by version; the greater one wins. */
  apply({ scope, purge, state, rows }: ScopeChange): void {
    if (purge || !state) this.#forget(scope);
    if (state) this.#scopes.set(scope, state);
    for (const row of rows) this.put(row);
  }

  put({ scope, table, id, version, data }: StoredRow): void {
    const known = this.#table(scope, table);
    const before = known.base.get(id);
    if (before && before.version >= version) return;
    if (data) known.base.set(id, { version, data });
    else known.base.delete(id);
    this.#touch(known, id);
  }

  /** Leaves rows of the scope to the disk, save those of these tables; what lies over them stays. */
  release(scope: ScopeId, resident: ReadonlySet<string>, below?: number): void {
    for (const [table, byScope] of this.#tables) {
      const known = byScope.get(scope);
      if (!known || resident.has(table)) continue;
      this.#empty(known, below);
      if (known.base.size === 0 && known.overlay.size === 0) byScope.delete(scope);
    }
  }

  /** Replaces the whole overlay; later effects lie over earlier ones. Rows whose overlay stays the same stay the same. */
  overlay(layers: readonly { pending: Pending; effects: readonly Effect[] }[]): void {
    const next = new Map<Table, Map<string, Overlaid>>();
    for (const { pending, effects } of layers) {
      for (const { scope, table, id, data } of effects) {
        const known = this.#table(scope, table);
        const rows = next.get(known) ?? new Map<string, Overlaid>();
        next.set(known, rows);
        const below = rows.get(id);
        rows.set(id, { data, pending: below ? [...below.pending, pending] : [pending] });
      }
    }
    for (const known of this.#overlaid.union(new Set(next.keys()))) {
      const rows = next.get(known) ?? new Map<string, Overlaid>();
      for (const id of known.overlay.keys()) if (!rows.has(id)) this.#touch(known, id);
      for (const [id, row] of rows) if (!same(known.overlay.get(id), row)) this.#touch(known, id);
      known.overlay = rows;
    }
    this.#overlaid = new Set(next.keys());
  }

  /** The base row, without the overlay. */
  base(scope: ScopeId, table: string, id: string): object | undefined {
    return this.#tables.get(table)?.get(scope)?.base.get(id)?.data;
  }

  /** Every base row of a table, whatever its scope. */
  *allBase(table: string): Generator<{ scope: ScopeId; id: string; data: object }> {
    for (const [scope, { base }] of this.#tables.get(table) ?? []) {
      for (const [id, { data }] of base) yield { scope, id, data };
    }
  }

  row(scope: ScopeId, table: string, id: string): ViewRow<object> | undefined {
    const known = this.#tables.get(table)?.get(scope);
    return known && view(known, scope, id);
  }

  /** All rows of a table in a scope, by place where they have one, those without a place last. Cached. */
  rows(scope: ScopeId, table: string): readonly ViewRow<object>[] {
    const known = this.#tables.get(table)?.get(scope);
    if (!known) return none;
    return (known.list ??= listed(known, scope));
  }

  /** All rows of a table in every scope, in no order. Cached. */
  allRows(table: string): readonly ViewRow<object>[] {
    const cached = this.#across.get(table);
    if (cached) return cached;
    const rows = [...(this.#tables.get(table)?.keys() ?? [])].flatMap((scope) => this.rows(scope, table));
    this.#across.set(table, rows);
    return rows;
  }

  /** Tells `listener` once per change of a table, in one scope or (with `null`) in any. Returns how to stop. */
  subscribe(scope: ScopeId | null, table: string, listener: () => void): () => void {
    const key = listenerKey(scope, table);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(key);
    };
  }

  /** Tells the listeners of everything that changed since the last time. */
  notify(): void {
    if (this.#touched.size === 0) return;
    const due = new Set([...this.#touched].flatMap((key) => [...(this.#listeners.get(key) ?? [])]));
    this.#touched.clear();
    for (const listener of due) listener();
  }

  #table(scope: ScopeId, table: string): Table {
    const byScope = this.#tables.get(table) ?? new Map<ScopeId, Table>();
    this.#tables.set(table, byScope);
    let known = byScope.get(scope);
    if (!known) {
      known = { scope, name: table, base: new Map(), overlay: new Map(), seen: new Map(), list: null };
      byScope.set(scope, known);
    }
    return known;
  }

  #touch(known: Table, id: string): void {
    known.seen.delete(id);
    known.list = null;
    this.#across.delete(known.name);
    this.#touched.add(listenerKey(known.scope, known.name)).add(listenerKey(null, known.name));
  }

  #forget(scope: ScopeId): void {
    this.#scopes.delete(scope);
    this.#adrift.delete(scope);
    for (const byScope of this.#tables.values()) {
      const known = byScope.get(scope);
      if (known) this.#empty(known);
    }
  }

  /** Takes out all rows, or those with a place below one. */
  #empty(known: Table, below?: number): void {
    for (const [id, { data }] of known.base) {
      if (below !== undefined && (placeOf(data) ?? below) >= below) continue;
      this.#touch(known, id);
      known.base.delete(id);
    }
  }
}

const LAST = Number.MAX_SAFE_INTEGER;
const none: readonly ViewRow<object>[] = [];

const listenerKey = (scope: ScopeId | null, table: string): string => `${table} ${scope ?? ''}`;

const same = (a: Overlaid | undefined, b: Overlaid): boolean =>
  a !== undefined &&
  a.data === b.data &&
  a.pending.length === b.pending.length &&
  a.pending.every((pending, index) => pending === b.pending[index]);

function view(known: Table, scope: ScopeId, id: string): ViewRow<object> | undefined {
  const seen = known.seen.get(id);
  if (seen) return seen;
  const over = known.overlay.get(id);
  const data = over ? over.data : known.base.get(id)?.data;
  if (!data) return undefined;
  const row = { id, scope, data, pending: over?.pending ?? nothing };
  known.seen.set(id, row);
  return row;
}

function listed(known: Table, scope: ScopeId): readonly ViewRow<object>[] {
  const rows: ViewRow<object>[] = [];
  for (const id of known.base.keys()) push(rows, view(known, scope, id));
  for (const id of known.overlay.keys()) if (!known.base.has(id)) push(rows, view(known, scope, id));
  // Stable, so that rows without a place keep the order in which they were made.
  return rows.sort((a, b) => (placeOf(a.data) ?? LAST) - (placeOf(b.data) ?? LAST));
}

const push = (rows: ViewRow<object>[], row: ViewRow<object> | undefined): void => {
  if (row) rows.push(row);
};
