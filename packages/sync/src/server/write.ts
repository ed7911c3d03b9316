/**
 * The one way in which anything synced is written: lock, authorise, buffer, flush. Used by pushed mutations and by the
 * server's own acts alike.
 */
import { Refusal, type MutatorScopes, type MutatorTx, type ScopeId, type TableMap } from '../mutator.ts';
import { LIMITS, type Effect, type WireRow } from '../protocol.ts';
import type { Commit, ScopeChange } from './commit.ts';
import type {
  LockedScope,
  Locking,
  RowKey,
  RowWrite,
  ScopeBump,
  ServerStorage,
  StorageWrite,
  Writes,
} from './storage.ts';

/** Stands for the server itself where no person acts. No person has this id. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface Actor {
  personId: string;
  /** The actor's own scope, always locked: every revocation writes it, so none can slip in between. */
  ownScope: ScopeId | null;
  now: number;
}

/** What somebody does, over which scopes. */
export interface Act<Tables extends TableMap, R> {
  actor: Actor;
  scopes: MutatorScopes;
  run: (tx: MutatorTx<Tables>) => Promise<R>;
}

/** How an act went, and what that hangs on. */
interface Trial<R> {
  done: { writes: Writes; value: R } | Refusal;
  scopes: ReadonlySet<ScopeId>;
  read: ReadonlySet<string>;
}

/**
 * Acts of one transaction, one after the other; nothing is written yet. Each sees what those before it did. What they
 * need of the database is read for all at once: each is tried on what is there, and done again only where one before it
 * has changed what it looked at.
 */
export class Ledger<Tables extends TableMap, Native> {
  readonly #storage: StorageWrite<Native>;
  readonly #scopes: Map<ScopeId, LockedScope>;
  readonly #moved = new Set<ScopeId>();
  readonly #written = new Map<string, RowWrite>();
  readonly #found = new Map<string, Promise<object | undefined>>();
  #asked: { key: RowKey; resolve: (row: object | undefined) => void; reject: (error: unknown) => void }[] = [];

  /** Locks what these acts need. */
  static async open<Tables extends TableMap, Native>(
    storage: StorageWrite<Native>,
    acts: readonly Pick<Act<Tables, unknown>, 'actor' | 'scopes'>[],
    how?: Locking,
  ): Promise<Ledger<Tables, Native>> {
    const scopes = new Set(acts.flatMap(scopesOf));
    const locked = await storage.lock(
      [...scopes].filter((scope) => storage.isScope(scope)),
      how,
    );
    return new Ledger(storage, locked);
  }

  private constructor(storage: StorageWrite<Native>, locked: Map<ScopeId, LockedScope>) {
    this.#storage = storage;
    this.#scopes = locked;
  }

  /** Does it as if no other act came before. Changes nothing. */
  async tryOut<R>(act: Act<Tables, R>): Promise<Trial<R>> {
    const { create = [], ensure = [], write } = act.scopes;
    const needed = neededBy(act);
    const scopes = new Set([...needed, ...create, ...ensure]);
    const read = new Set<string>();
    try {
      for (const scope of scopes) {
        if (!this.#storage.isScope(scope)) throw new Refusal('invalid', 'One of these ids is misspelled.');
      }
      if (create.some((scope) => this.#scopes.has(scope))) throw new Refusal('id_taken', 'This is already there.');
      for (const scope of needed) {
        if (!this.#scopes.has(scope)) throw new Refusal('not_found', 'This is not there.');
      }
      const writable = new Map(write.map((scope) => [scope, mustGet(this.#scopes, scope)]));
      for (const scope of [...create, ...ensure])
        writable.set(scope, this.#scopes.get(scope) ?? { version: 0, seq: 0 });
      const tx = new BufferingTx<Tables>(act.actor, {
        writable,
        absent: new Set([...create, ...ensure].filter((scope) => !this.#scopes.has(scope))),
        made: new Set(create),
        accepts: (key) => this.#storage.accepts(key),
        complete: (table, data) => this.#storage.complete(table, data),
        read: (key) => {
          read.add(keyOf(key));
          return this.#read(key);
        },
      });
      const value = await act.run(tx);
      return { done: { writes: tx.writes(), value }, scopes, read };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { done: error, scopes, read };
    }
  }

  /** Does it for good, after those that were done before. @throws Refusal and leaves nothing behind */
  async carryOut<R>(act: Act<Tables, R>, tried?: Trial<R>): Promise<{ writes: Writes; value: R }> {
    const isTrue = tried && tried.scopes.isDisjointFrom(this.#moved) && tried.read.isDisjointFrom(this.#written);
    const { done } = isTrue ? tried : await this.tryOut(act);
    if (done instanceof Refusal) throw done;
    for (const { scope, version, seq } of done.writes.bumps) {
      this.#scopes.set(scope, { version, seq });
      this.#moved.add(scope);
    }
    for (const row of done.writes.rows) this.#written.set(keyOf(row), row);
    return done;
  }

  /** Nothing to write, and those of the scopes that there are to be told of again. */
  again(scopes: ReadonlySet<ScopeId>): Writes {
    const again = [...scopes].flatMap((scope) => {
      const { version = 0 } = this.#scopes.get(scope) ?? {};
      return version > 0 ? [{ scope, version }] : [];
    });
    return { bumps: [], rows: [], jobs: [], again };
  }

  async #read(key: RowKey): Promise<object | undefined> {
    const name = keyOf(key);
    const written = this.#written.get(name);
    if (written) return written.data ?? undefined;
    const found = this.#found.get(name) ?? this.#ask(key);
    this.#found.set(name, found);
    return found;
  }

  /** Reads that are asked for at once travel in one statement. */
  #ask(key: RowKey): Promise<object | undefined> {
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

/** All that an act locks. */
export const scopesOf = (act: Pick<Act<TableMap, unknown>, 'actor' | 'scopes'>): ScopeId[] => [
  ...neededBy(act),
  ...(act.scopes.create ?? []),
  ...(act.scopes.ensure ?? []),
];

/** The scopes of an earlier act that may have told its readers of nothing: those it changed, and those of one reader each. */
export function toldBy<Native>(
  storage: ServerStorage<Native>,
  { scopes: { write, create = [], ensure = [] } }: Pick<Act<TableMap, unknown>, 'scopes'>,
  effects: readonly Effect[],
): ReadonlySet<ScopeId> {
  // Of scopes of many only what was changed for certain: a poke of another would tell that something was done.
  const ofOne = [...write, ...create, ...ensure].filter((scope) => storage.soleReader(scope) !== undefined);
  return new Set([...effects.map(({ scope }) => scope), ...ofOne]);
}

const neededBy = ({ actor, scopes: { write, lock = [] } }: Pick<Act<TableMap, unknown>, 'actor' | 'scopes'>) => [
  ...write,
  ...lock,
  ...(actor.ownScope === null ? [] : [actor.ownScope]),
];

/** Names what was written, for those who follow it. */
export function toCommit<Native>(
  storage: ServerStorage<Native>,
  { bumps, rows, again = [] }: Writes,
  recipients: ReadonlyMap<ScopeId, string[] | null> = new Map(),
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
  const repeated = again.map(({ scope, version }): ScopeChange => ({
    scope,
    from: version - 1,
    to: version,
    rows: null,
    recipients: recipients.get(scope) ?? null,
  }));
  return { changes: [...changes, ...repeated], lost: storage.lostReaders(rows) };
}

/** New versions of the scopes that the actor may read. */
export function effectsFor<Native>(
  storage: ServerStorage<Native>,
  { bumps, rows }: Writes,
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

/** What a run stands on. */
interface Ground {
  writable: ReadonlyMap<ScopeId, LockedScope>;
  /** Of these, those that do not exist yet. */
  absent: ReadonlySet<ScopeId>;
  /** Of those, the ones to be made also without a row. */
  made: ReadonlySet<ScopeId>;
  accepts: (key: RowKey) => boolean;
  complete: (table: string, data: object) => object;
  read: (key: RowKey) => Promise<object | undefined>;
}

class BufferingTx<Tables extends TableMap> implements MutatorTx<Tables> {
  readonly side = 'server';
  readonly personId: string;
  readonly now: number;
  readonly #ground: Ground;
  readonly #seqs = new Map<ScopeId, number>();
  readonly #rows = new Map<string, RowWrite>();
  readonly #jobs: { kind: string; payload: object }[] = [];

  constructor({ personId, now }: Actor, ground: Ground) {
    this.personId = personId;
    this.now = now;
    this.#ground = ground;
  }

  async get<T extends keyof Tables & string>(table: T, scope: ScopeId, id: string): Promise<Tables[T] | undefined> {
    const key = { table, scope, id };
    const written = this.#rows.get(keyOf(key));
    if (written) return (written.data ?? undefined) as Tables[T] | undefined;
    if (this.#ground.absent.has(scope)) return undefined;
    this.#mustAccept(key);
    return (await this.#ground.read(key)) as Tables[T] | undefined;
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
  writes(): Writes {
    const rows = [...this.#rows.values()];
    const changed = new Set(rows.map(({ scope }) => scope));
    const bumps: ScopeBump[] = [];
    for (const [scope, { version, seq }] of this.#ground.writable) {
      if (!this.#ground.made.has(scope) && !changed.has(scope)) continue;
      const created = this.#ground.absent.has(scope);
      bumps.push({ scope, version: version + 1, seq: this.#seqs.get(scope) ?? seq, created });
    }
    return { bumps, rows, jobs: this.#jobs };
  }

  #write(table: string, scope: ScopeId, id: string, data: object | null): void {
    const { version } = this.#mustWrite(scope);
    const key = { table, scope, id };
    this.#mustAccept(key);
    const whole = data && this.#ground.complete(table, data);
    this.#rows.set(keyOf(key), { ...key, version: version + 1, data: whole });
  }

  #mustWrite(scope: ScopeId): LockedScope {
    const locked = this.#ground.writable.get(scope);
    if (!locked) throw new Error(`${scope} is written but was not named among the scopes to write`);
    return locked;
  }

  #mustAccept(key: RowKey): void {
    if (!this.#ground.accepts(key)) throw new Refusal('invalid', 'One of these ids is misspelled.');
  }
}

const keyOf = ({ table, scope, id }: RowKey): string => `${table} ${scope} ${id}`;

function mustGet<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error('This key was put into the map before.');
  return value;
}
