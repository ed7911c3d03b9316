/**
 * The person's mutations that the server has not confirmed: run over the replica at once, run again whenever what lies
 * below them changes, and taken away when the server's rows have arrived.
 */
import { mutatorOf, Refusal, type MutatorMap, type MutatorTx, type ScopeId, type TableMap } from '../mutator.ts';
import type { OutboxItem } from './ports.ts';
import type { Effect, Replica } from './replica.ts';

/** One queued mutation as views see it. A new object whenever its state changes. */
export interface Pending {
  readonly id: string;
  /** What it waits in line for; lines do not wait for each other. */
  readonly lane: string;
  readonly name: string;
  readonly args: unknown;
  /** The client's clock when it was made. */
  readonly at: number;
  /** `saving`: not yet safe on this device. `applied`: the server has it, its rows are on their way. */
  readonly state: 'saving' | 'waiting' | 'sending' | 'applied' | 'failed';
  /** It can be taken back until then (milliseconds since 1970, this client's clock); `null` once it may go out. */
  readonly heldUntil: number | null;
  /** The item it waits for, which is held or was refused; `null` where it is in line. */
  readonly waitsFor: string | null;
  /** Why it failed: a stable code and safe words. */
  readonly code: string | null;
  readonly message: string | null;
}

interface Layer {
  item: OutboxItem;
  saving: boolean;
  sending: boolean;
  pending: Pending;
  effects: Effect[];
  /** Scopes it read or wrote when it last ran. */
  touched: Set<ScopeId>;
}

/** The uppermost effect on a row. */
type Lookup = (scope: ScopeId, table: string, id: string) => Effect | undefined;
/** Looks a row up that is not in memory. */
type StoredLookup = (scope: ScopeId, table: string, id: string) => Promise<object | undefined>;

export class Outbox<Tables extends TableMap> {
  readonly #layers: Layer[] = [];
  readonly #replica: Replica;
  readonly #stored: StoredLookup;
  readonly #mutators: MutatorMap<Tables>;
  readonly #fetchMutators: (() => Promise<void>) | undefined;
  readonly #personId: string;
  readonly #follows: (scope: ScopeId) => boolean;
  readonly #listeners = new Set<() => void>();
  #snapshot: readonly Pending[] | null = null;

  constructor(options: {
    replica: Replica;
    stored: StoredLookup;
    mutators: MutatorMap<Tables>;
    fetchMutators?: (() => Promise<void>) | undefined;
    personId: string;
    /** Whether a scope that is not held is to be fetched. */
    follows: (scope: ScopeId) => boolean;
  }) {
    this.#replica = options.replica;
    this.#stored = options.stored;
    this.#mutators = options.mutators;
    this.#fetchMutators = options.fetchMutators;
    this.#personId = options.personId;
    this.#follows = options.follows;
  }

  /** The queue, oldest first. Cached until it changes. */
  snapshot(): readonly Pending[] {
    return (this.#snapshot ??= this.#layers.map((layer) => layer.pending));
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  items(): OutboxItem[] {
    return this.#layers.map((layer) => layer.item);
  }

  find(id: string): OutboxItem | undefined {
    return this.#layers.find((layer) => layer.item.id === id)?.item;
  }

  /**
   * Runs a new mutation over everything before it, and finds out what it depends on. One that replaces another takes its
   * place: what was done over that one lies over this one.
   * @throws Refusal where the rules refuse it already here
   */
  async enter(item: OutboxItem, replaced?: string): Promise<OutboxItem> {
    const place = this.#layers.findIndex((layer) => layer.item.id === replaced);
    const below = this.#layers.slice(0, place < 0 ? this.#layers.length : place);
    const lookup = this.#lookup(below);
    const { over, ...ran } = await this.#execute(item, lookup);
    const after: string[] = [];
    for (const [id, made] of await this.#makers(over, below)) {
      const without: Lookup = (...row) => (made.some((other) => isRow(other, row)) ? absent(...row) : lookup(...row));
      await this.#execute(item, without).catch(() => after.push(id));
    }
    const entered = after.length > 0 ? { ...item, after } : item;
    this.#layers.splice(below.length, place < 0 ? 0 : 1, { ...newLayer(entered, true), ...ran });
    this.#show();
    return entered;
  }

  /** Takes over items as another tab or the disk has them; unknown ones are run, missing ones stay. */
  async merge(items: readonly OutboxItem[]): Promise<void> {
    let rerun: ReadonlySet<ScopeId> = new Set();
    const unknown: Layer[] = [];
    for (const item of items) {
      const layer = this.#layers.find((other) => other.item.id === item.id);
      if (!layer) {
        unknown.push(newLayer(item, false));
        continue;
      }
      const isJoined = item.joined !== layer.item.joined;
      // What it waited for may only now be something that it can be shown over.
      const isPlaced = !layer.saving && layer.item.n === 0 && item.n > 0;
      if (isJoined || isPlaced) rerun = rerun.union(layer.touched);
      Object.assign(layer, { item, saving: false, effects: item.name === layer.item.name ? layer.effects : [] });
      if (isJoined) layer.pending = toPending(item, item.state);
    }
    for (const layer of unknown) {
      const below = this.#layers.filter(({ item }) => item.order < layer.item.order);
      await this.#run(layer, this.#lookup(below)).catch(() => {});
      this.#layers.push(layer);
    }
    this.#layers.sort((a, b) => a.item.order - b.item.order);
    if (rerun.size > 0) await this.rebase(rerun);
    this.#show();
  }

  remove(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const gone = new Set(ids);
    for (let index = this.#layers.length - 1; index >= 0; index -= 1) {
      if (gone.has(this.#layers[index]?.item.id ?? '')) this.#layers.splice(index, 1);
    }
    this.#show();
  }

  /** Marks which items are on their way. */
  sending(ids: ReadonlySet<string>): void {
    for (const layer of this.#layers) layer.sending = ids.has(layer.item.id);
    this.#show();
  }

  /** Runs again what touched one of these scopes: their rows have changed. */
  async rebase(scopes: ReadonlySet<ScopeId>): Promise<void> {
    const done: Layer[] = [];
    let changed = scopes;
    for (const layer of this.#layers) {
      if (layer.item.state !== 'applied' && !changed.isDisjointFrom(layer.touched)) {
        const before = layer.effects;
        await this.#run(layer, this.#lookup(done)).catch(() => {
          // Most often because its own rows have just arrived there. What has not arrived yet stays visible; the disk
          // may know of new rows that memory has yet to be told of.
          layer.effects = before.filter((effect) => !scopes.has(effect.scope) || this.#isAwaited(effect));
        });
        changed = changed.union(layer.touched);
      }
      done.push(layer);
    }
    this.#show();
  }

  /**
   * Takes out of the overlay what the server has confirmed, scope by scope as the cursors reach it. A cursor of
   * `undefined` is that of a scope that will never be seen, and counts as reached.
   * @returns the items of which nothing is left
   */
  confirm(cursor: (scope: ScopeId) => number | undefined): string[] {
    const settled: string[] = [];
    for (const layer of this.#layers) {
      const { state, effects } = layer.item;
      if (state !== 'applied') continue;
      const open = effects.filter(({ scope, version }) => (cursor(scope) ?? Number.MAX_SAFE_INTEGER) < version);
      layer.effects = layer.effects.filter((effect) => open.some(({ scope }) => scope === effect.scope));
      if (open.length === 0) settled.push(layer.item.id);
    }
    return settled;
  }

  async #run(layer: Layer, lookup: Lookup): Promise<void> {
    const touched = (layer.touched = new Set());
    const { effects } = await this.#execute(layer.item, lookup, touched);
    layer.effects = effects;
  }

  /** A new row that waits for its place. */
  #isAwaited({ scope, table, id, data }: Effect): boolean {
    const isNew = data !== null && 'seq' in data && data.seq === null;
    const isComing = this.#replica.state(scope) !== undefined || this.#follows(scope);
    return isNew && isComing && this.#replica.base(scope, table, id) === undefined;
  }

  /** `over`: what it read of effects that are not its own. */
  async #execute(item: OutboxItem, lookup: Lookup, touched = new Set<ScopeId>()) {
    if (this.#fetchMutators) await this.#fetchMutators();
    const mutator = mutatorOf(this.#mutators, item.name, item.version);
    if (!mutator) throw new Refusal('unknown_mutator', 'This version of the app does not know how to show this.');
    const args = mutator.args.parse(item.args);
    const effects: Effect[] = [];
    const over: Effect[] = [];
    const write = (scope: ScopeId, table: string, id: string, data: object | null) => {
      touched.add(scope);
      effects.push({ scope, table, id, data });
    };
    const tx: MutatorTx<Tables> = {
      side: 'client',
      personId: this.#personId,
      now: item.at,
      get: async <T extends keyof Tables & string>(table: T, scope: ScopeId, id: string) => {
        touched.add(scope);
        const own = effects.findLast((effect) => isRow(effect, [scope, table, id]));
        const below = own ?? lookup(scope, table, id);
        if (below && !own) over.push(below);
        if (below) return (below.data ?? undefined) as Tables[T] | undefined;
        return (await this.#known(scope, table, id)) as Tables[T] | undefined;
      },
      put: (table, scope, id, data) => write(scope, table, id, data),
      remove: (table, scope, id) => write(scope, table, id, null),
      nextSeq: () => null,
      enqueue: () => {},
    };
    await mutator.run(tx, args);
    return { effects, touched, over };
  }

  /** A row as the server last said. */
  async #known(scope: ScopeId, table: string, id: string): Promise<object | undefined> {
    return this.#replica.base(scope, table, id) ?? (await this.#stored(scope, table, id));
  }

  /** Of these rows those that the server does not have, by the item that makes them. */
  async #makers(rows: readonly Effect[], layers: readonly Layer[]): Promise<Map<string, Effect[]>> {
    const makers = new Map<string, Effect[]>();
    for (const row of rows) {
      const { scope, table, id } = row;
      if (row.data === null || (await this.#known(scope, table, id))) continue;
      const maker = layers.find(({ effects }) => effects.some((effect) => isRow(effect, [scope, table, id])));
      if (!maker || maker.item.state === 'applied') continue;
      makers.set(maker.item.id, [...(makers.get(maker.item.id) ?? []), row]);
    }
    return makers;
  }

  /** The uppermost effect of these layers on a row. */
  #lookup(layers: readonly Layer[]): Lookup {
    const top = new Map<string, Effect>();
    for (const { effects } of layers) {
      for (const effect of effects) top.set(`${effect.table} ${effect.scope} ${effect.id}`, effect);
    }
    return (scope, table, id) => top.get(`${table} ${scope} ${id}`);
  }

  #show(): void {
    const outside = new Set(this.#layers.filter(isOutside).map(({ item }) => item.id));
    for (const layer of this.#layers) {
      const state = layer.saving
        ? 'saving'
        : layer.item.state === 'waiting' && layer.sending
          ? 'sending'
          : layer.item.state;
      const next = toPending(layer.item, state, outside);
      const { pending } = layer;
      if (shown.some((key) => pending[key] !== next[key])) layer.pending = next;
    }
    this.#replica.overlay(this.#layers);
    this.#snapshot = null;
    for (const listener of this.#listeners) listener();
  }
}

/** What of an item may change. */
const shown = ['name', 'state', 'heldUntil', 'waitsFor', 'code'] as const;

const toPending = (item: OutboxItem, state: Pending['state'], outside?: ReadonlySet<string>): Pending => {
  const { id, lane, n, name, args, at, heldUntil = null, after, code, message } = item;
  const isInLine = state !== 'waiting' || n > 0 || heldUntil !== null;
  const waitsFor = isInLine ? null : (after?.find((other) => outside?.has(other)) ?? null);
  return { id, lane, name, args, at, state, heldUntil, waitsFor, code, message };
};

/** What depends on it has to wait. */
const isOutside = ({ item: { state, n } }: Layer): boolean => state === 'failed' || (state === 'waiting' && n === 0);

const isRow = ({ scope, table, id }: Effect, row: Parameters<Lookup>): boolean =>
  id === row[2] && table === row[1] && scope === row[0];
const absent = (...[scope, table, id]: Parameters<Lookup>): Effect => ({ scope, table, id, data: null });

const newLayer = (item: OutboxItem, saving: boolean): Layer => ({
  item,
  saving,
  sending: false,
  pending: toPending(item, saving ? 'saving' : item.state),
  effects: [],
  touched: new Set(),
});
