/**
 * What the leading tab does: keep a connection, pull what it should hold, push what waits, and give every change to
 * memory, disk and the other tabs, in this order. Nothing here needs an act of the person to get going again.
 */
import type { MutatorMap, ScopeId, TableMap } from '../mutator.ts';
import type { Effect, LiveEvent, PushResponse, WireMutation } from '../protocol.ts';
import type { Retry } from './backoff.ts';
import { Connector } from './connector.ts';
import type { FollowedScope } from './engine.ts';
import type { Outbox } from './outbox.ts';
import {
  Fenced,
  type Network,
  type OutboxItem,
  type ScopeChange,
  type Storage,
  type Tabs,
  type Timers,
} from './ports.ts';
import { Puller } from './puller.ts';
import { countsFor, hasPlace, Pusher } from './pusher.ts';
import type { Replica } from './replica.ts';
import type { Serial } from './serial.ts';
import type { EngineEvent } from './event-log.ts';
import { lateParts } from './late-parts.ts';
import type { EngineStatus } from './status.ts';
import { PAGE, type Windows } from './windows.ts';

/** Milliseconds. Looks after whatever was forgotten, bound to no event. */
const WATCHDOG = 20_000;
/**
 * The watchdog's rounds between two pulls of everything: two minutes. A server that dies between a commit and its poke
 * tells nobody, and a line that lives is no proof that nothing was missed.
 */
const PULL_ROUNDS = 6;
/** The watchdog's rounds between two scopes that are compared with the server's, each in its turn: ten minutes. */
const AUDIT_ROUNDS = 30;
/** Milliseconds a poke may take to follow the answer to a push before its rows are asked for. */
const POKE_GRACE = 50;
/** Places of a thread fetched with its head, as long as there are few new threads; more come in idle time. */
const FIRST_PLACES = 30;
const FEW_SCOPES = 50;

export interface SyncingOptions<Tables extends TableMap> {
  personId: string;
  schema?: number;
  mutators: MutatorMap<Tables>;
  rootScope: ScopeId;
  followed: () => FollowedScope[];
  isPaged: (scope: ScopeId) => boolean;
  storage: Storage;
  network: Network;
  timers: Timers;
  retry?: Retry | undefined;
  tabs: Tabs;
  serial: Serial;
  replica: Replica;
  windows: Windows;
  outbox: Outbox<Tables>;
  /** Shows changes in views; `settle` names the items that these have confirmed, which are then taken away. */
  show: (changes: readonly ScopeChange[], settle: () => string[]) => Promise<void>;
  /** Of a refusal of these nobody is told. */
  isSilent: (mutator: string) => boolean;
  incarnation: () => string | null;
  setIncarnation: (incarnation: string | null) => void;
  onStatus: (change: Partial<EngineStatus>) => void;
  /** Whether this tab has the cache on disk. */
  keeps: () => boolean;
  /** Whether some tab has a scope open. */
  isOpen: (scope: ScopeId) => boolean;
  onLeads: (leads: boolean) => void;
  /** For the log of what the engine did. */
  onDone: (what: EngineEvent['what'], detail: string, count: number) => void;
  /** Another tab leads, or what is on disk is not what this one knows. */
  onFenced: () => void;
}

export class Syncing<Tables extends TableMap> {
  readonly #options: SyncingOptions<Tables>;
  readonly #connector: Connector;
  readonly #puller: Puller;
  readonly #pusher: Pusher;
  /** What the person's own rows say they may read; the answer `forbidden` takes a scope out until those change. */
  #followed = new Map<ScopeId, FollowedScope>();
  readonly #refused = new Set<ScopeId>();
  #filling = false;
  #stopWatchdog: () => void = () => {};
  #rounds = 0;
  /** Counts the times this tab began or ceased to lead. */
  #turn = 0;
  /** Of the lead, as the disk knows it. */
  #epoch = 0;
  #renewal: Promise<void> | null = null;
  /** The lead of which not everything got to the disk. */
  #fenced = -1;
  leads = false;
  clientId = '';
  /** Resolves when every change so far is on disk, or has failed to get there. */
  written: Promise<void> = Promise.resolve();

  constructor(options: SyncingOptions<Tables>) {
    this.#options = options;
    const { timers, retry, network, replica, isPaged, outbox } = options;
    const { personId } = options;
    // The first shape goes without saying.
    const schema = options.schema === 1 ? undefined : options.schema;
    const caller = () => ({ personId, clientId: this.clientId, schema, incarnation: options.incarnation() });
    const connection = () => this.#connector.connection;
    this.#connector = new Connector({
      network,
      timers,
      retry,
      caller,
      onState: (state) => options.onStatus({ connection: state }),
      onEvent: (event) => void this.#onEvent(event),
      onLost: () => this.#puller.clear(),
    });
    this.#puller = new Puller({
      timers,
      retry,
      connection,
      caller,
      isPaged,
      state: (scope) => replica.state(scope),
      windowFor: (scope) => this.#windowFor(scope),
      apply: (build) => this.#apply(build),
      onIncarnation: (incarnation) => this.#onIncarnation(incarnation),
      onForbidden: (scope) => this.#refused.add(scope),
      onIdle: () => this.#onPulled(),
    });
    this.#pusher = new Pusher({
      timers,
      retry,
      connection,
      caller,
      items: () => outbox.items(),
      seal: (batch) => this.#seal(batch),
      sending: (ids) => {
        outbox.sending(ids);
        replica.notify();
      },
      onResults: (answer) => this.#onResults(answer),
    });
  }

  /** Becomes the tab that talks to the server, from what the disk holds: another tab may have told less than it did. */
  lead(): void {
    const { storage, serial, outbox, replica, setIncarnation } = this.#options;
    const turn = (this.#turn += 1);
    void serial.run(async () => {
      // A disk that fails is no reason to be without a server.
      await this.written;
      const lead = await storage.takeLead().catch(() => null);
      if (turn !== this.#turn) return;
      if (lead) {
        this.#epoch = lead.epoch;
        this.clientId = lead.clientId;
        setIncarnation(lead.incarnation);
        replica.rewind(lead.scopes);
        await outbox.merge(lead.items);
        replica.notify();
      }
      if (turn !== this.#turn) return;
      this.leads = true;
      this.#options.onLeads(true);
      this.#refollow();
      this.#connector.start();
      this.#watch();
    });
  }

  stop(): void {
    this.#turn += 1;
    if (this.leads) this.#options.onLeads(false);
    this.leads = false;
    this.#stopWatchdog();
    this.#connector.stop();
  }

  /** Somebody has come: whatever waits for a better moment is tried now. */
  wake(): void {
    this.#connector.on('wake');
  }

  push(): void {
    if (this.leads) void this.#pusher.run();
  }

  /** Somebody looks at this scope: it comes before the others. */
  look(scope: ScopeId): void {
    if (!this.leads || !this.#wants(scope)) return;
    const isBehind = this.#followed.get(scope)?.whileOpen;
    if (isBehind || !this.#options.replica.state(scope)) this.#puller.want([scope]);
  }

  /** Fetches one page below what is held. @returns false where that is not possible now */
  async fetch(scope: ScopeId): Promise<boolean> {
    this.look(scope);
    const found = await this.#puller.page(scope, PAGE);
    await this.written;
    return found;
  }

  async #onEvent(event: LiveEvent): Promise<void> {
    if (event.kind === 'poke') {
      const { scope, from, to, rows } = event;
      if (this.#rests(scope)) return;
      return this.#apply(() => this.#puller.poke(scope, from, to, rows));
    }
    if (event.kind === 'hello') await this.#onIncarnation(event.incarnation);
    this.#pullAll();
    this.push();
  }

  /** The disk holds nothing any more: what is in view stays, and everything is asked for as by a new client. */
  async refill(): Promise<void> {
    const { serial, replica } = this.#options;
    await serial.run(async () => replica.rewind([]));
    this.#pullAll();
  }

  #pullAll(): void {
    const { replica, rootScope } = this.#options;
    const held = Array.from(replica.states(), ({ scope }) => scope).filter((scope) => !this.#rests(scope));
    this.#puller.want(new Set([rootScope, ...this.#missing().map(({ scope }) => scope), ...held]));
  }

  /** One change at a time, built on the cursors as the one before has left them: memory, then disk and other tabs. */
  async #apply(build: () => ScopeChange[]): Promise<void> {
    const { serial, show, rootScope } = this.#options;
    await serial.run(async () => {
      const changes = build();
      if (changes.length === 0) return;
      const rows = changes.reduce((sum, change) => sum + change.rows.length, 0);
      if (rows > 0) this.#options.onDone('pulled', '', rows);
      let settled: string[] = [];
      await show(changes, () => {
        if (changes.some(({ scope }) => scope === rootScope)) this.#refused.clear();
        // A scope seen for the first time may say how much of it is wanted.
        if (changes.some(({ scope, purge }) => purge || scope === rootScope)) this.#refollow();
        settled = this.#options.outbox.confirm((scope) => this.#cursor(scope));
        return settled;
      });
      const epoch = this.#epoch;
      this.written = this.written.then(() => this.#keep(changes, settled, epoch));
    });
    if (this.#puller.idle) this.#onPulled();
  }

  async #keep(changes: ScopeChange[], settled: string[], epoch: number): Promise<void> {
    const { storage, tabs, keeps, serial, outbox, replica } = this.#options;
    const incarnation = this.#options.incarnation() ?? '';
    try {
      await storage.writeCache(changes, incarnation, epoch);
    } catch (error) {
      // The other tab has the items and will settle them itself.
      if (error instanceof Fenced) return this.#onFenced(epoch);
    }
    // What is not removed is sent again, and answered as before.
    await storage.removeItems(settled).catch(() => {});
    tabs.post({ type: 'changes', changes, epoch, incarnation, keeps: keeps() });
    if (settled.length === 0) return;
    tabs.post({ type: 'items', items: [], removed: settled });
    // Here too, and not waited for by what waits for the disk: meanwhile the disk may have told of them once more.
    void serial.run(async () => {
      outbox.remove(settled);
      replica.notify();
    });
  }

  #onFenced(epoch: number): void {
    this.#fenced = epoch;
    if (epoch === this.#epoch) this.#options.onFenced();
  }

  /** Does what renumbers the queue, which only the leader may. */
  async #asLeader(work: (epoch: number) => Promise<void>): Promise<void> {
    const epoch = this.#epoch;
    try {
      await this.#options.serial.run(() => work(epoch));
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      this.#onFenced(epoch);
    }
  }

  /** Nothing is wanted: see whether the person's own rows now ask for more, or for less. */
  #onPulled(): void {
    const { replica, rootScope, timers, onStatus } = this.#options;
    if (!this.leads || !this.#connector.connection || !replica.state(rootScope)) return;
    const dropped = () => replica.held().filter((scope) => !this.#followed.has(scope));
    // Looked up again when its turn comes: until then the person may have been let in again.
    if (dropped().length > 0) return void this.#apply(() => dropped().map(purged));
    const missing = this.#missing();
    if (missing.length > 0) return this.#puller.want(missing.map(({ scope }) => scope));
    this.#connector.proven();
    onStatus({ syncedAt: timers.now(), ready: true });
    void this.#fill();
  }

  /** Scopes that have to be there before anything else. */
  #missing(): FollowedScope[] {
    return [...this.#followed.values()].filter(({ scope, urgent }) => urgent && this.#lacks(scope));
  }

  #lacks(scope: ScopeId): boolean {
    return this.#wants(scope) && !this.#options.replica.state(scope) && !this.#refused.has(scope);
  }

  /** In idle time: the scopes that are not urgent, and older places of threads, in the order they are followed. */
  async #fill(): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    try {
      for (const { scope, low } of this.#followed.values()) {
        if (!this.leads || !this.#connector.connection) return;
        if (this.#lacks(scope)) return this.#puller.want(this.#laterScopes());
        const held = this.#options.replica.state(scope)?.low ?? 0;
        if (low !== undefined && held > low) await this.#puller.page(scope, held - low);
      }
    } finally {
      this.#filling = false;
    }
  }

  #laterScopes(): ScopeId[] {
    const lacking = [...this.#followed.keys()].filter((scope) => this.#lacks(scope));
    return lacking.slice(0, FEW_SCOPES);
  }

  #windowFor(scope: ScopeId): number {
    const { replica, windows, isPaged } = this.#options;
    if (windows.isOpen(scope)) return PAGE;
    if (replica.state(scope)) return FIRST_PLACES;
    const fresh = this.#missing().filter((missing) => isPaged(missing.scope)).length;
    return fresh <= FEW_SCOPES ? FIRST_PLACES : 0;
  }

  /** The server was restored from a backup: nothing held means anything any more, save what has not been sent. */
  async #onIncarnation(incarnation: string): Promise<void> {
    const { replica, setIncarnation } = this.#options;
    const known = this.#options.incarnation();
    setIncarnation(incarnation);
    await this.#doAgain();
    if (known === null || known === incarnation) return;
    await this.#apply(() => Array.from(replica.states(), ({ scope }) => purged(scope)));
    this.#refused.clear();
    await this.newClient();
  }

  /**
   * What another incarnation of the server had applied, and whose rows have not been seen, may be gone: it is asked for once
   * more. The item says which, and not the cache, which may be gone too.
   */
  async #doAgain(): Promise<void> {
    const { storage, outbox, replica } = this.#options;
    const now = this.#options.incarnation();
    const ofBefore = () => outbox.items().filter((item) => item.state === 'applied' && item.incarnation !== now);
    if (ofBefore().length === 0) return;
    await this.#asLeader(async () => {
      const again = ofBefore().map((item): OutboxItem => ({ ...item, state: 'waiting', effects: [] }));
      await storage.updateItems(again).catch(() => {});
      await outbox.merge(again);
      replica.notify();
    });
  }

  /** What is counted for another client is counted anew. */
  took(items: readonly OutboxItem[]): void {
    const isStrange = (item: OutboxItem) => item.state === 'waiting' && !countsFor(item, this.clientId);
    if (this.leads && items.some(isStrange)) void this.newClient();
  }

  /** Numbers the queue anew, for another client id. */
  async newClient(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #renew(): Promise<void> {
    const { storage, outbox, replica } = this.#options;
    const renew = this.#asLeader(async (epoch) => {
      // What another tab has settled, and told nobody of, is asked for once more.
      await storage.restore(outbox.items().filter(hasPlace), {});
      const { clientId, items } = await storage.newClient(epoch);
      this.clientId = clientId;
      await outbox.merge(items);
      replica.notify();
    });
    // Where the disk refuses, the server says once more that it has to be.
    await renew.then(
      () => this.#connector.on('reopen'),
      () => {},
    );
  }

  async #onResults({ results, incarnation }: PushResponse): Promise<void> {
    const { storage, outbox, replica, tabs, isSilent } = this.#options;
    await this.#asLeader(async (epoch) => {
      const settled: OutboxItem[] = [];
      const removed: string[] = [];
      const gaps = new Map<string, number>();
      for (const result of results) {
        const item = outbox.find(result.id);
        if (!item) continue;
        if (result.status === 'applied')
          settled.push({ ...item, state: 'applied', effects: result.effects, incarnation });
        else if (result.status === 'gap') gaps.set(item.lane, result.expected);
        else if (result.status === 'rejected' || result.status === 'unknown') {
          if (isSilent(item.name)) removed.push(item.id);
          else settled.push(result.status === 'rejected' ? failed(item, result) : failed(item, UNKNOWN));
        }
      }
      const { onDone } = this.#options;
      const applied = settled.filter(({ state }) => state === 'applied').length;
      if (applied > 0) onDone('sent', '', applied);
      for (const { name, state } of settled) if (state === 'failed') onDone('refused', name, 1);
      // What cannot be written down is asked for again after the next start.
      const moved = await storage.updateItems(settled).catch(() => []);
      const changed = [...settled, ...moved];
      // Only now: what was refused, and what depends on it, has left its lane.
      for (const [lane, expected] of gaps) changed.push(...(await storage.renumber(lane, expected, epoch)));
      await outbox.merge(changed);
      removed.push(...outbox.confirm((scope) => this.#cursor(scope)));
      await storage.removeItems(removed).catch(() => {});
      outbox.remove(removed);
      replica.notify();
      // Behind the changes that confirm them: another tab must not drop an item before it has the row, and where those
      // did not get to it, it asks for the results itself.
      this.written = this.written.then(() => {
        if (epoch !== this.#fenced) tabs.post({ type: 'items', items: changed, removed });
      });
    });
    if (!this.leads) return;
    this.#connector.proven();
    await this.#doAgain();
    if (results.some(({ status }) => status === 'fork')) await this.newClient();
    this.#options.timers.after(POKE_GRACE, () => this.#pullEffects());
  }

  async #seal(batch: WireMutation[]): Promise<WireMutation[]> {
    const { mutators, storage } = this.#options;
    const open = batch.filter(({ name }) => mutators[name]?.join).map(({ id }) => id);
    if (open.length === 0) return batch;
    const sealed = new Map((await storage.seal(open)).map(({ id, args }) => [id, args]));
    return batch.map((mutation) =>
      sealed.has(mutation.id) ? { ...mutation, args: sealed.get(mutation.id) } : mutation,
    );
  }

  /** Asks for the rows of applied items that no poke has brought. */
  #pullEffects(): void {
    const { outbox, replica } = this.#options;
    const due = outbox
      .items()
      .flatMap(({ state, effects }) => (state === 'applied' ? effects : []))
      .filter(({ scope, version }) => this.#wants(scope) && (replica.state(scope)?.version ?? -1) < version);
    if (due.length > 0 && this.leads) this.#puller.want(due.map(({ scope }) => scope));
  }

  #watch(): void {
    const { timers, storage, outbox, serial, replica } = this.#options;
    this.#stopWatchdog = timers.after(WATCHDOG, () => {
      if (!this.leads) return;
      const look = () => {
        this.push();
        this.#pullEffects();
        void this.#puller.run();
      };
      this.#connector.watch();
      this.#rounds += 1;
      if (this.#rounds % AUDIT_ROUNDS === 0) void this.#audit(this.#rounds / AUDIT_ROUNDS).catch(() => {});
      // A disk that hangs must not keep it from the network.
      if (this.#rounds % PULL_ROUNDS === 0) this.#pullAll();
      look();
      void serial
        .run(async () => {
          await storage.release([]);
          const items = await storage.items();
          await outbox.merge(items);
          this.took(outbox.items());
          const settled = outbox.confirm((scope) => this.#cursor(scope));
          outbox.remove(settled);
          replica.notify();
          await storage.removeItems(settled);
        })
        .then(look, () => {});
      this.#watch();
    });
  }

  /** What differs is dropped and fetched anew; the server has written it down. */
  async #audit(turn: number): Promise<void> {
    const { serial, storage, replica, personId, incarnation } = this.#options;
    const { connection } = this.#connector;
    const scopes = [...replica.states()];
    const scope = scopes[turn % scopes.length]?.scope;
    if (!connection || scope === undefined || !this.#puller.idle) return;
    const caller = { personId, clientId: this.clientId, incarnation: incarnation() };
    const { differs } = await lateParts.audit();
    const state = (asked: ScopeId) => replica.state(asked);
    const audited = { connection, caller, scope, serial, storage, written: () => this.written, state };
    if (!(await differs(audited))) return;
    await this.#apply(() => [purged(scope)]);
    this.#puller.want([scope]);
  }

  #refollow(): void {
    this.#followed = new Map(this.#options.followed().map((followed) => [followed.scope, followed]));
  }

  /** Followed while somebody looks, and nobody does. */
  #rests(scope: ScopeId): boolean {
    return this.#followed.get(scope)?.whileOpen === true && !this.#options.isOpen(scope);
  }

  #wants(scope: ScopeId): boolean {
    return this.#followed.has(scope) && !this.#rests(scope);
  }

  /** A scope that is not held and not wanted is not waited for: whatever was done to it counts as arrived. */
  #cursor(scope: ScopeId): number | undefined {
    if (this.#rests(scope)) return undefined;
    const held = this.#options.replica.state(scope)?.version;
    return held ?? (this.#followed.has(scope) || this.#isOwnBehind() ? -1 : undefined);
  }

  /** The person's own rows are still to say what an applied item has made for them to follow. */
  #isOwnBehind(): boolean {
    const { outbox, replica, rootScope } = this.#options;
    const own = replica.state(rootScope)?.version ?? -1;
    const isAhead = (effect: Effect) => effect.scope === rootScope && effect.version > own;
    return own < 0 || outbox.items().some(({ state, effects }) => state === 'applied' && effects.some(isAhead));
  }
}

const UNKNOWN = {
  code: 'unknown',
  message: 'The server no longer knows whether this arrived. Look before you send it again.',
};

const purged = (scope: ScopeId): ScopeChange => ({ scope, purge: true, state: null, rows: [] });

const failed = (item: OutboxItem, { code, message }: { code: string; message: string }): OutboxItem => ({
  ...item,
  state: 'failed',
  code,
  message,
});
