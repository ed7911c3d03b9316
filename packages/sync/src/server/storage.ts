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

/** Which mutation of which client a transaction carries out. */
export interface LaneEntry {
  personId: string;
  clientId: string;
  lane: string;
  n: number;
  id: string;
}

export type Outcome = { status: 'applied'; effects: Effect[] } | { status: 'rejected'; code: string; message: string };

/** Where a mutation stands in its lane: `next` means that it has now taken its place. */
export type LaneVerdict =
  | { kind: 'next' }
  | { kind: 'stored'; outcome: Outcome }
  | { kind: 'gap'; expected: number }
  | { kind: 'fork' }
  | { kind: 'unknown' };

/** All that one transaction writes, in one go. */
export interface Flush {
  bumps: readonly ScopeBump[];
  rows: readonly RowWrite[];
  jobs: readonly { kind: string; payload: object }[];
  result: { entry: LaneEntry; outcome: Outcome } | null;
}

/** A READ COMMITTED transaction. `Native` is the adapter's own handle on it. */
export interface StorageWrite<Native> {
  readonly native: Native;
  /** Takes the mutation's place in its lane, or says why not. Nobody else enters the lane before the end. */
  enterLane(entry: LaneEntry): Promise<LaneVerdict>;
  /** What became of earlier mutations of a person; those that never came are absent. */
  outcomes(personId: string, ids: readonly string[]): Promise<Map<string, Outcome>>;
  /**
   * Locks scopes in the order of their ids; those that do not exist are absent.
   * @throws Refusal `invalid` for what cannot be a scope
   */
  lock(scopes: readonly ScopeId[]): Promise<Map<ScopeId, LockedScope>>;
  /** Whether a row can have this id, in exactly this spelling. */
  accepts(key: RowKey): boolean;
  /** Live rows in the order asked, as a statement of its own sees them. */
  read(keys: readonly RowKey[]): Promise<(object | undefined)[]>;
  /**
   * Writes everything. Answers who reads each changed scope once this is committed, placeholders left out; `null`
   * where they are more than `RECIPIENTS`.
   */
  flush(flush: Flush): Promise<Map<ScopeId, string[] | null>>;
}

/** Readers of a scope to whom rows are sent directly; where there are more, everybody gets a bare poke. */
export const RECIPIENTS = 256;

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
