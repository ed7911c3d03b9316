/**
 * One program of one person: the engine that ships, over its real disk adapter and the real WebSocket, behind a network
 * of its own. What it does is written down before the engine hears of it, and so is whatever the server tells it.
 */
import 'fake-indexeddb/auto';
import type { AppRouter } from '@parley/api/router';
import { followedScopes, residentTables } from '@parley/core/following';
import { mutators, type Mutators } from '@parley/core/mutators';
import { isPaged, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { SCHEMA, type Tables } from '@parley/core/tables';
import { createDexieDisk } from '@parley/sync/adapters/dexie';
import { createTrpcNetwork } from '@parley/sync/adapters/trpc';
import { createEngine, createGuardedStorage, type Pending, type Storage } from '@parley/sync/client';
import { createFreezer, createTabGroup } from '@parley/sync/testing';
import { createTRPCClient, wsLink } from '@trpc/client';
import { v7 as newId } from 'uuid';
import type { WebSocket as NodeWebSocket } from 'ws';
import { protocolsOf, socketClass } from './client-socket.ts';
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts';
import type { ClientReport, QueuedItem } from './history.ts';
import { mortalDisk } from './mortal-disk.ts';
import type { SignedIn } from './people.ts';
import type { Random } from './random.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { takeSeat, type RoomSeat } from './room-seat.ts';
import { Script, startThread, type ParleyEngine } from './script.ts';

const ACTS_AT_ONCE = 3;

export interface Network {
  /** Ports of the APIs on this machine. */
  servers: readonly number[];
  /** What pages say they come from. */
  origin: string;
  /** All stay in the threads that there are. */
  settled?: boolean;
}

export class ScriptedClient {
  readonly network: FaultProxy;
  readonly #who: SignedIn;
  readonly #net: Network;
  readonly #recorder: Recorder;
  readonly #script: Script;
  #clockAhead = 0;
  #online = true;
  #listeners = new Set<() => void>();
  #run: Run | null = null;
  #lostAt: number | null = null;
  /** When there was no server, once there was one again; milliseconds since 1970. */
  readonly outages: { from: number; to: number }[] = [];

  static async open(who: SignedIn, net: Network, random: Random): Promise<ScriptedClient> {
    const client = new ScriptedClient(who, net, { random, proxy: await openFaultProxy(net.servers, random) });
    await client.launch();
    return client;
  }

  constructor(who: SignedIn, net: Network, { random, proxy }: { random: Random; proxy: FaultProxy }) {
    this.#who = who;
    this.#net = net;
    this.#script = new Script(who, random, net.settled === true);
    this.network = proxy;
    this.#recorder = createRecorder(() => proxy.server);
  }

  get personId(): string {
    return this.#who.personId;
  }

  get runs(): boolean {
    return this.#run !== null;
  }

  get isOffline(): boolean {
    return this.#run?.engine.status().connection.state === 'offline';
  }

  get busyAnswers(): number {
    return this.#recorder.busy;
  }

  /** Nothing waits but what was refused, and what is parked with it; and the server is there. */
  get isAtRest(): boolean {
    if (!this.#run) return false;
    const { engine } = this.#run;
    const { connection, syncedAt } = engine.status();
    return connection.state === 'live' && syncedAt !== null && engine.items().every(isParked);
  }

  /** Starts on what the disk holds. */
  async launch(): Promise<void> {
    if (this.#run) return;
    const run = this.#prepare();
    this.#run = run;
    await run.engine.start();
    const { engine } = run;
    // As a person who has every thread in sight.
    const openAll = () => {
      for (const { id } of engine.allRows('thread')) {
        if (run.opened.has(id)) continue;
        run.opened.add(id);
        engine.open(threadScope(id));
        engine.open(threadPeopleScope(id));
      }
    };
    engine.subscribe(null, 'thread', openAll);
    openAll();
    engine.subscribeStatus(() => this.#noteOutage(engine.status().connection.state === 'live'));
  }

  #noteOutage(isLive: boolean): void {
    if (!isLive) this.#lostAt ??= Date.now();
    else if (this.#lostAt !== null) {
      this.outages.push({ from: this.#lostAt, to: Date.now() });
      this.#lostAt = null;
    }
  }

  /** SIGKILL as a program hears it: not at all. */
  kill(): void {
    const run = this.#run;
    if (!run) return;
    this.#run = null;
    run.life.over = true;
    run.freezer.freeze();
    for (const socket of run.sockets) socket.terminate();
  }

  setOnline(online: boolean): void {
    this.#online = online;
    this.network.become({ kind: online ? 'fair' : 'unreachable' });
    if (!online) for (const socket of this.#run?.sockets ?? []) socket.terminate();
    for (const listener of this.#listeners) listener();
  }

  /** The device's clock jumps. */
  setClock(aheadMs: number): void {
    this.#clockAhead = aheadMs;
  }

  /** Does one thing that people do, unless several are under way: what a slow machine cannot keep up with is not begun. */
  async act(): Promise<void> {
    const run = this.#run;
    if (!run || run.acting >= ACTS_AT_ONCE) return;
    run.acting += 1;
    await this.#script.doOne(run.engine).finally(() => (run.acting -= 1));
  }

  /** Whether the thread has come to this device. */
  has(threadId: string): boolean {
    return this.#run?.engine.row(threadScope(threadId), 'thread', threadId) !== undefined;
  }

  /** Writes into a thread. Resolves to the text, unlike any other, when it is safe on the device. */
  async send(threadId: string): Promise<string> {
    if (!this.#run) throw new Error(`${this.#who.device} is not running.`);
    return this.#script.send(this.#run.engine, threadId);
  }

  /** Texts of a thread that have their place, as its view shows them. */
  texts(threadId: string): string[] {
    const rows = this.#run?.engine.rows(threadScope(threadId), 'message') ?? [];
    return rows.flatMap(({ data: { kind, seq, text } }) => (seq === null || kind === 'system' ? [] : [text]));
  }

  /** Threads that the person takes part in, the oldest first. */
  get threadIds(): string[] {
    const mine = this.#run?.engine.allRows('participation') ?? [];
    return mine.flatMap(({ id, data }) => (data.leftAt === null ? id : [])).sort();
  }

  /** Enters a room over this client's network. */
  takeSeat(scope: string): RoomSeat {
    return takeSeat(this.#who, { port: this.network.port, origin: this.#net.origin, scope });
  }

  /** Makes a thread with these people. @throws where the rules refuse it */
  async startThread(threadId: string, participantIds: readonly string[]): Promise<void> {
    if (!this.#run) throw new Error(`${this.#who.device} is not running.`);
    await startThread(this.#run.engine, this.#who.orgId, { threadId, participantIds });
  }

  /** @param threadIds all threads there are */
  async report(threadIds: readonly string[]): Promise<ClientReport> {
    if (!this.#run) throw new Error(`${this.#who.device} is not running.`);
    const { engine, storage } = this.#run;
    const { device, personId } = this.#who;
    const views: ClientReport['views'] = {};
    const holds: string[] = [userScope(personId)];
    for (const threadId of threadIds) {
      const scope = threadScope(threadId);
      const rows = engine.rows(scope, 'message');
      views[threadId] = rows.flatMap(({ id, data: { seq, text, reactions }, pending }) =>
        seq === null ? [] : [{ id, seq, text, reactions, overlaid: pending.length > 0 }],
      );
      const isInMemory = rows.length > 0 || engine.row(scope, 'thread', threadId) !== undefined;
      if (isInMemory || (await isOnDisk(storage, scope))) holds.push(scope);
      const people = threadPeopleScope(threadId);
      if (engine.rows(people, 'participant').length > 0 || (await isOnDisk(storage, people))) holds.push(people);
    }
    return {
      client: device,
      personId,
      acts: this.#script.acts,
      acknowledged: [...this.#recorder.acknowledged],
      queue: toQueued(await storage.items()),
      views,
      holds,
      told: Object.fromEntries([...this.#recorder.told].map(([scope, versions]) => [scope, [...versions]])),
      unanswered: this.#recorder.unanswered,
      connection: engine.status().connection.state,
    };
  }

  async close(): Promise<void> {
    this.#run?.engine.stop();
    this.kill();
    await this.network.close();
  }

  #prepare(): Run {
    const { personId, device } = this.#who;
    const life = { over: false };
    const freezer = createFreezer();
    const sockets = new Set<NodeWebSocket>();
    const timers = freezer.timers({
      now: () => Date.now() + this.#clockAhead,
      after(ms, act) {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    });
    const storage = createGuardedStorage(mortalDisk(createDexieDisk(`${personId}-${device}`, newId), life), timers);
    const engine = createEngine<Tables, Mutators>({
      personId,
      schema: SCHEMA,
      mutators,
      residentTables,
      isPaged,
      rootScope: userScope(personId),
      follow: (rows) => followedScopes(personId, rows),
      storage,
      network: freezer.network(this.#recorder.network(this.#reach(sockets))),
      timers,
      tabs: createTabGroup().open(),
    });
    return { engine, storage, freezer, sockets, life, opened: new Set(), acting: 0 };
  }

  /** The adapter that ships, with what a browser would add: cookie, origin, and whether the machine is online. */
  #reach(sockets: Set<NodeWebSocket>) {
    const { cookie, key, personId } = this.#who;
    const { origin } = this.#net;
    const { port } = this.network;
    const network = createTrpcNetwork({
      url: () => `ws://127.0.0.1:${port}/trpc`,
      protocols: async () => protocolsOf(this.#who),
      calls: (client) => createTRPCClient<AppRouter>({ links: [wsLink({ client })] }).sync,
      async whyRefused() {
        const headers = { cookie, origin, 'x-parley-key': key, 'x-parley-person': personId };
        const response = await fetch(`http://127.0.0.1:${port}/trpc/accounts.session`, { headers });
        const { result } = (await response.json()) as { result: { data: { person: { id: string } | null } } };
        if (result.data.person === null) return 'unauthorised';
        return result.data.person.id === personId ? 'lost' : 'wrong_account';
      },
      WebSocket: socketClass(this.#who, origin, (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      }),
    });
    return {
      ...network,
      online: () => this.#online,
      onOnline: (listener: () => void) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }
}

/** From one start to the next. */
interface Run {
  engine: ParleyEngine;
  storage: Storage;
  freezer: ReturnType<typeof createFreezer>;
  sockets: Set<NodeWebSocket>;
  life: { over: boolean };
  opened: Set<string>;
  /** Things begun that are not safe on the device yet. */
  acting: number;
}

type StoredItem = Awaited<ReturnType<Storage['items']>>[number];

function toQueued(items: readonly StoredItem[]): QueuedItem[] {
  const outside = new Set(items.filter(({ state, n }) => state === 'failed' || n === 0).map(({ id }) => id));
  return items.map(({ id, name, state, n, after = [], code, args }) => ({
    id,
    name,
    state,
    code,
    waitsFor: n === 0 ? (after.find((other) => outside.has(other)) ?? null) : null,
    messageId: /^(send|schedule)Message$/.test(name) ? (args as { messageId: string }).messageId : null,
  }));
}

/** What something is parked with is in the queue as well, so the last of them was refused. */
const isParked = ({ state, waitsFor }: Pending): boolean => state === 'failed' || waitsFor !== null;

const isOnDisk = async (storage: Storage, scope: string): Promise<boolean> =>
  (await storage.scopeRows(scope)).length > 0 ||
  (isPaged(scope) && (await storage.pagedRows(scope, Number.MAX_SAFE_INTEGER, 1)).length > 0);
