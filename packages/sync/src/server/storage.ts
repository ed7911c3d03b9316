/**
 * What the engine asks of a database. One adapter today, PostgreSQL in `packages/db`; rules of order and locking that it
 * must keep: SPEC.md, [CUR1] to [CUR6].
 */
import type { ScopeId } from '../mutator.ts';
import type { Effect, WireRow } from '../protocol.ts';

export interface RowKey {
  table: string;
  scope: ScopeId;
  id: string;
}

/** A row to be written; `data: null` leaves a tombstone. */
export interface RowWrite extends RowKey {
  version: number;
  data: object | null;
}

/** A scope that this transaction has locked. `seq` is the last place given out in it. */
export interface LockedScope {
  version: number;
  seq: number;
}

export interface ScopeBump extends LockedScope {
  scope: ScopeId;
  /** Made by this transaction; fails where it exists. */
  created: boolean;
}

/** One client's order of mutations in a lane. */
export interface Lane {
  clientId: string;
  lane: string;
}

/** A mutation and the place its client gave it. */
export interface LaneEntry extends Lane {
  personId: string;
  n: number;
  id: string;
}

export type Outcome = { status: 'applied'; effects: Effect[] } | { status: 'rejected'; code: string; message: string };

/** Names a mutation of a person: nobody's ids can run into another's. */
export interface MutationKey {
  personId: string;
  id: string;
}

/** What one act writes: scopes that move on by one version, and their rows in it. */
export interface Writes {
  bumps: ScopeBump[];
  rows: RowWrite[];
  jobs: { kind: string; payload: object }[];
  /** Locked scopes of an earlier act that is asked for again, as they stand: their readers are told once more. */
  again?: { scope: ScopeId; version: number }[];
}

/** All that one transaction writes, in one go. */
export interface Flush {
  /** In their order: a later one goes on from the versions of the earlier ones, and its rows replace theirs. */
  acts: readonly Writes[];
  /** The last place taken in each lane that was entered. */
  lanes: readonly (Lane & { lastN: number })[];
  results: readonly { entry: LaneEntry; outcome: Outcome }[];
}

export interface Locking {
  /** Whose mutations these are: they write these scopes only, and read what one of them may read. Without, the server acts. */
  people?: readonly string[];
  /** Milliseconds to wait at most for somebody else's lock, now and later. */
  patienceMs?: number | undefined;
}

/** A READ COMMITTED transaction. `Native` is the adapter's own handle on it. */
export interface StorageWrite<Native> {
  readonly native: Native;
  /** Whether this can be a scope. */
  isScope(scope: ScopeId): boolean;
  /** Whether a row can have this id, in exactly this spelling. */
  accepts(key: RowKey): boolean;
  /** A row's data as it will be read: what an act left out of it is there, and empty. */
  complete(table: string, data: object): object;
  /**
   * Locks scopes in the order of their ids; those that do not exist are absent. What follows in the transaction reaches no
   * further than `how` says.
   */
  lock(scopes: readonly ScopeId[], how?: Locking): Promise<Map<ScopeId, LockedScope>>;
  /** The last place taken in each lane, 0 where none is. */
  lastPlaces(lanes: readonly Lane[]): Promise<number[]>;
  /** What became of earlier mutations, in the order asked; `undefined` where it is not known. */
  outcomes(keys: readonly MutationKey[]): Promise<(Outcome | undefined)[]>;
  /** Whether the result of some mutation of this place is kept, in the order asked. */
  taken(places: readonly (Lane & { n: number })[]): Promise<boolean[]>;
  /** Live rows in the order asked, as a statement of its own sees them. */
  read(keys: readonly RowKey[]): Promise<(object | undefined)[]>;
  /**
   * Writes everything. Answers for each act who reads each changed scope, and those to be told of again, once that is done,
   * placeholders left out;
   * `null` where they are more than `RECIPIENTS`.
   */
  flush(flush: Flush): Promise<Map<ScopeId, string[] | null>[]>;
}

/**
 * Readers of a scope to whom rows are sent directly; where there are more, everybody gets a bare poke, and pulls. To name a
 * thousand costs a millisecond; a thousand pulls cost seconds.
 */
export const RECIPIENTS = 2_048;

export interface ScopeState {
  version: number;
  seq: number;
  /** Below it tombstones are gone, and a cursor means nothing. */
  floor: number;
  /** The reader's membership epoch. */
  epoch: number;
}

export interface DeltaAsk {
  scope: ScopeId;
  /** Rows newer than this; 0 for all, then without tombstones. */
  from: number;
}

/** Rows in the order of their versions. With `to`, rows newer than `to` were left out, and none up to it. */
export interface Delta {
  rows: WireRow[];
  to: number | null;
}

/** One REPEATABLE READ, read-only transaction: everything as of one moment. */
export interface StorageSnapshot {
  /** Those of the scopes that exist and that the person may read. */
  readable(personId: string, scopes: readonly ScopeId[]): Promise<Map<ScopeId, ScopeState>>;
  /** About `limit` rows of each scope at most; the rows of one version are never torn apart. */
  deltas(asks: readonly DeltaAsk[], limit: number): Promise<Map<ScopeId, Delta>>;
  /** Live rows with a place in [low, before), and with `head` those without places too. */
  windows(
    asks: readonly { scope: ScopeId; low: number; before: number; head: boolean }[],
  ): Promise<Map<ScopeId, WireRow[]>>;
}

export interface ServerStorage<Native> {
  /** Changes when the database is restored from a backup. */
  incarnation(): Promise<string>;
  /** Binds a client to a person at first sight; false where it belongs to another. */
  bindClient(clientId: string, personId: string): Promise<boolean>;
  /**
   * Runs a transaction, again where the database refused it as a deadlock, a serialisation failure or a race for the
   * same new scope or result; `attempt` counts from 0. A throw rolls back.
   * @throws Busy
   */
  write<R>(run: (tx: StorageWrite<Native>, attempt: number) => Promise<R>): Promise<R>;
  /** @throws Busy */
  snapshot<R>(run: (snapshot: StorageSnapshot) => Promise<R>): Promise<R>;
  /** The one person who may ever read a scope; `undefined` for scopes of many. */
  soleReader(scope: ScopeId): string | undefined;
  /** Who stops being a reader of what by these writes. */
  lostReaders(rows: readonly RowWrite[]): { scope: ScopeId; personId: string }[];
}
