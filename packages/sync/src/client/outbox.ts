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

/** Looks a row up that is not in memory. */
type StoredLookup = (scope: ScopeId, table: string, id: string) => Promise<object | undefined>;

export class Outbox<Tables extends TableMap> {
  readonly #layers: Layer[] = [];
  readonly #replica: Replica;
  readonly #stored: StoredLookup;
  readonly #mutators: MutatorMap<Tables>;
  readonly #personId: string;
  readonly #listeners = new Set<() => void>();
  #snapshot: readonly Pending[] | null = null;

  constructor(options: { replica: Replica; stored: StoredLookup; mutators: MutatorMap<Tables>; personId: string }) {
    this.#replica = options.replica;
    this.#stored = options.stored;
    this.#mutators = options.mutators;
    this.#personId = options.personId;
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
   * Runs a new mutation over everything before it, save those that it stands in for.
   * @throws Refusal where the rules refuse it already here
   */
  async add(item: OutboxItem, saving: boolean, replaced: readonly string[] = []): Promise<void> {
    const layer = newLayer(item, saving);
    const below = this.#layers.filter((other) => !replaced.includes(other.item.id));
    await this.#run(layer, this.#lookup(below));
    const after = this.#layers.findLastIndex((other) => other.item.order <= item.order);
    this.#layers.splice(after + 1, 0, layer);
    this.#show();
  }

  /** Takes over items as another tab or the disk has them; unknown ones are run, missing ones stay. */
  async merge(items: readonly OutboxItem[]): Promise<void> {
    let rerun: ReadonlySet<ScopeId> = new Set();
    for (const item of items) {
      const layer = this.#layers.find((other) => other.item.id === item.id);
      if (!layer) {
        await this.add(item, false).catch(() => this.#keepUnrun(item));
        continue;
      }
      const isJoined = item.joined !== layer.item.joined;
      if (isJoined) rerun = rerun.union(layer.touched);
      Object.assign(layer, { item, saving: false, effects: item.name === layer.item.name ? layer.effects : [] });
      if (isJoined) layer.pending = toPending(item, item.state);
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
          // Most often because its own rows have just arrived there. What has not arrived yet stays visible.
          layer.effects = before.filter(({ scope }) => !scopes.has(scope));
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

  #keepUnrun(item: OutboxItem): void {
    this.#layers.push(newLayer(item, false));
  }

  async #run(layer: Layer, lookup: (scope: ScopeId, table: string, id: string) => Effect | undefined): Promise<void> {
    const { item } = layer;
    const mutator = mutatorOf(this.#mutators, item.name, item.version);
    if (!mutator) throw new Refusal('unknown_mutator', 'This version of the app does not know how to show this.');
    const args = mutator.args.parse(item.args);
    const effects: Effect[] = [];
    const touched = new Set<ScopeId>();
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
        const own = effects.findLast((effect) => effect.id === id && effect.table === table && effect.scope === scope);
        const over = own ?? lookup(scope, table, id);
        if (over) return (over.data ?? undefined) as Tables[T] | undefined;
        const base = this.#replica.base(scope, table, id);
        return (base ?? (await this.#stored(scope, table, id))) as Tables[T] | undefined;
      },
      put: (table, scope, id, data) => write(scope, table, id, data),
      remove: (table, scope, id) => write(scope, table, id, null),
      nextSeq: () => null,
      enqueue: () => {},
    };
    layer.touched = touched;
    await mutator.run(tx, args);
    layer.effects = effects;
  }

  /** The uppermost effect of these layers on a row. */
  #lookup(layers: readonly Layer[]): (scope: ScopeId, table: string, id: string) => Effect | undefined {
    const top = new Map<string, Effect>();
    for (const { effects } of layers) {
      for (const effect of effects) top.set(`${effect.table} ${effect.scope} ${effect.id}`, effect);
    }
    return (scope, table, id) => top.get(`${table} ${scope} ${id}`);
  }

  #show(): void {
    for (const layer of this.#layers) {
      const state = layer.saving
        ? 'saving'
        : layer.item.state === 'waiting' && layer.sending
          ? 'sending'
          : layer.item.state;
      const next = toPending(layer.item, state);
      const { name, code, heldUntil } = layer.pending;
      const same = name === next.name && code === next.code && heldUntil === next.heldUntil;
      if (!same || layer.pending.state !== state) layer.pending = next;
    }
    this.#replica.overlay(this.#layers);
    this.#snapshot = null;
    for (const listener of this.#listeners) listener();
  }
}

const toPending = (item: OutboxItem, state: Pending['state']): Pending => {
  const { id, lane, name, args, at, heldUntil = null, code, message } = item;
  return { id, lane, name, args, at, state, heldUntil, code, message };
};

const newLayer = (item: OutboxItem, saving: boolean): Layer => ({
  item,
  saving,
  sending: false,
  pending: toPending(item, saving ? 'saving' : item.state),
  effects: [],
  touched: new Set(),
});
