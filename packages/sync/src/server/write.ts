/**
 * The one way in which anything synced is written: lock, authorise, buffer, flush. Used by pushed mutations and by the
 * server's own acts alike.
 */
import { Refusal, type MutatorScopes, type MutatorTx, type ScopeId, type TableMap } from '../mutator.ts';
import { LIMITS, type Effect, type WireRow } from '../protocol.ts';
import type { Commit, ScopeChange } from './commit.ts';
import type { LockedScope, RowKey, RowWrite, ScopeBump, ServerStorage, StorageWrite } from './storage.ts';

/** Stands for the server itself where no person acts. No person has this id. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface Actor {
  personId: string;
  /** The actor's own scope, always locked: every revocation writes it, so none can slip in between. */
  ownScope: ScopeId | null;
  now: number;
}

/** What a run left to be written. */
export interface Buffered {
  bumps: ScopeBump[];
  rows: RowWrite[];
  jobs: { kind: string; payload: object }[];
}

/**
 * Locks, then lets `run` read and write; nothing is written yet.
 * @throws Refusal `not_found` where a scope is missing, `id_taken` where one to be made exists, and what `run` refuses
 */
export async function prepare<Tables extends TableMap, Native, R>(
  storage: StorageWrite<Native>,
  actor: Actor,
  { write, lock = [], create = [] }: MutatorScopes,
  run: (tx: MutatorTx<Tables>) => Promise<R>,
): Promise<{ buffered: Buffered; value: R }> {
  const needed = new Set([...write, ...lock, ...(actor.ownScope === null ? [] : [actor.ownScope])]);
  const locked = await storage.lock([...needed, ...create]);
  if (create.some((scope) => locked.has(scope))) throw new Refusal('id_taken', 'This is already there.');
  for (const scope of needed) if (!locked.has(scope)) throw new Refusal('not_found', 'This is not there.');

  const writable = new Map<ScopeId, LockedScope>();
  for (const scope of write) writable.set(scope, mustGet(locked, scope));
  for (const scope of create) writable.set(scope, { version: 0, seq: 0 });
  const tx = new BufferingTx<Tables>(storage, actor, writable, new Set(create));
  const value = await run(tx);
  return { buffered: tx.buffered(), value };
}

/** Names what was written, for those who follow it. */
export function toCommit<Native>(
  storage: ServerStorage<Native>,
  { bumps, rows }: Buffered,
  recipients: ReadonlyMap<ScopeId, string[] | null>,
): Commit {
  const changes = bumps.map(({ scope, version }): ScopeChange => {
    const changed = rows.filter((row) => row.scope === scope);
    return {
      scope,
      from: version - 1,
      to: version,
      rows: changed.length > LIMITS.pokeRows ? null : changed.map(toWireRow),
      recipients: recipients.get(scope) ?? null,
    };
  });
  return { changes, lost: storage.lostReaders(rows) };
}

/** New versions of the scopes that the actor may read. */
export function effectsFor<Native>(
  storage: ServerStorage<Native>,
  { bumps, rows }: Buffered,
  personId: string,
): Effect[] {
  const lost = new Set(
    storage.lostReaders(rows).flatMap((reader) => (reader.personId === personId ? [reader.scope] : [])),
  );
  return bumps
    .filter(({ scope }) => (storage.soleReader(scope) ?? personId) === personId && !lost.has(scope))
    .map(({ scope, version }) => ({ scope, version }));
}

const toWireRow = ({ table, id, version, data }: RowWrite): WireRow => [table, id, version, data];

class BufferingTx<Tables extends TableMap> implements MutatorTx<Tables> {
  readonly side = 'server';
  readonly personId: string;
  readonly now: number;
  readonly #storage: Pick<StorageWrite<unknown>, 'accepts' | 'read'>;
  readonly #writable: ReadonlyMap<ScopeId, LockedScope>;
  readonly #created: ReadonlySet<ScopeId>;
  readonly #seqs = new Map<ScopeId, number>();
  readonly #rows = new Map<string, RowWrite>();
  readonly #reads = new Map<string, Promise<object | undefined>>();
  readonly #jobs: { kind: string; payload: object }[] = [];
  #asked: { key: RowKey; resolve: (row: object | undefined) => void; reject: (error: unknown) => void }[] = [];

  constructor(
    storage: Pick<StorageWrite<unknown>, 'accepts' | 'read'>,
    { personId, now }: Actor,
    writable: ReadonlyMap<ScopeId, LockedScope>,
    created: ReadonlySet<ScopeId>,
  ) {
    this.personId = personId;
    this.now = now;
    this.#storage = storage;
    this.#writable = writable;
    this.#created = created;
  }

  async get<T extends keyof Tables & string>(table: T, scope: ScopeId, id: string): Promise<Tables[T] | undefined> {
    const written = this.#rows.get(keyOf(table, scope, id));
    if (written) return (written.data ?? undefined) as Tables[T] | undefined;
    if (this.#created.has(scope)) return undefined;
    const key = keyOf(table, scope, id);
    const read = this.#reads.get(key) ?? this.#ask({ table, scope, id });
    this.#reads.set(key, read);
    return (await read) as Tables[T] | undefined;
  }

  put<T extends keyof Tables & string>(table: T, scope: ScopeId, id: string, row: Tables[T]): void {
    this.#write(table, scope, id, row);
  }

  remove<T extends keyof Tables & string>(table: T, scope: ScopeId, id: string): void {
    this.#write(table, scope, id, null);
  }

  nextSeq(scope: ScopeId): number {
    const seq = (this.#seqs.get(scope) ?? this.#mustWrite(scope).seq) + 1;
    this.#seqs.set(scope, seq);
    return seq;
  }

  enqueue(kind: string, payload: object): void {
    this.#jobs.push({ kind, payload });
  }

  /** A scope without changed rows keeps its version. */
  buffered(): Buffered {
    const rows = [...this.#rows.values()];
    const changed = new Set(rows.map(({ scope }) => scope));
    const bumps: ScopeBump[] = [];
    for (const [scope, { version, seq }] of this.#writable) {
      const created = this.#created.has(scope);
      if (!created && !changed.has(scope)) continue;
      bumps.push({ scope, version: version + 1, seq: this.#seqs.get(scope) ?? seq, created });
    }
    return { bumps, rows, jobs: this.#jobs };
  }

  #write(table: string, scope: ScopeId, id: string, data: object | null): void {
    const { version } = this.#mustWrite(scope);
    this.#mustAccept({ table, scope, id });
    this.#rows.set(keyOf(table, scope, id), { table, scope, id, version: version + 1, data });
  }

  #mustWrite(scope: ScopeId): LockedScope {
    const locked = this.#writable.get(scope);
    if (!locked) throw new Error(`${scope} is written but was not named among the scopes to write`);
    return locked;
  }

  #mustAccept(key: RowKey): void {
    if (!this.#storage.accepts(key)) throw new Refusal('invalid', 'One of these ids is misspelled.');
  }

  /** Reads that are asked for at once travel in one statement. */
  async #ask(key: RowKey): Promise<object | undefined> {
    this.#mustAccept(key);
    return new Promise((resolve, reject) => {
      this.#asked.push({ key, resolve, reject });
      if (this.#asked.length === 1) queueMicrotask(() => void this.#readAsked());
    });
  }

  async #readAsked(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    try {
      const rows = await this.#storage.read(asked.map(({ key }) => key));
      asked.forEach(({ resolve }, index) => resolve(rows[index]));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}

const keyOf = (table: string, scope: ScopeId, id: string): string => `${table} ${scope} ${id}`;

function mustGet<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error('This key was put into the map before.');
  return value;
}
