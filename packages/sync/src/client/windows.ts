/**
 * Which part of the opened scopes is in memory. Tables named resident are always there; the rest of a scope is read
 * from disk while somebody looks at it, its places from the newest down to `low`.
 */
import type { ScopeId } from '../mutator.ts';
import type { ScopeChange, ScopeState, Storage, StoredRow } from './ports.ts';
import { placeOf } from './places.ts';
import type { Replica } from './replica.ts';

/** Places read from disk or asked of the server at once. */
export const PAGE = 100;

export interface ThreadWindow {
  /** Lowest place in memory; places start at 1. */
  readonly low: number;
  /** There is nothing below. */
  readonly complete: boolean;
  readonly loading: boolean;
  /** There are older rows, but they need the network and there is none. */
  readonly unreachable: boolean;
}

const unopened: ThreadWindow = { low: Number.MAX_SAFE_INTEGER, complete: false, loading: true, unreachable: false };

export interface WindowsOptions {
  replica: Replica;
  storage: Pick<Storage, 'scopeRows' | 'pagedRows'>;
  resident: ReadonlySet<string>;
  isPaged: (scope: ScopeId) => boolean;
}

export class Windows {
  readonly #replica: Replica;
  readonly #storage: WindowsOptions['storage'];
  readonly #resident: ReadonlySet<string>;
  readonly #isPaged: (scope: ScopeId) => boolean;
  readonly #opened = new Map<ScopeId, { users: number; window: ThreadWindow }>();
  readonly #listeners = new Map<ScopeId, Set<() => void>>();

  constructor(options: WindowsOptions) {
    this.#replica = options.replica;
    this.#storage = options.storage;
    this.#resident = options.resident;
    this.#isPaged = options.isPaged;
  }

  get(scope: ScopeId): ThreadWindow {
    return this.#opened.get(scope)?.window ?? unopened;
  }

  isOpen(scope: ScopeId): boolean {
    return this.#opened.has(scope);
  }

  opened(): IterableIterator<ScopeId> {
    return this.#opened.keys();
  }

  subscribe(scope: ScopeId, listener: () => void): () => void {
    const listeners = this.#listeners.get(scope) ?? new Set();
    this.#listeners.set(scope, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** @returns whether the scope was not open before, and so has to be loaded */
  open(scope: ScopeId): boolean {
    const known = this.#opened.get(scope);
    if (known) known.users += 1;
    else this.#opened.set(scope, { users: 1, window: unopened });
    return !known;
  }

  close(scope: ScopeId): void {
    const known = this.#opened.get(scope);
    if (!known) return;
    known.users -= 1;
    if (known.users > 0) return;
    this.#opened.delete(scope);
    this.#replica.release(scope, this.#resident);
  }

  /** Reads what is on disk of a scope just opened. @returns whether that is less than a page of what there is */
  async load(scope: ScopeId): Promise<boolean> {
    const state = this.#replica.state(scope);
    if (!state || !this.isOpen(scope)) return false;
    if (!(await this.#take(scope, this.#storage.scopeRows(scope)))) return false;
    if (this.#isPaged(scope)) {
      const places = await this.#read(scope, state, Number.MAX_SAFE_INTEGER);
      return places < PAGE && this.isOpen(scope) && !this.get(scope).complete;
    }
    this.set(scope, { low: 0, complete: true, loading: false });
    return false;
  }

  /** Reads one more page from disk. @returns false where the disk holds nothing more */
  async older(scope: ScopeId): Promise<boolean> {
    const state = this.#replica.state(scope);
    const { low } = this.get(scope);
    if (state?.low == null || state.low >= low || !this.isOpen(scope)) return false;
    await this.#read(scope, state, low);
    return true;
  }

  /** Leaves what is below a place to the disk, unless more than one looks at the scope or older rows are on their way. */
  leaveOlder(scope: ScopeId, low: number): void {
    const known = this.#opened.get(scope);
    if (known?.users !== 1 || known.window.loading || low <= known.window.low) return;
    this.#replica.release(scope, this.#resident, low);
    this.set(scope, { low, complete: false });
  }

  /** The rows of a change that belong into memory. */
  resident(change: ScopeChange): StoredRow[] {
    const { scope, state } = change;
    const open = this.isOpen(scope);
    if (open && change.purge && state) {
      const complete = state.low === null || state.low <= 1;
      this.set(scope, { low: state.low ?? 0, complete, loading: false, unreachable: false });
    }
    const { low } = this.get(scope);
    return change.rows.filter(({ table, data }) => {
      if (this.#resident.has(table)) return true;
      return open && (placeOf(data) ?? low) >= low;
    });
  }

  set(scope: ScopeId, change: Partial<ThreadWindow>): void {
    const known = this.#opened.get(scope);
    if (!known) return;
    known.window = { ...known.window, ...change };
    for (const listener of this.#listeners.get(scope) ?? []) listener();
  }

  async #read(scope: ScopeId, state: ScopeState, before: number): Promise<number> {
    const rows = await this.#take(scope, this.#storage.pagedRows(scope, before, PAGE));
    if (!rows) return 0;
    const places = new Set(rows.map(({ data }) => placeOf(data) ?? before));
    const floor = state.low ?? 1;
    const read = places.size < PAGE ? floor : Math.max(Math.min(...places), floor);
    // The newest page may be read while more than that is in view.
    const low = Math.min(read, this.get(scope).low);
    this.set(scope, { low, complete: low <= 1, loading: false, unreachable: false });
    return places.size;
  }

  /** Into memory. @returns nothing where the scope was closed meanwhile, and no change would reach what is in memory */
  async #take(scope: ScopeId, reading: Promise<StoredRow[]>): Promise<StoredRow[] | undefined> {
    const opened = this.#opened.get(scope);
    const rows = await reading;
    if (this.#opened.get(scope) !== opened) return undefined;
    for (const row of rows) this.#replica.put(row);
    return rows;
  }
}
