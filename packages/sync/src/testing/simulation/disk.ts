/**
 * IndexedDB of one profile, as far as the engine can tell: a strict outbox and a relaxed cache whose latest transactions
 * a power cut may take away; transactions in the order in which they were begun, each done or not done; handles that are
 * lost, databases that vanish, are full, or cannot be opened. It holds what the adapter that ships holds.
 */
import { placeOf } from '../../client/places.ts';
import {
  Fenced,
  type CacheHandle,
  type Disk,
  type OutboxHandle,
  type ScopeChange,
  type ScopeState,
  type StoredRow,
} from '../../client/ports.ts';
import type { ScopeId } from '../../mutator.ts';
import type { Clock } from './clock.ts';
import { copy } from './copy.ts';
import { createOutboxHandle, OutboxDatabase } from './disk-outbox.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';

export type DiskFailure = 'lost' | 'corrupt' | 'full' | 'failed';
export type DiskCall =
  'openCache' | 'openOutbox' | 'deleteCache' | 'readCache' | 'writeCache' | 'readOutbox' | 'writeOutbox';

class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly failure: DiskFailure;
  constructor(failure: DiskFailure) {
    super(`The disk says: ${failure}`);
    this.failure = failure;
  }
}

class CacheDatabase {
  readonly birth: string;
  readonly scopes = new Map<ScopeId, ScopeState>();
  readonly rows = new Map<ScopeId, Map<string, StoredRow>>();
  incarnation: string | null = null;
  leader = 0;
  /** What the latest transactions have changed, as a power cut would take it back. */
  undo: (() => void)[] = [];

  constructor(birth: string) {
    this.birth = birth;
  }
}

/** A tab as the disk reaches it: what is frozen hears later, what is dead hears nothing. */
export interface DiskUser {
  reach(act: () => void): void;
}

interface Handle {
  user: DiskUser;
  isLost: boolean;
  lose(): void;
}

/** Transactions that a power cut can take away. */
const RELAXED = 12;

export interface ProfileOptions {
  clock: Clock;
  random: Random;
  tally: Tally;
  /** Names of clients and caches. */
  newId: () => string;
}

export class Profile {
  readonly #options: ProfileOptions;
  cache: CacheDatabase | null = null;
  outbox: OutboxDatabase | null = null;
  readonly #handles: Record<'cache' | 'outbox', Set<Handle>> = { cache: new Set(), outbox: new Set() };
  readonly #free: Record<'cache' | 'outbox', number> = { cache: 0, outbox: 0 };
  /** When the latest result arrives: results keep the order too. */
  readonly #told: Record<'cache' | 'outbox', number> = { cache: 0, outbox: 0 };
  readonly #faults = new Map<DiskCall, { failure: DiskFailure; times: number }>();
  /** It may have kept what it went on to refuse. */
  hasLostAnswers = false;
  /** Transactions whose answer is not lost. */
  #spared = 0;
  /** Odds that a handle is lost at the moment at which its transaction has been done. */
  lostOdds = 0;
  /** There is no room until the cache goes. */
  tight = false;
  /** Counts the times at which the power went. */
  cuts = 0;
  /** Tabs of which nothing that was under way is done any more. */
  readonly #cutOff = new WeakSet<DiskUser>();

  constructor(options: ProfileOptions) {
    this.#options = options;
  }

  /** From now on these calls fail, so many times. */
  fail(call: DiskCall, failure: DiskFailure, times: number): void {
    this.#faults.set(call, { failure, times });
  }

  heal(): void {
    this.#faults.clear();
    this.lostOdds = 0;
    this.tight = false;
  }

  /** The browser closes a database under whoever has it open. */
  closeHandles(name: 'cache' | 'outbox'): void {
    for (const handle of this.#handles[name]) handle.lose();
  }

  evict(name: 'cache' | 'outbox'): void {
    this[name] = null;
    this.closeHandles(name);
  }

  /**
   * Nobody runs. What was under way is not done, and what the cache had not written down is gone. @returns how many
   * transactions
   */
  powerCut(): number {
    this.cuts += 1;
    const undo = this.cache?.undo ?? [];
    const lost = this.#options.random.below(undo.length + 1);
    for (const take of undo.splice(undo.length - lost).reverse()) take();
    return lost;
  }

  /** A tab is gone, and the browser takes back what it had begun. */
  cutOff(user: DiskUser): void {
    this.#cutOff.add(user);
  }

  /** As somebody does who copies the directory of the profile. */
  copyTo(other: Profile): void {
    const { cache, outbox } = this;
    if (outbox) {
      other.outbox = Object.assign(new OutboxDatabase(outbox.clientId), {
        items: new Map(copy([...outbox.items])),
        lanes: new Map(outbox.lanes),
        joined: new Map(outbox.joined),
        drafts: new Map(outbox.drafts),
        leader: outbox.leader,
        lastOrder: outbox.lastOrder,
      });
    }
    if (!cache) return;
    other.cache = Object.assign(new CacheDatabase(cache.birth), {
      scopes: new Map(cache.scopes),
      rows: new Map(Array.from(cache.rows, ([scope, rows]) => [scope, new Map(rows)])),
      incarnation: cache.incarnation,
      leader: cache.leader,
    });
  }

  /** A row of the cache is no more, and its scope's cursor does not know. @returns its scope */
  rot(): ScopeId | null {
    const kept = [...(this.cache?.rows ?? [])].filter(([, rows]) => rows.size > 0);
    const [scope, rows] = kept[this.#options.random.below(kept.length)] ?? [null];
    const [key] = rows?.keys() ?? [];
    if (key !== undefined) rows?.delete(key);
    return scope;
  }

  /** The disk as one tab reaches it. */
  disk(user: DiskUser): Disk {
    const { newId, tally } = this.#options;
    let mustGo = false;
    return {
      openCache: (lost) =>
        this.#opened(user, 'cache', lost, (handle) => {
          this.cache ??= new CacheDatabase(newId());
          return this.#cacheHandle(handle, this.cache);
        }),
      openOutbox: (lost) =>
        this.#opened(user, 'outbox', lost, (handle) => {
          this.outbox ??= new OutboxDatabase(newId());
          return this.#outboxHandle(handle, this.outbox);
        }),
      deleteCache: () =>
        this.#do(user, 'cache', () => {
          const again = mustGo;
          mustGo = true;
          this.#strike('deleteCache');
          mustGo = false;
          if (again) tally.rule('DISK13');
          this.tight = false;
          this.evict('cache');
        }),
      deleteOldCaches: async () => {},
      deleteAll: () =>
        this.#do(user, 'outbox', () => {
          this.evict('cache');
          this.evict('outbox');
        }),
      meaning: (error) => (error instanceof DiskError ? error.failure : null),
    };
  }

  /** Transactions of one database are done in the order in which they were begun; their results come a little later. */
  #do<T>(user: DiskUser, name: 'cache' | 'outbox', work: () => T): Promise<T> {
    const { clock, random } = this.#options;
    const { cuts } = this;
    const at = Math.max(this.#free[name], clock.now + random.between(0.1, random.chance(0.05) ? 40 : 3));
    this.#free[name] = at;
    return new Promise((resolve, reject) => {
      clock.after(at - clock.now, `disk.${name}`, () => {
        if (cuts !== this.cuts || this.#cutOff.has(user)) return this.#options.tally.fault('disk.transactionCutOff');
        let tell: () => void;
        try {
          const result = work();
          tell = () => resolve(result);
        } catch (error) {
          tell = () => reject(error);
        }
        const told = Math.max(this.#told[name], random.chance(0.2) ? clock.now + random.between(0, 5) : 0);
        this.#told[name] = told;
        if (told > clock.now) clock.after(told - clock.now, 'disk.late', () => user.reach(tell));
        else user.reach(tell);
      });
    });
  }

  #strike(call: DiskCall): void {
    const { tally } = this.#options;
    if (this.tight && call === 'writeOutbox') {
      tally.fault('disk.full');
      tally.rule('DISK5');
      throw new DiskError('full');
    }
    const fault = this.#faults.get(call);
    if (!fault || fault.times <= 0) return;
    fault.times -= 1;
    tally.fault(`disk.${call}.${fault.failure}`);
    throw new DiskError(fault.failure);
  }

  #opened<T>(user: DiskUser, name: 'cache' | 'outbox', lost: () => void, made: (handle: Handle) => T): Promise<T> {
    return this.#do(user, name, () => {
      this.#strike(name === 'cache' ? 'openCache' : 'openOutbox');
      const handles = this.#handles[name];
      const handle: Handle = {
        user,
        isLost: false,
        lose() {
          if (handle.isLost) return;
          handle.isLost = true;
          handles.delete(handle);
          user.reach(lost);
        },
      };
      handles.add(handle);
      return made(handle);
    });
  }

  /** One transaction: done as a whole, or not at all. */
  #transaction<T>(handle: Handle, name: 'cache' | 'outbox', kind: 'read' | 'write', work: () => T): Promise<T> {
    return this.#do(handle.user, name, () => {
      if (handle.isLost) throw new DiskError('lost');
      this.#strike(name === 'cache' ? `${kind}Cache` : `${kind}Outbox`);
      const result = work();
      this.#spared -= 1;
      if (this.#spared < 0 && this.#options.random.chance(this.lostOdds)) {
        // A disk of which one answer after the other is lost has said nothing at all.
        this.#spared = 4;
        this.hasLostAnswers = true;
        this.#options.tally.fault('disk.handleLostAfterCommit');
        handle.lose();
        throw new DiskError('lost');
      }
      return copy(result);
    });
  }

  #cacheHandle(handle: Handle, cache: CacheDatabase): CacheHandle {
    const { tally } = this.#options;
    const read = <T>(work: () => T) => this.#transaction(handle, 'cache', 'read', work);
    const write = <T>(work: () => T) => this.#transaction(handle, 'cache', 'write', work);
    const rowsOf = (scope: ScopeId) => [...(cache.rows.get(scope)?.values() ?? [])];
    const mustLead = (epoch: number) => {
      if (cache.leader > epoch) {
        tally.rule('TAB3');
        tally.rule('TAB5');
        throw new Fenced('Another tab has taken the lead.');
      }
      const before = cache.leader;
      cache.leader = epoch;
      return () => {
        cache.leader = before;
      };
    };
    const relaxed = (undo: () => void) => {
      cache.undo.push(undo);
      if (cache.undo.length > RELAXED) cache.undo.shift();
    };
    return {
      birth: cache.birth,
      read: (residentTables) =>
        read(() => ({
          incarnation: cache.incarnation,
          scopes: [...cache.scopes.values()],
          rows: [...cache.rows.keys()].flatMap(rowsOf).filter(({ table }) => residentTables.includes(table)),
        })),
      row: (scope, table, id) => read(() => cache.rows.get(scope)?.get(`${table} ${id}`)),
      scopeRows: (scope) => read(() => rowsOf(scope).filter(({ data }) => placeOf(data) === null)),
      pagedRows: (scope, before, places) =>
        read(() => {
          const below = rowsOf(scope).filter(({ data }) => (placeOf(data) ?? before) < before);
          const highest = [...new Set(below.map(({ data }) => placeOf(data) ?? 0))].sort((a, b) => b - a);
          const lowest = highest.slice(0, places).at(-1) ?? before;
          return below.filter(({ data }) => (placeOf(data) ?? 0) >= lowest);
        }),
      writeCache: (given, incarnation, epoch) => {
        const changes = copy(given);
        return write(() => {
          if (cache.leader > epoch) mustLead(epoch);
          if (changes.some(({ scope, purge }) => !purge && !cache.scopes.has(scope))) tally.rule('DISK7');
          for (const change of changes) mustBelong(cache, change);
          const undo = [mustLead(epoch), ...changes.map((change) => writeChange(cache, change))];
          const before = cache.incarnation;
          cache.incarnation = incarnation;
          relaxed(() => {
            for (const take of undo.reverse()) take();
            cache.incarnation = before;
          });
        });
      },
      leader: () => read(() => cache.leader),
      takeLead: (epoch) =>
        write(() => {
          relaxed(mustLead(epoch));
          return { scopes: [...cache.scopes.values()], incarnation: cache.incarnation };
        }),
      close: () => {
        handle.isLost = true;
        this.#handles.cache.delete(handle);
      },
    };
  }

  #outboxHandle(handle: Handle, outbox: OutboxDatabase): OutboxHandle {
    const { newId, tally } = this.#options;
    return createOutboxHandle(outbox, {
      read: (work) => this.#transaction(handle, 'outbox', 'read', work),
      write: (work) => this.#transaction(handle, 'outbox', 'write', work),
      newId,
      onFenced: () => tally.rule('TAB5'),
      onRecounted: () => tally.rule('CLI27'),
      close: () => {
        handle.isLost = true;
        this.#handles.outbox.delete(handle);
      },
    });
  }
}

function mustBelong(cache: CacheDatabase, { scope, purge, state }: ScopeChange): void {
  const before = cache.scopes.get(scope);
  if (!purge && !before) throw new Fenced('This scope is not held.');
  if (before && state && state.epoch < before.epoch) throw new Fenced('This membership is over.');
}

/** @returns how to take it back */
function writeChange(cache: CacheDatabase, { scope, purge, state, rows }: ScopeChange): () => void {
  const [stateBefore, rowsBefore] = [cache.scopes.get(scope), cache.rows.get(scope)];
  if (state) cache.scopes.set(scope, state);
  else cache.scopes.delete(scope);
  const held = new Map(purge ? [] : rowsBefore);
  for (const row of rows) {
    const key = `${row.table} ${row.id}`;
    if ((held.get(key)?.version ?? -1) >= row.version) continue;
    if (row.data) held.set(key, row);
    else held.delete(key);
  }
  cache.rows.set(scope, held);
  return () => {
    if (stateBefore) cache.scopes.set(scope, stateBefore);
    else cache.scopes.delete(scope);
    if (rowsBefore) cache.rows.set(scope, rowsBefore);
    else cache.rows.delete(scope);
  };
}
