/**
 * The client engine's door. Views read memory; what a person does runs over memory at once and is kept on disk before
 * anything is sent; one tab of a person talks to the server (`Syncing`), the others hear of it.
 */
import { v7 as uuidv7 } from 'uuid';
import type { ArgsOf, MutatorMap, ScopeId, TableMap } from '../mutator.ts';
import { Backoff, type Retry } from './backoff.ts';
import { EventLog, type EngineEvent } from './event-log.ts';
import { Leadership } from './leadership.ts';
import { Holds } from './holds.ts';
import { newId } from './new-id.ts';
import { Outbox, type Pending } from './outbox.ts';
import {
  DISCARDED,
  type JoinArgs,
  type Network,
  type NewItem,
  type OutboxItem,
  type ScopeChange,
  type Storage,
  type TabMessage,
  type Tabs,
  type Timers,
} from './ports.ts';
import { Replica, type ViewRow } from './replica.ts';
import { Serial } from './serial.ts';
import type { EngineStatus } from './status.ts';
import { Syncing } from './syncing.ts';
import { Windows, type ThreadWindow } from './windows.ts';

export type { Pending } from './outbox.ts';
export type { ThreadWindow } from './windows.ts';

/** A scope the person's own rows say they may read. */
export interface FollowedScope {
  scope: ScopeId;
  /** Of a paged scope: every place from here on is to be held. */
  low?: number;
  /** Needed before anything can be shown; the others follow in idle time, in the order given. */
  urgent: boolean;
  /** Fetched only while somebody has it open. What is held of it then stays, and is behind until it is opened again. */
  whileOpen?: true;
}

/** Rows as the server last said, without anything pending. */
export interface BaseRows<Tables extends TableMap> {
  all<T extends keyof Tables & string>(table: T): { scope: ScopeId; id: string; data: Tables[T] }[];
}

export interface EngineOptions<Tables extends TableMap, Mutators extends MutatorMap<Tables>> {
  personId: string;
  /** Which shape the program's rows have; absent, the first. */
  schema?: number;
  mutators: Mutators;
  /** Where the mutators come later, into an empty object: asked for, and waited for, before any of them is needed. */
  fetchMutators?: () => Promise<void>;
  /** Tables kept in memory whole: those that lists are made of. */
  residentTables: readonly (keyof Tables & string)[];
  isPaged: (scope: ScopeId) => boolean;
  /** The scope that says what else to follow. */
  rootScope: ScopeId;
  follow: (rows: BaseRows<Tables>) => FollowedScope[];
  storage: Storage;
  network: Network;
  timers: Timers;
  /** How long, and how often, the server is tried; absent, for ever. */
  retry?: Retry;
  tabs: Tabs;
}

/** A mutation that shows already. */
export interface Sent {
  readonly id: string;
  /**
   * Resolves when it is safe on this device. Rejects when the disk refuses: then it is taken back, and whoever called
   * must keep what was typed.
   */
  readonly saved: Promise<void>;
}

export interface MutateOptions {
  /** The draft that this takes the place of. */
  clearDraft?: string;
  /** Milliseconds in which `withdraw` can take it back; what is done later goes first. */
  holdMs?: number;
}

export interface Engine<Tables extends TableMap, Mutators extends MutatorMap<Tables>> {
  /** Resolves when views show what is on disk; needs no network. */
  start(): Promise<void>;
  stop(): void;

  /** By place where rows have one, those without a place last. Cached, for `useSyncExternalStore`. */
  rows<T extends keyof Tables & string>(scope: ScopeId, table: T): readonly ViewRow<Tables[T]>[];
  row<T extends keyof Tables & string>(scope: ScopeId, table: T, id: string): ViewRow<Tables[T]> | undefined;
  /** Across scopes; for resident tables. Cached. */
  allRows<T extends keyof Tables & string>(table: T): readonly ViewRow<Tables[T]>[];
  /** One row wherever this device has it, in memory or on disk; not watched. */
  read<T extends keyof Tables & string>(scope: ScopeId, table: T, id: string): Promise<Tables[T] | undefined>;
  /** Told once per change of a table, in one scope or (`null`) in any. */
  subscribe(scope: ScopeId | null, table: keyof Tables & string, listener: () => void): () => void;

  status(): EngineStatus;
  /** What the engine last did, newest first. Cached. */
  events(): readonly EngineEvent[];
  subscribeEvents(listener: () => void): () => void;
  /** Tries the server now, where it is waited for. */
  wake(): void;
  subscribeStatus(listener: () => void): () => void;

  /** Holds a scope's rows in memory until the answer is called. */
  open(scope: ScopeId): () => void;
  window(scope: ScopeId): ThreadWindow;
  subscribeWindow(scope: ScopeId, listener: () => void): () => void;
  /** One more page of an open scope, from disk or from the server. */
  loadOlder(scope: ScopeId): Promise<void>;
  /** What has a place below this one need not be in memory, as far as the caller, who has the scope open, is concerned. */
  leaveOlder(scope: ScopeId, low: number): void;

  /**
   * Runs a mutation here at once and for good on the server when it can be reached.
   * @throws Refusal where the rules refuse it; the schema's error where the arguments are wrong
   */
  mutate<N extends keyof Mutators & string>(name: N, args: ArgsOf<Mutators[N]>, options?: MutateOptions): Promise<Sent>;
  /** The queue, oldest first. Cached. */
  items(): readonly Pending[];
  subscribeItems(listener: () => void): () => void;
  /**
   * Sends a refused item once more, with other arguments where they are given.
   * @throws the schema's error where those are wrong
   */
  retry(id: string, args?: unknown): Promise<void>;
  /** Takes back an item that was refused or has not been sent. */
  discard(id: string): Promise<void>;

  /**
   * Takes back an item that is still held: it is kept as a refused one, code `withdrawn`, until it is discarded.
   * @returns false where it has gone its way
   */
  withdraw(id: string): Promise<boolean>;
  /** Ends the hold of an item before its time. */
  sendNow(id: string): Promise<void>;

  draft(key: string): string;
  saveDraft(key: string, text: string): Promise<void>;
  /** Stops, and leaves no trace of the person on this device. */
  wipe(): Promise<void>;
}

/** Code of an item that its author took back. */
const WITHDRAWN = 'withdrawn';
/** What becomes of an item when the one it depends on is discarded. */
const ORPHANED = { code: 'orphaned', message: 'What this belongs to was thrown away.' };

/** Milliseconds in which other tabs let go of what is to be wiped. */
const WIPE_GRACE = 100;

export function createEngine<Tables extends TableMap, Mutators extends MutatorMap<Tables>>(
  options: EngineOptions<Tables, Mutators>,
): Engine<Tables, Mutators> {
  const { personId, storage, timers, tabs, isPaged } = options;
  const resident: ReadonlySet<string> = new Set(options.residentTables);
  const serial = new Serial();
  const replica = new Replica();
  const windows = new Windows({ replica, storage, resident, isPaged });
  const followed = () => options.follow({ all: (table) => [...replica.allBase(table)] as never });
  const outbox = new Outbox<Tables>({
    replica,
    follows: (scope) => followed().some((one) => one.scope === scope),
    mutators: options.mutators,
    fetchMutators: options.fetchMutators,
    personId,
    // What is in memory whole need not be looked for on disk.
    stored: async (scope, table, id) => {
      const whole =
        resident.has(table) || (windows.isOpen(scope) && windows.get(scope).low <= (replica.state(scope)?.low ?? 0));
      return whole ? undefined : ((await storage.row(scope, table, id))?.data ?? undefined);
    },
  });
  const drafts = new Map<string, string>();
  /** What the other tabs have open, as they said to the leader. */
  const openElsewhere = new Map<string, readonly ScopeId[]>();
  const statusListeners = new Set<() => void>();
  let status: EngineStatus = {
    connection: { state: 'connecting' },
    syncedAt: null,
    waiting: 0,
    failed: 0,
    ready: false,
    storage: 'disk',
    leads: false,
  };
  let incarnation: string | null = null;

  const isSilent = (name: string) => name === DISCARDED || options.mutators[name]?.silent === true;
  const log = new EventLog();
  const note = (what: EngineEvent['what'], detail: string, count: number): EngineEvent => {
    const event = { at: timers.now(), what, detail, count };
    log.add(event);
    return event;
  };
  const setStatus = (change: Partial<EngineStatus>) => {
    const { connection, storage: kept, leads } = status;
    status = { ...status, ...change };
    if (status.connection.state !== connection.state) note('connection', status.connection.state, 0);
    if (status.storage !== kept) note('storage', status.storage, 0);
    if (status.leads !== leads) note(status.leads ? 'leads' : 'follows', '', 0);
    for (const listener of statusListeners) listener();
    if (status.connection.state === 'live' && connection.state !== 'live') {
      reaching.reset();
      reach();
    }
  };
  outbox.subscribe(() => {
    const items = outbox.items().filter(({ name }) => !isSilent(name));
    const waiting = items.filter(({ name, state }) => state === 'waiting' && !options.mutators[name]?.join).length;
    const failed = items.filter(({ state }) => state === 'failed').length;
    if (waiting !== status.waiting || failed !== status.failed) setStatus({ waiting, failed });
  });

  /** Into memory, what is confirmed taken away, the overlay run anew over it: then views are told, once. */
  const show = async (changes: readonly ScopeChange[], settle: () => string[] | Promise<string[]>) => {
    for (const change of changes) replica.apply({ ...change, rows: windows.resident(change) });
    outbox.remove(await settle());
    await outbox.rebase(new Set(changes.map(({ scope }) => scope)));
    replica.notify();
  };

  const syncing = new Syncing<Tables>({
    ...options,
    followed,
    serial,
    replica,
    windows,
    outbox,
    show,
    isSilent,
    incarnation: () => incarnation,
    setIncarnation: (value) => {
      incarnation = value;
    },
    onStatus: (change) => {
      setStatus(change);
      tabs.post({ type: 'status', connection: status.connection, syncedAt: status.syncedAt });
    },
    keeps: () => status.storage !== 'memory',
    onLeads: (leads) => setStatus({ leads }),
    onDone: (what, detail, count) => tabs.post({ type: 'event', event: note(what, detail, count) }),
    isOpen: (scope) => windows.isOpen(scope) || [...openElsewhere.values()].some((scopes) => scopes.includes(scope)),
    onFenced: () => leadership.resign(),
  });
  const leadership = new Leadership({
    tabs,
    timers,
    onLead: () => {
      openElsewhere.clear();
      tabs.post({ type: 'lead' });
      syncing.lead();
    },
    onEnd: () => {
      syncing.stop();
      tabs.post({ type: 'hello' });
    },
  });

  const wake = () => {
    if (syncing.leads) syncing.wake();
    else tabs.post({ type: 'hello' });
  };

  const stop = () => {
    holds.stop();
    reaching.cancel();
    tellOpen([]);
    serial.stop();
    leadership.stop();
    syncing.stop();
    tabs.close();
    storage.close();
  };

  /** Done, and not known here: it was let go of before, and nobody would say so once more. */
  const isOver = ({ id, state }: OutboxItem) => state === 'applied' && !outbox.find(id);
  const takeIn = async (items: OutboxItem[], removed: string[]) => {
    // First: what replaces another runs as if that had never been.
    outbox.remove(removed);
    await outbox.merge(items.filter((item) => !removed.includes(item.id) && !isOver(item)));
    replica.notify();
    syncing.took(items);
    syncing.push();
  };
  const keepItems = async (items: OutboxItem[], removed: string[]) => {
    await takeIn(items, removed);
    tabs.post({ type: 'items', items, removed });
  };

  const holds = new Holds({
    storage,
    timers,
    items: () => outbox.items(),
    keep: (released) => serial.run(() => keepItems(released, [])),
  });
  outbox.subscribe(() => holds.look());

  const hear = (message: TabMessage) => {
    if (message.type === 'status' && !syncing.leads) {
      setStatus({ connection: message.connection, syncedAt: message.syncedAt });
    } else if (message.type === 'hello' && syncing.leads) {
      syncing.wake();
      tabs.post({ type: 'status', connection: status.connection, syncedAt: status.syncedAt });
    } else if (message.type === 'ask' || message.type === 'beat') {
      leadership.hear(message.type);
    } else if (message.type === 'event') {
      log.add(message.event);
    } else if (message.type === 'wiped') {
      storage.leave();
      stop();
    } else if (message.type === 'draft') {
      drafts.set(message.key, message.text);
    } else if (message.type === 'want' && syncing.leads) {
      void syncing.fetch(message.scope);
    } else if (message.type === 'lead') {
      tellOpen();
    } else if (message.type === 'open') {
      openElsewhere.set(message.tab, message.scopes);
      if (syncing.leads) for (const scope of message.scopes) syncing.look(scope);
    } else if (message.type === 'refill' && syncing.leads) {
      void syncing.refill();
    } else if (message.type === 'changes') {
      const { changes, incarnation: its, epoch, keeps } = message;
      void serial.run(async () => {
        if (!keeps || status.storage === 'memory') await storage.writeCache(changes, its, epoch).catch(() => {});
        await show(changes, async () => {
          // A window that waited for its scope has its rows before the overlay, which they may take the place of.
          for (const { scope, state } of changes) {
            if (windows.isOpen(scope) && windows.get(scope).loading && state) await windows.load(scope);
          }
          return [];
        });
        for (const { scope } of changes) windows.set(scope, {});
      });
    } else if (message.type === 'items') {
      void serial.run(() => takeIn(message.items, message.removed));
    }
  };

  /** The cache is empty: what is in view stays, and everything is fetched again. */
  const onCacheEmptied = async () => {
    if (syncing.leads) return syncing.refill();
    await serial.run(async () => replica.rewind([]));
    if (status.storage === 'memory') tabs.post({ type: 'refill' });
  };

  let isReplaced = false;
  /** The outbox is another one: it gets what this tab still knows, and this tab what it holds. */
  const fillOutbox = async () => {
    // In one go: what is answered meanwhile would come back as the disk had it before.
    await serial.run(async () => {
      const known = outbox.items().filter(({ order }) => order !== Number.MAX_SAFE_INTEGER);
      const stored = await storage.restore(known, Object.fromEntries(drafts));
      isReplaced = false;
      for (const [key, text] of Object.entries(stored.drafts)) if (!drafts.get(key)) drafts.set(key, text);
      await outbox.merge(stored.items.filter((item) => syncing.leads || !isOver(item)));
      replica.notify();
    });
    if (syncing.leads) await syncing.newClient();
  };

  /** Shows an item at once, and keeps it on disk; the answer's promise is of the latter. */
  const enqueue = async (
    item: NewItem,
    keep: (entered: NewItem) => Promise<OutboxItem[]>,
    { clearDraft, replaces }: { clearDraft?: string | undefined; replaces?: OutboxItem } = {},
  ): Promise<Sent> => {
    const unsaved: OutboxItem = {
      ...item,
      order: Number.MAX_SAFE_INTEGER,
      n: 0,
      state: 'waiting',
      effects: [],
      code: null,
      message: null,
    };
    const { after } = await serial.run(async () => {
      const entered = await outbox.enter(unsaved, replaces?.id);
      replica.notify();
      return entered;
    });
    const draft = clearDraft === undefined ? '' : (drafts.get(clearDraft) ?? '');
    if (clearDraft !== undefined) drafts.delete(clearDraft);
    const saved = keep(after ? { ...item, after } : item).then(
      (stored) => {
        if (status.connection.state === 'resting') wake();
        const isJoined = stored.every(({ id }) => id !== item.id);
        return serial.run(() => keepItems(stored, isJoined ? [item.id] : replaces ? [replaces.id] : []));
      },
      async (error: unknown) => {
        if (clearDraft !== undefined) drafts.set(clearDraft, draft);
        await serial.run(async () => {
          outbox.remove([item.id]);
          if (replaces) await outbox.merge([replaces]);
          replica.notify();
        });
        throw error;
      },
    );
    return { id: item.id, saved };
  };

  /** Only to be told apart by: what it is changes nothing, so it need not come from the timers. */
  let tab: string | undefined;
  const tellOpen = (scopes = [...windows.opened()]) => {
    if (tab === undefined && scopes.length === 0) return;
    tab ??= uuidv7();
    tabs.post({ type: 'open', tab, scopes });
  };

  const fetchOlder = async (scope: ScopeId) => {
    const low = replica.state(scope)?.low;
    if (syncing.leads) return syncing.fetch(scope);
    tabs.post({ type: 'want', scope });
    return new Promise<boolean>((resolve) => {
      const finish = (found: boolean) => {
        cancel();
        stop();
        resolve(found);
      };
      const cancel = timers.after(10_000, () => finish(false));
      const stop = windows.subscribe(scope, () => {
        if (replica.state(scope)?.low !== low) finish(true);
      });
    });
  };

  const loadOlder = async (scope: ScopeId) => {
    const { loading, complete } = windows.get(scope);
    if (loading || complete) return;
    windows.set(scope, { loading: true });
    const read = () =>
      serial.run(async () => {
        await syncing.written;
        const found = await windows.older(scope);
        replica.notify();
        return found;
      });
    const found = (await read()) || ((await fetchOlder(scope)) && (await read()));
    const unreachable = !found && !windows.get(scope).complete;
    windows.set(scope, { loading: false, unreachable });
    if (unreachable && status.connection.state === 'live') reaching.again(reach);
  };

  /** Asks again for what could not be had; without a connection that waits for one. */
  const reaching = new Backoff(timers, options.retry);
  const reach = () => {
    for (const scope of windows.opened()) if (windows.get(scope).unreachable) void loadOlder(scope);
  };

  return {
    async start() {
      storage.watch({
        status: (value) => {
          setStatus({ storage: value });
          // One that refused to be filled takes something again.
          if (isReplaced && (value === 'disk' || value === 'memory')) void fillOutbox().catch(() => {});
        },
        cacheEmptied: () => void onCacheEmptied(),
        outboxReplaced: () => {
          isReplaced = true;
          void fillOutbox().catch(() => {});
        },
      });
      tabs.onMessage(hear);
      await serial.run(async () => {
        // What other tabs tell meanwhile waits: what the disk tells may be older.
        const stored = await storage.open(options.residentTables);
        incarnation = stored.incarnation;
        for (const state of stored.scopes) replica.setState(state);
        for (const row of stored.rows) replica.put(row);
        for (const [key, text] of Object.entries(stored.drafts)) drafts.set(key, text);
        syncing.clientId = stored.clientId;
        if (stored.items.length > 0) await options.fetchMutators?.();
        await outbox.merge(stored.items);
        replica.notify();
      });
      setStatus({ ready: replica.state(options.rootScope) !== undefined });
      tabs.post({ type: 'hello' });
      if (status.storage === 'memory') tabs.post({ type: 'refill' });
      tabs.onVisible(() => tabs.visible() && wake());
      leadership.start();
    },
    stop,

    rows: (scope, table) => replica.rows(scope, table) as readonly ViewRow<never>[],
    row: (scope, table, id) => replica.row(scope, table, id) as ViewRow<never> | undefined,
    read: async (scope, table, id) =>
      (replica.row(scope, table, id)?.data ?? (await storage.row(scope, table, id))?.data ?? undefined) as never,
    allRows: (table) => replica.allRows(table) as readonly ViewRow<never>[],
    subscribe: (scope, table, listener) => replica.subscribe(scope, table, listener),

    status: () => status,
    events: () => log.events(),
    subscribeEvents: (listener) => log.subscribe(listener),
    wake,
    subscribeStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },

    open(scope) {
      if (windows.open(scope)) {
        const loaded = serial.run(async () => {
          await syncing.written;
          const short = await windows.load(scope);
          await outbox.rebase(new Set([scope]));
          replica.notify();
          return short;
        });
        void loaded.then((short) => (short ? loadOlder(scope) : undefined));
        if (syncing.leads) syncing.look(scope);
        else tellOpen();
      }
      let closed = false;
      return () => {
        if (closed) return;
        closed = true;
        windows.close(scope);
        if (!syncing.leads && !windows.isOpen(scope)) tellOpen();
      };
    },
    window: (scope) => windows.get(scope),
    subscribeWindow: (scope, listener) => windows.subscribe(scope, listener),
    loadOlder,
    leaveOlder(scope, low) {
      windows.leaveOlder(scope, low);
      replica.notify();
    },

    async mutate(name, args, { clearDraft, holdMs = 0 } = {}) {
      if (options.fetchMutators) await options.fetchMutators();
      const mutator = options.mutators[name];
      if (!mutator) throw new TypeError(`There is no mutator ${name}.`);
      const parsed = mutator.args.parse(args);
      const lane = mutator.lane(parsed, personId);
      const { version } = mutator;
      const at = timers.now();
      const hold = holdMs > 0 ? { heldUntil: at + holdMs } : {};
      const join: JoinArgs | undefined = mutator.join && ((earlier) => mutator.join?.(earlier, parsed));
      const item = { id: newId(timers), lane, name, version, args: parsed, at, ...hold };
      const keep = async (entered: NewItem) => {
        const stored = await storage.enqueue(entered, clearDraft ?? null, join);
        return stored ? [stored] : [];
      };
      return enqueue(item, keep, { clearDraft });
    },
    items: () => outbox.snapshot(),
    subscribeItems: (listener) => outbox.subscribe(listener),
    async retry(id, changed) {
      const item = outbox.find(id);
      if (item?.state !== 'failed') return;
      const { lane, name, version, at } = item;
      const args = changed === undefined ? item.args : (options.mutators[name]?.args.parse(changed) ?? item.args);
      // The server keeps its answer to the old id for ever, so it goes out under a new one.
      const keep = (entered: NewItem) => storage.replace(id, entered);
      const { saved } = await enqueue({ id: newId(timers), lane, name, version, args, at }, keep, { replaces: item });
      await saved;
    },
    async discard(id) {
      const item = outbox.find(id);
      if (!item || item.state === 'applied') return;
      const changed = await storage.discard(id, ORPHANED);
      const untold = changed.filter(({ name, state }) => state === 'failed' && isSilent(name)).map((other) => other.id);
      await storage.removeItems(untold);
      const kept = changed.filter((other) => !untold.includes(other.id));
      const removed = kept.some((other) => other.id === id) ? untold : [...untold, id];
      await serial.run(() => keepItems(kept, removed));
    },

    async withdraw(id) {
      if (outbox.find(id)?.heldUntil === undefined) return false;
      const withdrawn = await storage.withdraw(id, WITHDRAWN);
      if (withdrawn) await serial.run(() => keepItems([withdrawn], []));
      return withdrawn !== undefined;
    },
    sendNow: async (id) => {
      const released = await storage.release([id]);
      await serial.run(() => keepItems(released, []));
    },

    draft: (key) => drafts.get(key) ?? '',
    async saveDraft(key, text) {
      drafts.set(key, text);
      tabs.post({ type: 'draft', key, text });
      await storage.saveDraft(key, text);
    },
    async wipe() {
      tabs.post({ type: 'wiped' });
      stop();
      // A tab that still has the databases open when they go would make them anew.
      await new Promise<void>((resolve) => void timers.after(WIPE_GRACE, resolve));
      await storage.wipe();
    },
  };
}
