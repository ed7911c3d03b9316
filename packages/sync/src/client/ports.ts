/**
 * Everything the client engine needs from outside, so that the very code that ships also runs under a virtual clock, a
 * faulty network and a faulty disk.
 */
import type { ScopeId } from '../mutator.ts';
import type { EngineEvent } from './event-log.ts';
import type { ConnectionState, StorageStatus } from './status.ts';
import type {
  AuditAnswer,
  AuditRequest,
  LiveEvent,
  PageAnswer,
  PageRequest,
  PullRequest,
  PullResponse,
  PushRequest,
  PushResponse,
} from '../protocol.ts';

/** Clock, scheduler and randomness in one. */
export interface Timers {
  /** Milliseconds since 1970. May jump. */
  now(): number;
  /** Runs `act` once after `ms`; returns how to call it off. */
  after(ms: number, act: () => void): () => void;
  /** [0, 1) */
  random(): number;
}

/**
 * `lost`: try again; `intercepted`: the same, and something else answers in place of the server. The others need the
 * person.
 */
export type CloseReason = 'lost' | 'intercepted' | 'unauthorised' | 'wrong_account' | 'outdated';

export interface ConnectionEvents {
  live(event: LiveEvent): void;
  /** Called at most once; nothing follows. */
  closed(reason: CloseReason): void;
}

/** One connection. Every call rejects once it is closed; a rejected call may or may not have reached the server. */
export interface Connection {
  pull(request: PullRequest): Promise<PullResponse>;
  push(request: PushRequest): Promise<PushResponse>;
  page(request: PageRequest): Promise<PageAnswer>;
  audit(request: AuditRequest): Promise<AuditAnswer>;
  /** Ends it at once; no event follows. */
  close(): void;
}

export interface Network {
  /**
   * Opens a connection and its stream of pokes; `hello` is the first event of a usable one. Events never come before
   * this returns.
   */
  connect(caller: { personId: string; clientId: string }, events: ConnectionEvents): Connection;
  /** `false` where the machine knows that it has no network at all. */
  online(): boolean;
  /** Told when `online` may have changed. Returns how to stop. */
  onOnline(listener: () => void): () => void;
}

/** How far a scope is known. `low`: every place from here on is held; `null` for scopes without places. */
export interface ScopeState {
  scope: ScopeId;
  version: number;
  epoch: number;
  low: number | null;
}

export interface StoredRow {
  scope: ScopeId;
  table: string;
  id: string;
  version: number;
  /** `null` deletes. */
  data: object | null;
}

/** One atomic change of one scope: rows and cursor move together. */
export interface ScopeChange {
  scope: ScopeId;
  /** Forget everything held of the scope first. */
  purge: boolean;
  /** `null`: not held any more. */
  state: ScopeState | null;
  rows: StoredRow[];
}

export type ItemState = 'waiting' | 'applied' | 'failed';

/** One mutation of this person, kept until its effects are seen in the cache, or until they deal with its refusal. */
export interface OutboxItem {
  id: string;
  /** Grows with every item of this storage, whatever the tab. */
  order: number;
  lane: string;
  /** Counts the lane's items of this client from 1; 0 while it waits outside the lane. */
  n: number;
  /** For which `n` counts; absent where an earlier release has written it. */
  client?: string;
  /** Ids of the earlier items it depends on. Those that are in the queue no more have been done. */
  after?: string[];
  /**
   * Until then, in milliseconds since 1970 by this client's clock, it waits outside its lane and can be taken back;
   * absent once it has its place.
   */
  heldUntil?: number;
  name: string;
  version: number;
  args: unknown;
  /** The client's clock when it was made, a label. */
  at: number;
  state: ItemState;
  /** Once applied: where its rows are to be seen, and by which `incarnation` of the server. */
  effects: { scope: ScopeId; version: number }[];
  incarnation?: string;
  /** Once failed: a stable code and safe words. */
  code: string | null;
  message: string | null;
  /** Id of the last act that was made one with it. */
  joined?: string;
  /** May have been sent: it stays as it is. Only of acts that can be joined. */
  sealed?: boolean;
}
export type NewItem = Pick<OutboxItem, 'id' | 'lane' | 'name' | 'version' | 'args' | 'at' | 'heldUntil' | 'after'>;

/** Name of what stands in for an item that was taken back before it was sent, so that its lane keeps its count. */
export const DISCARDED = 'discarded';

/** The arguments of one act in place of the earlier one and a later one; `undefined` where they stay two. */
export type JoinArgs = (earlier: unknown) => unknown;

/** Acts that a lane remembers to have joined last: one whose answer was lost comes once more. */
export const JOINED_KEPT = 8;

export interface StoredOutbox {
  clientId: string;
  items: OutboxItem[];
  drafts: Record<string, string>;
}
export interface StoredCache {
  incarnation: string | null;
  scopes: ScopeState[];
  /** Rows of the tables asked for. */
  rows: StoredRow[];
}
/** What a storage holds when it is opened. */
export interface StoredState extends StoredOutbox, StoredCache {}

/** What a tab that takes the lead goes on from. */
export interface Lead {
  /** Greater than that of every leader before. */
  epoch: number;
  clientId: string;
  incarnation: string | null;
  scopes: ScopeState[];
  items: OutboxItem[];
}

/** Refuses what a tab writes that another one has taken the lead from, most often while it was frozen. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** What can be asked of the disposable half of the disk. */
export interface CacheCalls {
  row(scope: ScopeId, table: string, id: string): Promise<StoredRow | undefined>;
  /** Rows without a place in this scope, all of them. */
  scopeRows(scope: ScopeId): Promise<StoredRow[]>;
  /** Rows with a place below `before`, at least `places` of the highest ones where there are so many. */
  pagedRows(scope: ScopeId, before: number, places: number): Promise<StoredRow[]>;
  /**
   * Rows and cursors of these scopes, each named once, in one transaction with the check that nobody has taken the lead
   * since.
   * @throws Fenced and writes nothing where `epoch` is behind, or where a change does not fit to what is held: its scope
   * is not held at all, or at a later membership epoch
   */
  writeCache(changes: readonly ScopeChange[], incarnation: string, epoch: number): Promise<void>;
}

/** What can be asked of the half of the disk that is never given up. Doing anything twice does it once. */
export interface OutboxCalls {
  items(): Promise<OutboxItem[]>;
  /**
   * Durable when it resolves. Gives the item its order, and `n` where nothing holds it up; clears the draft in the same transaction. Where `join`
   * makes one act of it and a waiting item of the same name and lane that is not sealed, that item is returned, with
   * the arguments of both. Nothing where it was joined before and what it is in has gone its way.
   */
  enqueue(item: NewItem, clearedDraft: string | null, join?: JoinArgs): Promise<OutboxItem | undefined>;
  /**
   * Puts an item in the place of a refused one; what depends on that depends on this one from now on. Returns it first,
   * then what else has moved.
   */
  replace(id: string, item: NewItem): Promise<OutboxItem[]>;
  /**
   * Lets go of an item that was not applied; what depends on it is refused, for this reason. Returns what has changed,
   * the item itself only where something has to stand in for it, or where the server has applied it meanwhile.
   */
  discard(id: string, orphaned: Pick<OutboxItem, 'code' | 'message'>): Promise<OutboxItem[]>;
  /** These are about to be sent: nothing is joined to them any more. Returns them as they are now. */
  seal(ids: readonly string[]): Promise<OutboxItem[]>;
  /**
   * Ends the hold of these. Whatever nothing holds up has its place at the end of its lane then. Returns what has changed.
   */
  release(ids: readonly string[]): Promise<OutboxItem[]>;
  /** Turns a held item into a refused one with this code; `undefined` where it is held no more. */
  withdraw(id: string, code: string): Promise<OutboxItem | undefined>;
  /** Returns what has left its lane because it depends on one that was refused. */
  updateItems(items: readonly OutboxItem[]): Promise<OutboxItem[]>;
  removeItems(ids: readonly string[]): Promise<void>;
  /**
   * The lane's next `n` becomes `expected` and its waiting items are numbered from there. Returns all items.
   * @throws Fenced where `epoch` is behind
   */
  renumber(lane: string, expected: number, epoch: number): Promise<OutboxItem[]>;
  /**
   * Another client id; all waiting items are numbered from 1 in their lanes. Returns the new state of both.
   * @throws Fenced where `epoch` is behind
   */
  newClient(epoch: number): Promise<{ clientId: string; items: OutboxItem[] }>;
  /** An empty text removes the draft. */
  saveDraft(key: string, text: string): Promise<void>;
  /** Puts back what a tab knows and the database has lost. Returns what there is then. */
  restore(items: readonly OutboxItem[], drafts: Readonly<Record<string, string>>): Promise<StoredOutbox>;
}

/** One open database. Rejects as the disk does; a handle that was lost rejects everything. */
export interface CacheHandle extends CacheCalls {
  /** Another one after the database was deleted and made anew. */
  readonly birth: unknown;
  read(residentTables: readonly string[]): Promise<StoredCache>;
  /** The epoch that leads, as far as the cache knows. */
  leader(): Promise<number>;
  /** @throws Fenced where a later epoch leads already */
  takeLead(epoch: number): Promise<Omit<StoredCache, 'rows'>>;
  close(): void;
}

/** One open database. Rejects as the disk does; a handle that was lost rejects everything. */
export interface OutboxHandle extends OutboxCalls {
  /** As of its opening. Another one where the database is another one. */
  readonly clientId: string;
  read(): Promise<StoredOutbox>;
  /** Makes the next epoch, greater than `before` too. */
  raiseLead(before: number): Promise<{ epoch: number; clientId: string; items: OutboxItem[] }>;
  /** Writes a little and takes it away again: whether it could be written. */
  probe(): Promise<void>;
  close(): void;
}

/** The two databases as they are, with their failures. `createGuardedStorage` makes something to rely on of them. */
export interface Disk {
  /** Opens, or makes, the database. `lost` is called when the browser or another tab closes it. */
  openCache(lost: () => void): Promise<CacheHandle>;
  openOutbox(lost: () => void): Promise<OutboxHandle>;
  deleteCache(): Promise<void>;
  /** Caches of earlier releases. */
  deleteOldCaches(): Promise<void>;
  /** Everything of this person. */
  deleteAll(): Promise<void>;
  /** What one of its errors means; `null`: it is no failure of the disk. */
  meaning(error: unknown): 'lost' | 'corrupt' | 'full' | 'failed' | null;
}

export interface StorageWatcher {
  status(status: StorageStatus): void;
  /** The cache holds nothing any more, or something else than it did. */
  cacheEmptied(): void;
  /** The outbox is another one than before, and may lack what this tab knows. */
  outboxReplaced(): void;
}

/** The client's disk: a strict outbox and a disposable cache. Shared by all tabs of one person. */
export interface Storage extends CacheCalls, OutboxCalls {
  /** Who is told of what becomes of it; the latest alone. */
  watch(watcher: StorageWatcher): void;
  open(residentTables: readonly string[]): Promise<StoredState>;
  /** Makes the tab that calls this the only one that may write the cache; whoever did before is fenced off. */
  takeLead(): Promise<Lead>;
  /** Leaves no trace of the person. */
  wipe(): Promise<void>;
  /** Lets go of what another tab wipes: nothing that is under way is done with another handle. */
  leave(): void;
  /** What was given to the outbox comes to its end. */
  close(): void;
}

/** What tabs of one person tell each other. */
export type TabMessage =
  /** `keeps`: the leader has them on disk. */
  | { type: 'changes'; changes: ScopeChange[]; epoch: number; incarnation: string; keeps: boolean }
  | { type: 'items'; items: OutboxItem[]; removed: string[] }
  | { type: 'draft'; key: string; text: string }
  | { type: 'status'; connection: ConnectionState; syncedAt: number | null }
  | { type: 'hello' }
  | { type: 'want'; scope: ScopeId }
  /** This tab leads from now on: which scopes are open elsewhere? And: these, in this tab. */
  | { type: 'lead' }
  | { type: 'open'; tab: string; scopes: ScopeId[] }
  /** A tab that has nothing and keeps nothing: everything is to be told again. */
  | { type: 'refill' }
  /** Is the leader alive, and: it is. */
  | { type: 'ask' }
  | { type: 'beat' }
  /** What the leader did. */
  | { type: 'event'; event: EngineEvent }
  /** Nothing of the person is to stay: let go of the disk, and do not open it again. */
  | { type: 'wiped' };

export interface Claim {
  /** Take the lead from whoever has it, instead of waiting in line. */
  steal: boolean;
  /** This tab leads from now on. Never called before `claim` has returned. */
  granted(): void;
  /** It was taken away. Nothing follows. */
  lost(): void;
}

/** The other tabs of the same person in this browser. */
export interface Tabs {
  /** Asks for the lead; one tab has it at a time. Returns how to give it back, or to leave the line. */
  claim(claim: Claim): () => void;
  /** Whether the person can see this tab. */
  visible(): boolean;
  /** Told when `visible` may have changed. Returns how to stop. */
  onVisible(listener: () => void): () => void;
  post(message: TabMessage): void;
  onMessage(listener: (message: TabMessage) => void): void;
  close(): void;
}
