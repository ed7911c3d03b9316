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
import { createEngine, createGuardedStorage, type Engine, type Storage } from '@parley/sync/client';
import { createFreezer, createTabGroup } from '@parley/sync/testing';
import { createTRPCClient, wsLink } from '@trpc/client';
import { v7 as newId } from 'uuid';
import { WebSocket as NodeWebSocket } from 'ws';
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts';
import type { Act, ClientReport } from './history.ts';
import { mortalDisk } from './mortal-disk.ts';
import { pick, type Random } from './random.ts';
import { createRecorder, type Recorder } from './recorder.ts';

/** A person signed in on one device. */
export interface SignedIn {
  /** Unlike that of any other device. */
  device: string;
  personId: string;
  orgId: string;
  cookie: string;
  key: string;
}

export interface Network {
  /** Ports of the APIs on this machine. */
  servers: readonly number[];
  /** What pages say they come from. */
  origin: string;
}

type ActName = 'message' | 'held' | 'edit' | 'reaction' | 'read' | 'members' | 'thread';
/** How often each is done, out of all. */
const ODDS: Record<ActName, number> = {
  message: 0.5,
  held: 0.05,
  edit: 0.12,
  reaction: 0.15,
  read: 0.12,
  members: 0.05,
  thread: 0.01,
};
/** Milliseconds in which a held message could be taken back. */
const HOLD_MS = 1_500;
/** A thread is not emptied below so many people. */
const FEWEST = 3;

export class ScriptedClient {
  readonly network: FaultProxy;
  readonly #who: SignedIn;
  readonly #net: Network;
  readonly #random: Random;
  readonly #recorder: Recorder;
  readonly #acts: Act[] = [];
  #written = 0;
  #clockAhead = 0;
  #online = true;
  #listeners = new Set<() => void>();
  #run: Run | null = null;

  static async open(who: SignedIn, net: Network, random: Random): Promise<ScriptedClient> {
    const client = new ScriptedClient(who, net, { random, proxy: await openFaultProxy(net.servers, random) });
    await client.launch();
    return client;
  }

  constructor(who: SignedIn, net: Network, { random, proxy }: { random: Random; proxy: FaultProxy }) {
    this.#who = who;
    this.#net = net;
    this.#random = random;
    this.network = proxy;
    this.#recorder = createRecorder(() => proxy.server);
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

  /** Nothing waits, and the server is there. */
  get isAtRest(): boolean {
    if (!this.#run) return false;
    const { engine } = this.#run;
    const { connection, syncedAt } = engine.status();
    return connection.state === 'live' && syncedAt !== null && engine.items().every(({ state }) => state === 'failed');
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

  /** Does one thing that people do. */
  async act(): Promise<void> {
    const engine = this.#run?.engine;
    if (!engine) return;
    const mine = engine.allRows('participation').filter(({ data }) => data.leftAt === null);
    const threadId = pick(this.#random, mine)?.id;
    if (threadId === undefined) return;
    await this.#doOne(engine, this.#drawAct(), threadId);
  }

  /** Makes a thread with these people. @throws where the rules refuse it */
  async startThread(threadId: string, participantIds: readonly string[]): Promise<void> {
    if (!this.#run) throw new Error(`${this.#who.device} is not running.`);
    const args = { threadId, orgId: this.#who.orgId, subject: 'A thread', participantIds: [...participantIds] };
    await (
      await this.#run.engine.mutate('createThread', args)
    ).saved;
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
      acts: this.#acts,
      acknowledged: [...this.#recorder.acknowledged],
      queue: (await storage.items()).map(({ id, name, state, code, args }) => ({
        id,
        name,
        state,
        code,
        messageId: name === 'sendMessage' ? (args as { messageId: string }).messageId : null,
      })),
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

  #drawAct(): ActName {
    let left = this.#random();
    for (const [name, odds] of Object.entries(ODDS) as [ActName, number][]) {
      left -= odds;
      if (left < 0) return name;
    }
    return 'message';
  }

  async #doOne(engine: ParleyEngine, name: ActName, threadId: string): Promise<void> {
    const { personId, orgId } = this.#who;
    const scope = threadScope(threadId);
    const messages = engine.rows(scope, 'message').filter(({ data }) => data.kind !== 'system');
    switch (name) {
      case 'message':
      case 'held':
        return this.#send(threadId, name === 'held');
      case 'edit': {
        const messageId = pick(this.#random, messages.filter(({ data }) => data.authorId === personId).slice(-10))?.id;
        if (messageId === undefined) return this.#send(threadId, false);
        const text = this.#newText();
        const act = this.#begin({ kind: 'edit', threadId, messageId, text });
        return this.#do(act, () => engine.mutate('editMessage', { threadId, messageId, text }));
      }
      case 'reaction': {
        const message = pick(this.#random, messages.slice(-20));
        if (!message) return undefined;
        const emoji = this.#who.device.endsWith('second') ? '🎉' : '👍';
        const on = !(message.data.reactions[emoji] ?? []).includes(personId);
        const act = this.#begin({ kind: 'reaction', threadId, messageId: message.id, text: emoji, on });
        return this.#do(act, () => engine.mutate('react', { threadId, messageId: message.id, emoji, on }));
      }
      case 'read': {
        const seq = Math.max(0, ...messages.map(({ data }) => data.seq ?? 0));
        const act = this.#begin({ kind: 'read', threadId, seq });
        return this.#do(act, () => engine.mutate('markRead', { threadId, seq, markEpoch: 0 }));
      }
      case 'members':
        return this.#changeMembers(engine, threadId);
      case 'thread': {
        const people = engine.rows(`people.org:${orgId}`, 'person').map(({ id }) => id);
        const some = [0, 1, 2, 3].flatMap(() => pick(this.#random, people) ?? []);
        // Guests may not.
        return this.startThread(newId(), some).catch(() => undefined);
      }
    }
  }

  async #send(threadId: string, held: boolean): Promise<void> {
    const engine = this.#run?.engine;
    const [messageId, text] = [newId(), this.#newText()];
    const act = this.#begin({ kind: 'message', threadId, messageId, text, held });
    await this.#do(act, () =>
      engine?.mutate('sendMessage', { threadId, messageId, text }, held ? { holdMs: HOLD_MS } : {}),
    );
  }

  async #changeMembers(engine: ParleyEngine, threadId: string): Promise<void> {
    const { personId, orgId } = this.#who;
    const here = engine.rows(threadPeopleScope(threadId), 'participant').filter(({ data }) => data.leftAt === null);
    const others = here.map(({ id }) => id).filter((id) => id !== personId);
    const messageId = newId();
    if (here.length > FEWEST && this.#random() < 0.5) {
      const gone = pick(this.#random, others) ?? personId;
      await this.#try(() => engine.mutate('removeParticipant', { threadId, messageId, personId: gone }));
      return;
    }
    const away = engine.rows(`people.org:${orgId}`, 'person').filter(({ id }) => !here.some((row) => row.id === id));
    const added = pick(this.#random, away)?.id;
    if (added === undefined) return;
    await this.#try(() => engine.mutate('addParticipants', { threadId, orgId, messageId, personIds: [added] }));
  }

  #newText(): string {
    this.#written += 1;
    return `${this.#who.device} ${this.#written}`;
  }

  #begin(act: Partial<Act> & Pick<Act, 'kind' | 'threadId'>): Act {
    const whole = { messageId: '', text: '', on: true, seq: 0, held: false, id: null, kept: false, ...act };
    this.#acts.push(whole);
    return whole;
  }

  /** What the rules refuse at once was never done. */
  async #do(act: Act, mutate: () => ReturnType<ParleyEngine['mutate']> | undefined): Promise<void> {
    try {
      const sent = await mutate();
      if (!sent) throw new Error('The program does not run.');
      Object.assign(act, { id: sent.id });
      await sent.saved;
      Object.assign(act, { kept: true });
    } catch {
      this.#acts.splice(this.#acts.indexOf(act), 1);
    }
  }

  async #try(mutate: () => ReturnType<ParleyEngine['mutate']> | undefined): Promise<void> {
    await (
      await mutate()?.catch(() => undefined)
    )?.saved;
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
    return { engine, storage, freezer, sockets, life, opened: new Set() };
  }

  /** The adapter that ships, with what a browser would add: cookie, origin, and whether the machine is online. */
  #reach(sockets: Set<NodeWebSocket>) {
    const { cookie, key, personId } = this.#who;
    const { origin } = this.#net;
    const { port } = this.network;
    const network = createTrpcNetwork({
      url: () => `ws://127.0.0.1:${port}/trpc`,
      protocols: async () => ['parley', `key.${key}`],
      calls: (client) => createTRPCClient<AppRouter>({ links: [wsLink({ client })] }).sync,
      async whyRefused() {
        const headers = { cookie, origin, 'x-parley-key': key };
        const response = await fetch(`http://127.0.0.1:${port}/trpc/accounts.session`, { headers });
        const { result } = (await response.json()) as { result: { data: { person: { id: string } | null } } };
        if (result.data.person === null) return 'unauthorised';
        return result.data.person.id === personId ? 'lost' : 'wrong_account';
      },
      WebSocket: class extends NodeWebSocket {
        constructor(address: string | URL, protocols?: string | string[]) {
          super(address, protocols ?? [], { headers: { cookie, origin } });
          sockets.add(this);
          this.on('close', () => sockets.delete(this));
          // A socket that is given up while it opens says so once more.
          this.on('error', () => {});
        }
      } as unknown as typeof WebSocket,
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

type ParleyEngine = Engine<Tables, Mutators>;

/** From one start to the next. */
interface Run {
  engine: ParleyEngine;
  storage: Storage;
  freezer: ReturnType<typeof createFreezer>;
  sockets: Set<NodeWebSocket>;
  life: { over: boolean };
  opened: Set<string>;
}

const isOnDisk = async (storage: Storage, scope: string): Promise<boolean> =>
  (await storage.scopeRows(scope)).length > 0 ||
  (isPaged(scope) && (await storage.pagedRows(scope, Number.MAX_SAFE_INTEGER, 1)).length > 0);
