/**
 * PostgreSQL as far as the sync server can tell: READ COMMITTED statements that see what is committed when they begin,
 * row locks that are waited for and then show the row as it is by then, unique keys, REPEATABLE READ snapshots,
 * transactions that abort, connections that break, and a COMMIT whose answer is lost. Between any two statements
 * everything else may happen.
 */
import type { ScopeId } from '../../mutator.ts';
import type { WireRow } from '../../protocol.ts';
import { Busy } from '../../server/errors.ts';
import type {
  Delta,
  DeltaAsk,
  Flush,
  Lane,
  LaneEntry,
  LockedScope,
  Locking,
  MutationKey,
  Outcome,
  RowKey,
  RowWrite,
  ScopeState,
  ServerStorage,
  StorageSnapshot,
  StorageWrite,
  Writes,
} from '../../server/storage.ts';
import type { Clock } from './clock.ts';
import { Locks } from './locks.ts';
import { othersNotes, parseScope, peopleScope, threadScope, userScope, type Tables } from './program.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import { Versioned } from './versioned.ts';

/** Milliseconds. */
const LOCK_TIMEOUT = 2_000;
const ATTEMPTS = 6;

interface ScopeRecord extends LockedScope {
  floor: number;
}
interface StoredResult {
  entry: LaneEntry;
  outcome: Outcome;
}
export interface StoredRow {
  table: string;
  id: string;
  version: number;
  data: object | null;
  seq: number | null;
}

/** Where an API process that is to die does so. */
export type CommitTrap = 'crash.beforeCommit' | 'crash.afterCommit' | 'commit.answerLost';

/** Who talks to the database. */
export interface DatabaseClient {
  readonly alive: boolean;
  crash(): void;
}

/** The database refused the transaction for the sake of another one. */
class Aborted extends Error {
  override readonly name = 'Aborted';
}
class ConnectionBroken extends Error {
  override readonly name = 'ConnectionBroken';
}

export interface DatabaseOptions {
  clock: Clock;
  random: Random;
  tally: Tally;
  /** Rows in one delta of a scope at most. */
  deltaRows: number;
  onCommit: (rows: readonly RowWrite[], scopes: readonly ScopeId[]) => void;
}

export class Database {
  readonly #options: DatabaseOptions;
  readonly scopes = new Versioned<ScopeRecord>();
  readonly #rows = new Map<ScopeId, Versioned<StoredRow>>();
  readonly #lanes = new Versioned<number>();
  readonly #results = new Versioned<StoredResult>();
  readonly #places = new Versioned<string>();
  readonly #clients = new Versioned<string>();
  readonly locks: Locks;
  readonly #open = new Set<Transaction>();
  #commit = 0;
  #backup: number | null = null;
  #lives = 1;
  up = true;
  /** Counts the times at which every connection broke. */
  breaks = 0;
  /** Odds that a statement of a write is refused for the sake of another transaction. */
  abortOdds = 0;
  /** No connection is free. */
  exhausted = false;
  #trap: CommitTrap | null = null;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.locks = new Locks(options.clock, LOCK_TIMEOUT);
  }

  get incarnation(): string {
    return `life-${this.#lives}`;
  }

  /** What commits next is hit. */
  setTrap(trap: CommitTrap | null): void {
    this.#trap = trap;
  }

  /** Every connection breaks; what was not committed is gone. */
  restart(downFor: number): void {
    this.up = false;
    this.#breakAll();
    this.#options.clock.after(downFor, 'database.up', () => {
      this.up = true;
      this.#options.tally.rule('CUR6');
    });
  }

  #breakAll(): void {
    this.breaks += 1;
    for (const transaction of [...this.#open]) transaction.break();
  }

  backup(): void {
    this.#backup = this.#commit;
  }

  /** @returns false where there is no backup, or nothing came after it */
  restore(): boolean {
    if (this.#backup === null || this.#backup === this.#commit) return false;
    this.#breakAll();
    const stores = [this.scopes, this.#lanes, this.#results, this.#places, this.#clients, ...this.#rows.values()];
    for (const store of stores) store.cut(this.#backup);
    this.#commit = this.#backup;
    this.#lives += 1;
    return true;
  }

  /** The results of everything done so far are no longer kept. */
  forgetResults(): number {
    let forgotten = 0;
    this.#commit += 1;
    for (const [key] of [...this.#results.entries()]) {
      this.#results.set(key, undefined, this.#commit);
      forgotten += 1;
    }
    for (const [key] of [...this.#places.entries()]) this.#places.set(key, undefined, this.#commit);
    return forgotten;
  }

  /** Tombstones of a scope are gone, and its floor rises. Nothing happens while somebody writes it. */
  purge(scope: ScopeId): boolean {
    const record = this.scopes.get(scope);
    if (!record || this.locks.isHeld(scope)) return false;
    const dead = [...this.rowsOf(scope).entries()].filter(([, { data }]) => data === null);
    if (dead.length === 0) return false;
    this.#commit += 1;
    for (const [key] of dead) this.rowsOf(scope).set(key, undefined, this.#commit);
    this.scopes.set(scope, { ...record, floor: record.version }, this.#commit);
    return true;
  }

  /** Holds the lock of a scope for a while, as somebody does who looks into a transaction and forgets it. */
  holdLock(scope: ScopeId, ms: number): void {
    const holder = {};
    void this.locks.take(holder, scope).then(
      () => void this.#options.clock.after(ms, 'lock.release', () => this.locks.release(holder)),
      () => {},
    );
  }

  rowsOf(scope: ScopeId): Versioned<StoredRow> {
    const rows = this.#rows.get(scope) ?? new Versioned<StoredRow>();
    this.#rows.set(scope, rows);
    return rows;
  }

  row<T extends keyof Tables & string>(table: T, scope: ScopeId, id: string): Tables[T] | undefined {
    return this.rowsOf(scope).get(`${table} ${id}`)?.data ?? undefined;
  }

  liveRows(scope: ScopeId, asOf?: number): StoredRow[] {
    return Array.from(this.rowsOf(scope).entries(asOf), ([, row]) => row).filter(({ data }) => data !== null);
  }

  /** The membership epoch with which a person reads a scope; `undefined` where they may not. */
  epochOf(personId: string, scope: ScopeId, asOf?: number): number | undefined {
    const [kind, id, org] = parseScope(scope);
    if (kind === 'user') return id === personId ? 0 : undefined;
    const membership = this.rowsOf(userScope(personId)).get(`membership ${id}`, asOf)?.data as
      Tables['membership'] | null | undefined;
    const isReader = membership?.active && (kind !== 'notes' || membership.org === org);
    return isReader ? membership.epoch : undefined;
  }

  readersOf(scope: ScopeId): string[] {
    const [kind, id, notesOf] = parseScope(scope);
    if (kind === 'user') return [id];
    return this.liveRows(peopleScope(id)).flatMap((row) => {
      if (row.table !== 'participant') return [];
      const { active, org } = row.data as Tables['participant'];
      return active && (kind !== 'notes' || org === notesOf) ? [row.id] : [];
    });
  }

  connect(client: DatabaseClient): ServerStorage<null> {
    const people = new Map<string, string>();
    let incarnation: string | undefined;
    return {
      incarnation: async () => (incarnation ??= this.incarnation),
      bindClient: async (clientId, personId) => {
        const known = people.get(clientId);
        if (known !== undefined) return known === personId;
        this.#mustHaveConnection();
        const owner = await this.#statement(client, null, 'bind', () => {
          const there = this.#clients.get(clientId);
          if (there !== undefined) return there;
          this.#clients.set(clientId, personId, (this.#commit += 1));
          return personId;
        });
        people.set(clientId, owner);
        return owner === personId;
      },
      write: async (run) => {
        for (let attempt = 0; ; attempt += 1) {
          this.#mustHaveConnection();
          const transaction = new Transaction(this, client);
          this.#open.add(transaction);
          try {
            const result = await run(transaction, attempt);
            await this.#finish(client, transaction);
            return result;
          } catch (error) {
            this.end(transaction);
            if (attempt + 1 >= ATTEMPTS || !(error instanceof Aborted)) throw error;
          }
        }
      },
      snapshot: async (run) => {
        this.#mustHaveConnection();
        const snapshot = new Snapshot(this, client, this.#options.deltaRows);
        const result = await run(snapshot);
        if (snapshot.asOf !== null && snapshot.asOf < this.#commit) this.#options.tally.rule('PULL2');
        return result;
      },
      soleReader: (scope) => {
        const [kind, id] = parseScope(scope);
        return kind === 'user' ? id : undefined;
      },
      lostReaders,
    };
  }

  #mustHaveConnection(): void {
    if (!this.up) throw new ConnectionBroken('The database is away.');
    if (!this.exhausted) return;
    this.#options.tally.fault('database.poolExhausted');
    throw new Busy('server', null);
  }

  /** One statement; it takes a while to arrive, and what it sees is as of then. A process that has died hears nothing. */
  #statement<T>(
    client: DatabaseClient,
    transaction: Transaction | null,
    label: string,
    work: () => T | Promise<T>,
  ): Promise<T> {
    const { clock, random, tally } = this.#options;
    return new Promise((resolve, reject) => {
      clock.after(random.between(0.2, 4), label, () => {
        if (!client.alive) return;
        if (!this.up || transaction?.broken) return reject(new ConnectionBroken('The connection broke.'));
        if (transaction && random.chance(this.abortOdds)) {
          tally.fault('database.aborted');
          return reject(new Aborted('40001'));
        }
        const answer = (given: () => void) => {
          if (client.alive) given();
        };
        try {
          const result = work();
          if (!(result instanceof Promise)) return resolve(result);
          result.then(
            (value) => answer(() => resolve(value)),
            (error: unknown) => answer(() => reject(error)),
          );
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  statement<T>(transaction: Transaction, label: string, work: () => T | Promise<T>): Promise<T> {
    return this.#statement(transaction.client, transaction, label, work);
  }

  read<T>(snapshot: Snapshot, label: string, work: () => T): Promise<T> {
    return this.#statement(snapshot.client, null, label, () => {
      if (snapshot.breaks !== this.breaks) throw new ConnectionBroken('The connection broke.');
      return work();
    });
  }

  tellsAgain(): void {
    this.#options.tally.rule('PUSH15');
  }

  waits(): void {
    this.#options.tally.rule('CUR2');
  }

  get lastCommit(): number {
    return this.#commit;
  }

  #finish(client: DatabaseClient, transaction: Transaction): Promise<void> {
    const { clock, random, tally } = this.#options;
    return new Promise((resolve, reject) => {
      clock.after(random.between(0.2, 4), 'commit', () => {
        if (!client.alive) return this.end(transaction);
        if (!this.up || transaction.broken) return reject(new ConnectionBroken('The connection broke.'));
        const trap = transaction.writes ? this.#trap : null;
        if (trap) {
          this.#trap = null;
          tally.fault(trap);
        }
        if (trap === 'crash.beforeCommit') return client.crash();
        this.#apply(transaction);
        this.end(transaction);
        if (trap === 'crash.afterCommit') return client.crash();
        if (trap === 'commit.answerLost') return reject(new ConnectionBroken('The connection broke.'));
        clock.after(random.between(0, 2), 'committed', () => {
          if (client.alive) resolve();
        });
      });
    });
  }

  /** Rolls back what was not committed, and lets others on. */
  end(transaction: Transaction): void {
    this.#open.delete(transaction);
    this.locks.release(transaction);
  }

  /** A process is gone, and its connections with it. */
  disconnect(client: DatabaseClient): void {
    for (const transaction of [...this.#open]) if (transaction.client === client) transaction.break();
  }

  #apply({ flushed }: Transaction): void {
    if (!flushed) return;
    const { tally, onCommit } = this.#options;
    this.#commit += 1;
    const commit = this.#commit;
    if (flushed.results.length > 1) tally.rule('PUSH14');
    for (const { bumps, rows } of flushed.acts) {
      for (const { scope, version, seq } of bumps) {
        const before = this.scopes.get(scope);
        if (version !== (before?.version ?? 0) + 1) throw new Error(`[CUR4] ${scope} went to ${version}`);
        tally.rule('CUR4');
        if (seq > (before?.seq ?? 0)) tally.rule('CUR5');
        this.scopes.set(scope, { version, seq, floor: before?.floor ?? 0 }, commit);
      }
      for (const { table, scope, id, version, data } of rows) {
        const seq = data && 'seq' in data && typeof data.seq === 'number' ? data.seq : null;
        this.rowsOf(scope).set(`${table} ${id}`, { table, id, version, data, seq }, commit);
      }
      onCommit(
        rows,
        bumps.map(({ scope }) => scope),
      );
    }
    for (const { clientId, lane, lastN } of flushed.lanes) this.#lanes.set(`${clientId} ${lane}`, lastN, commit);
    for (const result of flushed.results) {
      const { personId, id, clientId, lane, n } = result.entry;
      this.#results.set(`${personId} ${id}`, result, commit);
      this.#places.set(`${clientId} ${lane} ${n}`, id, commit);
    }
  }

  /** @throws Aborted where somebody else has made it meanwhile */
  async mustBeNew(transaction: Transaction, { acts, results }: Flush): Promise<void> {
    const created = acts.flatMap(({ bumps }) => bumps.flatMap((bump) => (bump.created ? [bump.scope] : [])));
    for (const scope of created.sort()) {
      await this.locks.take(transaction, `made ${scope}`);
      if (this.scopes.get(scope)) throw new Aborted('23505');
    }
    for (const { entry } of results) {
      const key = `${entry.personId} ${entry.id}`;
      await this.locks.take(transaction, `result ${key}`);
      if (this.#results.get(key)) throw new Aborted('23505');
    }
  }

  outcome({ personId, id }: MutationKey): Outcome | undefined {
    const outcome = this.#results.get(`${personId} ${id}`)?.outcome;
    if (outcome) this.#options.tally.rule('PUSH1');
    return outcome;
  }

  lastPlace({ clientId, lane }: Lane): number {
    return this.#lanes.get(`${clientId} ${lane}`) ?? 0;
  }

  isTaken({ clientId, lane, n }: Lane & { n: number }): boolean {
    return this.#places.get(`${clientId} ${lane} ${n}`) !== undefined;
  }
}

/** What of a thread somebody does not read who takes part in this way, or not at all. */
export const lostScopes = (thread: string, part: Tables['participant'] | null): ScopeId[] => [
  ...(part?.active ? [] : [threadScope(thread), peopleScope(thread)]),
  ...othersNotes(thread, part?.active ? part.org : undefined),
];

function lostReaders(rows: readonly RowWrite[]): { scope: ScopeId; personId: string }[] {
  return rows.flatMap(({ table, scope, id, data }) => {
    if (table !== 'membership') return [];
    const [, personId] = parseScope(scope);
    return lostScopes(id, data as Tables['membership'] | null).map((lost) => ({ scope: lost, personId }));
  });
}

class Transaction implements StorageWrite<null> {
  readonly native = null;
  readonly client: DatabaseClient;
  readonly #database: Database;
  broken = false;
  flushed: Flush | null = null;

  constructor(database: Database, client: DatabaseClient) {
    this.#database = database;
    this.client = client;
  }

  get writes(): boolean {
    return this.flushed?.acts.some(({ rows }) => rows.length > 0) ?? false;
  }

  break(): void {
    this.broken = true;
    this.#database.end(this);
  }

  isScope(scope: ScopeId): boolean {
    return scope.includes(':');
  }

  lock(scopes: readonly ScopeId[], { patienceMs }: Locking = {}): Promise<Map<ScopeId, LockedScope>> {
    return this.#database.statement(this, 'lock', async () => {
      // What is made meanwhile, the statement does not see.
      const there = [...new Set(scopes)].filter((scope) => this.#database.scopes.get(scope)).sort();
      const locked = new Map<ScopeId, LockedScope>();
      for (const scope of there) {
        if (this.#database.locks.isHeld(scope)) this.#database.waits();
        await this.#database.locks.take(this, scope, patienceMs);
        const { version = 0, seq = 0 } = this.#database.scopes.get(scope) ?? {};
        locked.set(scope, { version, seq });
      }
      return locked;
    });
  }

  lastPlaces(lanes: readonly Lane[]): Promise<number[]> {
    return this.#database.statement(this, 'lanes', () => lanes.map((lane) => this.#database.lastPlace(lane)));
  }

  outcomes(keys: readonly MutationKey[]): Promise<(Outcome | undefined)[]> {
    return this.#database.statement(this, 'outcomes', () => keys.map((key) => this.#database.outcome(key)));
  }

  taken(places: readonly (Lane & { n: number })[]): Promise<boolean[]> {
    return this.#database.statement(this, 'taken', () => places.map((place) => this.#database.isTaken(place)));
  }

  complete(_table: string, data: object): object {
    return data;
  }

  accepts({ id }: RowKey): boolean {
    return id === id.toLowerCase();
  }

  read(keys: readonly RowKey[]): Promise<(object | undefined)[]> {
    return this.#database.statement(this, 'read', () =>
      keys.map(({ table, scope, id }) => this.#database.rowsOf(scope).get(`${table} ${id}`)?.data ?? undefined),
    );
  }

  flush(flush: Flush): Promise<Map<ScopeId, string[] | null>[]> {
    return this.#database.statement(this, 'flush', async () => {
      const toldOf = ({ bumps, again = [] }: Writes) => [...bumps, ...again].map(({ scope }) => scope);
      if (flush.acts.some(({ again = [] }) => again.length > 0)) this.#database.tellsAgain();
      const scopes = flush.acts.flatMap(toldOf);
      const readers = new Map(scopes.map((scope) => [scope, new Set(this.#database.readersOf(scope))]));
      await this.#database.mustBeNew(this, flush);
      this.flushed = flush;
      return flush.acts.map((act) => {
        for (const { table, scope, id, data } of act.rows) {
          if (table !== 'participant') continue;
          const [, thread] = parseScope(scope);
          const part = data as Tables['participant'] | null;
          for (const lost of lostScopes(thread, part)) readers.get(lost)?.delete(id);
          if (!part?.active) continue;
          for (const readable of [threadScope(thread), peopleScope(thread)]) readers.get(readable)?.add(id);
        }
        return new Map(toldOf(act).map((scope) => [scope, [...(readers.get(scope) ?? [])]]));
      });
    });
  }
}

class Snapshot implements StorageSnapshot {
  readonly #database: Database;
  readonly client: DatabaseClient;
  readonly breaks: number;
  readonly #deltaRows: number;
  /** Taken with the first statement. */
  asOf: number | null = null;

  constructor(database: Database, client: DatabaseClient, deltaRows: number) {
    this.#database = database;
    this.client = client;
    this.breaks = database.breaks;
    this.#deltaRows = deltaRows;
  }

  readable(personId: string, scopes: readonly ScopeId[]): Promise<Map<ScopeId, ScopeState>> {
    return this.#read('readable', (asOf) => {
      const states = new Map<ScopeId, ScopeState>();
      for (const scope of scopes) {
        const record = this.#database.scopes.get(scope, asOf) ?? unwritten(scope);
        const epoch = this.#database.epochOf(personId, scope, asOf);
        if (record && epoch !== undefined) states.set(scope, { ...record, epoch });
      }
      return states;
    });
  }

  deltas(asks: readonly DeltaAsk[], most: number): Promise<Map<ScopeId, Delta>> {
    const limit = Math.min(most, this.#deltaRows);
    return this.#read('deltas', (asOf) => {
      const deltas = asks.map(({ scope, from }): [ScopeId, Delta] => {
        const rows = Array.from(this.#database.rowsOf(scope).entries(asOf), ([, row]) => row)
          .filter(({ version, data }) => version > from && (from > 0 || data !== null))
          .sort((a, b) => a.version - b.version);
        const last = rows[limit - 1]?.version ?? Infinity;
        const kept = rows.filter(({ version }) => version <= last);
        return [scope, { rows: kept.map(toWireRow), to: kept.length < rows.length ? last : null }];
      });
      return new Map(deltas);
    });
  }

  windows(
    asks: readonly { scope: ScopeId; low: number; before: number; head: boolean }[],
  ): Promise<Map<ScopeId, WireRow[]>> {
    return this.#read('windows', (asOf) => {
      const windows = asks.map(({ scope, low, before, head }): [ScopeId, WireRow[]] => {
        const within = this.#database
          .liveRows(scope, asOf)
          .filter(({ seq }) => (seq === null ? head : seq >= low && seq < before));
        return [scope, within.map(toWireRow)];
      });
      return new Map(windows);
    });
  }

  #read<T>(label: string, work: (asOf: number) => T): Promise<T> {
    return this.#database.read(this, label, () => work((this.asOf ??= this.#database.lastCommit)));
  }
}

/** Before the first note its scope is one in which nothing has happened. */
export const unwritten = (scope: ScopeId): ScopeRecord | undefined =>
  parseScope(scope)[0] === 'notes' ? { version: 0, seq: 0, floor: 0 } : undefined;

const toWireRow = ({ table, id, version, data }: StoredRow): WireRow => [table, id, version, data];
