/** Everything in one simulation: a database, API processes, people with devices and tabs, and what is known about them. */
import { createEngine, type Engine } from '../../client/engine.ts';
import { createGuardedStorage } from '../../client/guarded-storage.ts';
import type { OutboxItem } from '../../client/ports.ts';
import type { ScopeId } from '../../mutator.ts';
import type { RowWrite } from '../../server/storage.ts';
import { Api, BusLine } from './api.ts';
import { Clock } from './clock.ts';
import { Database, lostScopes } from './database.ts';
import { Profile } from './disk.ts';
import { SimulationFailure } from './failure.ts';
import { composedIn, Ledger } from './ledger.ts';
import { createNetwork, FAIR, newLine, type Line } from './network.ts';
import { firstMutators, mutators, type Mutators } from './mutators.ts';
import { follow, isPaged, parseScope, residentTables, userScope, type Tables } from './program.ts';
import { Random } from './random.ts';
import { Tab } from './tab.ts';
import { TabLine } from './tab-line.ts';
import { Tally } from './tally.ts';
import { Watcher } from './watcher.ts';
import { createWitness } from './witness.ts';

export interface OpenTab {
  tab: Tab;
  engine: Engine<Tables, Mutators>;
  watcher: Watcher;
  /** `start` has come to its end. */
  started: boolean;
}

/** A browser profile of one person. */
export interface Device {
  name: string;
  personId: string;
  profile: Profile;
  line: Line;
  tabLine: TabLine;
  tabs: OpenTab[];
  /** Milliseconds by which its clock is off. */
  wrong: number;
  /** When its outbox was taken away last. */
  evictedAt: number;
  /** Tabs that were ever opened in it. */
  opened: number;
}

export interface WorldOptions {
  seed: number;
  /** Is told what happens, in words. */
  say?: ((line: string) => void) | undefined;
}

export class World {
  readonly clock = new Clock();
  readonly tally = new Tally();
  readonly ledger = new Ledger();
  readonly random: Random;
  readonly database: Database;
  readonly bus: BusLine;
  readonly devices: Device[] = [];
  readonly people: string[] = [];
  /** Organisations that each person can act for. */
  readonly orgs = new Map<string, readonly string[]>();
  apis: Api[] = [];
  wasCloned = false;
  /** Somebody has written a note. */
  hasNotes = false;
  /** Mutations that wait for others outside of their lanes. */
  readonly parked = new Set<string>();
  /** The server was restored from a backup at some time. */
  restored = false;
  readonly #say: ((line: string) => void) | undefined;
  readonly #queueLimit: number;
  readonly #witness: ReturnType<typeof createWitness>;
  #ids = 0;
  #started = 0;
  /** Complaints of audits; all but those of rows that rotted are failures. */
  readonly divergences: ScopeId[] = [];
  /** When each person ceased to read each scope, last. */
  readonly lostAt = new Map<string, number>();
  /** Who could read each version of each scope. */
  readonly readers = new Map<string, { people: ReadonlySet<string>; rows: number }>();

  constructor({ seed, say }: WorldOptions) {
    this.random = new Random(seed);
    this.#say = say;
    const { clock, tally } = this;
    this.#queueLimit = this.random.pick([256, 256, 6]);
    this.database = new Database({
      clock,
      tally,
      random: this.random.fork(),
      deltaRows: this.random.pick([1_000, 30, 3]),
      onCommit: (rows, scopes) => this.#onCommit(rows, scopes),
    });
    this.bus = new BusLine({ clock, tally, random: this.random.fork() });
    this.#witness = createWitness(this);
  }

  say(line: () => string): void {
    this.#say?.(`${(this.clock.now / 1_000).toFixed(3).padStart(8)}  ${line()}`);
  }

  newId(what: string): string {
    this.#ids += 1;
    return `${what}-${this.#ids}`;
  }

  startApi(): Api {
    const { clock, database, bus, tally, random } = this;
    this.#started += 1;
    const api = new Api({
      name: `api-${this.#started}`,
      clock,
      database,
      bus,
      tally,
      random,
      queueLimit: this.#queueLimit,
      onDivergence: ({ scope }) => this.divergences.push(scope),
    });
    this.apis.push(api);
    return api;
  }

  crashApi(api: Api): void {
    api.crash();
    this.say(() => `${api.name} has crashed`);
  }

  liveApis(): Api[] {
    this.apis = this.apis.filter(({ alive }) => alive);
    return this.apis;
  }

  addDevice(personId: string, release: Line['release']): Device {
    const { clock, tally } = this;
    const name = this.newId(personId);
    const random = this.random.fork();
    if (release === 'before') tally.fault('client.ofReleaseBefore');
    const device: Device = {
      name,
      personId,
      profile: new Profile({ clock, tally, random, newId: () => this.newId(`store-of-${name}`) }),
      line: newLine(personId, release),
      tabLine: new TabLine({ clock, tally, random }),
      tabs: [],
      wrong: 0,
      evictedAt: -Infinity,
      opened: 0,
    };
    this.devices.push(device);
    return device;
  }

  openTab(device: Device): OpenTab {
    const { clock, tally } = this;
    const { personId, line, profile, tabLine } = device;
    device.opened += 1;
    const random = this.random.fork();
    const tab = new Tab(this.newId(`${device.name}-tab`), clock);
    const timers = tab.timers(random, () => device.wrong);
    const isOld = line.release === 'before';
    const engine = createEngine<Tables, Mutators>({
      personId,
      ...(isOld ? {} : { schema: 2 }),
      mutators: isOld ? firstMutators : mutators,
      residentTables,
      isPaged,
      rootScope: userScope(personId),
      follow: (rows) => follow(personId, rows),
      storage: createGuardedStorage(profile.disk(tab), timers),
      network: createNetwork(
        {
          clock,
          random,
          tally,
          api: () => {
            const apis = this.liveApis();
            return apis[random.below(apis.length)] ?? null;
          },
          witness: this.#witness,
        },
        tab,
        line,
      ),
      timers,
      tabs: tabLine.tabs(tab),
    });
    const closed = random.chance(0.2) ? random.below(2) : -1;
    const watcher = new Watcher({
      world: this,
      engine,
      personId,
      name: tab.name,
      opens: (thread) => thread !== `t${closed}`,
    });
    const open: OpenTab = { tab, engine, watcher, started: false };
    device.tabs.push(open);
    let before = '';
    engine.subscribeStatus(() => {
      const { connection, storage, leads } = engine.status();
      const now = `${connection.state}, ${storage}${leads ? ', leads' : ''}`;
      if (now === before) return;
      before = now;
      this.#witness.status(engine.status());
      this.say(() => `${tab.name}: ${now}`);
    });
    void engine.start().then(() => {
      open.started = true;
    });
    this.say(() => `${tab.name} opens`);
    return open;
  }

  /** Without a word to the engine, as a crash does it. */
  killTab(device: Device, open: OpenTab): void {
    open.tab.kill();
    const profile = device.profile.outbox;
    device.tabs = device.tabs.filter((other) => other !== open);
    for (const connection of [...device.line.connections]) if (connection.tab === open.tab) connection.deafen();
    device.tabLine.leave(open.tab);
    if ([...(profile?.items.values() ?? [])].some(({ heldUntil }) => heldUntil !== undefined)) this.tally.rule('HOLD2');
    if ([...(profile?.items.values() ?? [])].some(({ after }) => after !== undefined)) this.tally.rule('DEP5');
    // What only this tab still knew is gone with it.
    if (this.clock.now - device.evictedAt < 10_000) this.excuseUnsent(device, 'evicted');
    this.say(() => `${open.tab.name} is gone`);
  }

  threads(): string[] {
    return [...this.database.scopes.entries()].flatMap(([scope]) => {
      const [kind, id] = parseScope(scope);
      return kind === 'thread' ? [id] : [];
    });
  }

  /** A tab that can be used. */
  running(): { device: Device; open: OpenTab }[] {
    return this.devices.flatMap((device) =>
      device.tabs.flatMap((open) => (open.tab.state === 'running' && open.started ? [{ device, open }] : [])),
    );
  }

  excuseUnsent(device: Device, why: string): void {
    const mine = [...this.ledger.composed.values()].filter((composed) => composed.device === device.name);
    const there = this.ledger.there(this.database);
    this.ledger.excuse(
      mine.flatMap(({ id }) => (there.has(id) ? [] : [id])),
      why,
    );
  }

  /** What lies in a profile that has not been answered, by what it is about. */
  queued(profile: Profile): Map<string, OutboxItem[]> {
    const queued = new Map<string, OutboxItem[]>();
    for (const item of profile.outbox?.items.values() ?? []) {
      if (item.state === 'applied') continue;
      for (const id of composedIn(item)) queued.set(id, [...(queued.get(id) ?? []), item]);
    }
    return queued;
  }

  /** The time for which results are kept is over. @returns how many there were */
  forgetResults(): number {
    for (const { profile, tabs } of this.devices) {
      const stored = profile.outbox?.items.values() ?? [];
      for (const item of [...stored, ...tabs.flatMap(({ engine }) => engine.items())]) {
        for (const id of composedIn(item)) this.ledger.outlived.add(id);
      }
    }
    return this.database.forgetResults();
  }

  restore(): boolean {
    const before = this.ledger.there(this.database);
    if (!this.database.restore()) return false;
    const after = this.ledger.there(this.database);
    this.ledger.excuse(
      [...before].filter((id) => !after.has(id)),
      'restored',
    );
    this.restored = true;
    this.lostAt.clear();
    this.readers.clear();
    for (const device of this.devices) for (const { watcher } of device.tabs) watcher.forget();
    for (const api of this.liveApis()) api.crash();
    this.startApi();
    return true;
  }

  /** Nothing is broken any more. */
  heal(): void {
    this.say(() => 'everything heals');
    this.database.up = true;
    this.database.abortOdds = 0;
    this.database.exhausted = false;
    this.database.setTrap(null);
    this.bus.setUp(true);
    if (this.liveApis().length === 0) this.startApi();
    for (const api of this.apis) api.diesBeforeAnswer = false;
    for (const device of this.devices) this.#healDevice(device);
  }

  #healDevice(device: Device): void {
    const { line, profile, personId } = device;
    profile.heal();
    line.weather = FAIR;
    line.deaf = null;
    line.slow = false;
    if (line.session !== personId) line.session = personId;
    if (!line.online) {
      line.online = true;
      for (const listener of [...line.onlineListeners]) listener();
    }
    // Only other code helps, and that comes with a reload.
    if (line.release === 'ancient') {
      line.release = 'now';
      profile.evict('cache');
      this.tally.rule('DISK9');
      for (const open of [...device.tabs]) this.killTab(device, open);
    }
    for (const { tab } of device.tabs) tab.thaw();
    if (device.tabs.length === 0) this.openTab(device);
  }

  #onCommit(rows: readonly RowWrite[], scopes: readonly ScopeId[]): void {
    for (const { table, scope, id, data } of rows) {
      if (table !== 'participant') continue;
      const [, thread] = parseScope(scope);
      const part = data as Tables['participant'] | null;
      for (const lost of lostScopes(thread, part)) this.lostAt.set(`${id} ${lost}`, this.clock.now);
      if (part?.active) continue;
      if (this.hasNotes) this.tally.rule('NOTE4');
      this.tally.fault('member.removed');
      this.tally.rule('SCOPE5');
      if (this.devices.some(({ personId, line }) => personId === id && line.connections.size > 0)) {
        this.tally.rule('LIVE5');
      }
    }
    // Whoever counts how often what they read changes counts the same without it.
    const note = rows.find(({ table }) => table === 'note');
    if (note) this.hasNotes = true;
    const other = note && scopes.find((scope) => !scope.startsWith('notes:'));
    if (other !== undefined) this.fail('NOTE2', `${note?.id} moves ${other}`);
    for (const scope of scopes) {
      const version = this.database.scopes.get(scope)?.version ?? 0;
      const people = new Set(this.database.readersOf(scope));
      this.readers.set(`${scope} ${version}`, { people, rows: rows.filter((row) => row.scope === scope).length });
    }
  }

  fail(rule: string, message: string): void {
    this.clock.fail(new SimulationFailure(rule, message));
  }

  /** A person must not be told what they may not know. */
  mustBeReader(personId: string, scope: ScopeId): void {
    if (this.database.epochOf(personId, scope) !== undefined || this.#mayHaveRead(personId, scope)) return;
    this.fail('SCOPE3', `${personId} is told of ${scope}`);
  }

  /** By what everybody in the thread knows of everybody, which is not what the server goes by when it is asked. */
  mayKnow(personId: string, scope: ScopeId): boolean {
    return this.database.readersOf(scope).includes(personId) || this.#mayHaveRead(personId, scope);
  }

  #mayHaveRead(personId: string, scope: ScopeId): boolean {
    // An answer is of the moment at which its reading began.
    return this.restored || this.clock.now - (this.lostAt.get(`${personId} ${scope}`) ?? -Infinity) < 100;
  }
}
