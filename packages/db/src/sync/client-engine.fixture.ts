/** Client engines that ship, over their real disk adapter, against the real server on PostgreSQL, in one process. */
import 'fake-indexeddb/auto';
import { followedScopes, residentTables } from '@parley/core/following';
import { mutators, type Mutators } from '@parley/core/mutators';
import { isPaged, threadScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { browserTimers } from '@parley/sync/adapters/browser';
import { createDexieDisk, createFillingDisk } from '@parley/sync/adapters/dexie';
import {
  createEngine,
  createGuardedStorage,
  fillCache,
  type Disk,
  type Engine,
  type EngineOptions,
  type Storage,
} from '@parley/sync/client';
import { createHub, createLocalBus, createSyncServer, type Divergence } from '@parley/sync/server';
import {
  createDirectNetwork,
  createFreezer,
  createTabGroup,
  type DirectNetwork,
  type DirectServer,
  type TabGroup,
} from '@parley/sync/testing';
import { v7 as newId } from 'uuid';
import { expect, vi } from 'vitest';
import { openDatabase, type DatabaseOptions, type OpenDatabase } from '../connection.ts';
import { createTestDatabase } from '../testing/index.ts';
import { seed, type TestServer } from './acme.fixture.ts';
import type { DatabaseTransaction } from './statement.ts';
import { createPostgresStorage } from './storage.ts';

export interface Client {
  engine: Engine<Tables, Mutators>;
  network: DirectNetwork;
  /** Stops the tab as a browser does that freezes it; what came meanwhile comes at once when it thaws. */
  freeze(): void;
  thaw(): void;
  leads(): boolean;
  /** Texts of a thread as its view shows them. */
  texts(threadId: string): string[];
}

export interface ClientOptions {
  /** Names the disk: a second client with the same one is another tab, or the next start. */
  profile?: string;
  online?: boolean;
  /** What the device takes for the time; milliseconds since 1970. */
  now?: () => number;
  tabs?: TabGroup;
  /** Changes how the server is reached. */
  server?: (server: DirectServer) => DirectServer;
  /** Changes what the disk does. */
  disk?: (disk: Disk) => Disk;
  /** Changes what becomes of what the disk does. */
  storage?: (storage: Storage) => Storage;
  /** Milliseconds a wait takes at most, 50 where nothing is said. */
  patience?: number;
  retry?: EngineOptions<Tables, Mutators>['retry'];
  /** Its mutators come when this resolves. */
  fetch?: () => Promise<void>;
}

export interface EngineWorld {
  server: TestServer;
  database: OpenDatabase;
  /** What audits have found. */
  divergences: Divergence[];
  /** Of its database. */
  url: string;
  /** One tab of a person, started. */
  openClient(personId: string, options?: ClientOptions): Promise<Client>;
  /** Does what a worker of the next release does while this one runs. */
  fillCache(personId: string, profile: string, options?: { online: boolean }): Promise<void>;
  /** Makes the server one that was restored from a backup. */
  restore(): void;
  stopClients(): void;
  close(): Promise<void>;
}

export async function openEngineWorld(options: DatabaseOptions = {}): Promise<EngineWorld> {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase(url, { sees: 'everything', connections: 10, ...options });
  let incarnation: string = newId();
  const storage = { ...createPostgresStorage(database.kysely), incarnation: async () => incarnation };
  const divergences: Divergence[] = [];
  const hub = createHub({ bus: createLocalBus(), incarnation: storage.incarnation });
  const server = createSyncServer<Tables, DatabaseTransaction>({
    storage,
    mutators,
    isPaged,
    ownScope: userScope,
    publish: hub.publish,
    interest: hub,
    onDivergence: (divergence) => void divergences.push(divergence),
  });
  await seed({ server });
  const running: Client[] = [];

  const reach = (personId: string): DirectServer => ({
    pull: (request) => server.pull(personId, request),
    push: (request) => server.push(personId, request),
    page: (request) => server.page(personId, request),
    audit: (request) => server.audit(personId, request),
    live(caller, listener) {
      const ended = new AbortController();
      const events = hub.connect(caller, ended.signal);
      void (async () => {
        for await (const event of events) listener(event);
      })();
      return () => ended.abort();
    },
  });

  const programOf = (personId: string) => ({
    personId,
    mutators,
    residentTables,
    isPaged,
    rootScope: userScope(personId),
    follow: (rows: Parameters<EngineOptions<Tables, Mutators>['follow']>[0]) => followedScopes(personId, rows),
  });

  return {
    server,
    database,
    async fillCache(personId, profile, { online } = { online: true }) {
      const network = createDirectNetwork(reach(personId), Math.random);
      if (!online) network.setOnline(false);
      const disk = createFillingDisk(`${personId}-${profile}`, newId);
      const program = { ...programOf(personId), disk, network, timers: browserTimers };
      try {
        await fillCache<Tables, Mutators>(program);
      } finally {
        await disk.leave();
      }
    },
    restore: () => {
      incarnation = newId();
    },
    url,
    divergences,
    async openClient(personId, options = {}) {
      const { profile = newId(), online = true, tabs = createTabGroup(), patience = 50 } = options;
      const databases = createDexieDisk(`${personId}-${profile}`, newId);
      const network = createDirectNetwork(options.server?.(reach(personId)) ?? reach(personId), Math.random);
      if (!online) network.setOnline(false);
      const tab = tabs.open();
      const freezer = createFreezer();
      const timers = freezer.timers({
        now: options.now ?? (() => Date.now()),
        after(ms, act) {
          // Waits are shortened, not skipped: the order of things stays.
          const timer = setTimeout(act, Math.min(ms, ms < 15_000 ? patience : 10 * patience));
          return () => clearTimeout(timer);
        },
        random: Math.random,
      });
      const disk = createGuardedStorage(options.disk?.(databases) ?? databases, timers);
      const late = {} as Mutators;
      const { fetch } = options;
      const engine = createEngine<Tables, Mutators>({
        ...programOf(personId),
        ...(fetch && {
          mutators: late,
          fetchMutators: async () => {
            await fetch();
            Object.assign(late, mutators);
          },
        }),
        storage: options.storage?.(disk) ?? disk,
        network: freezer.network(network),
        timers,
        ...(options.retry && { retry: options.retry }),
        tabs: tab,
      });
      await engine.start();
      const texts = (threadId: string) => engine.rows(threadScope(threadId), 'message').map(({ data }) => data.text);
      const client = {
        engine,
        network,
        texts,
        leads: tab.leads,
        freeze() {
          tab.freeze();
          freezer.freeze();
        },
        thaw() {
          freezer.thaw();
          tab.thaw();
        },
      };
      running.push(client);
      return client;
    },
    stopClients() {
      for (const { engine } of running.splice(0)) engine.stop();
    },
    async close() {
      hub.close();
      await database.close();
      await drop();
    },
  };
}

export const synced = ({ engine }: Client): Promise<void> =>
  vi.waitFor(() => expect(engine.status().syncedAt).not.toBeNull());
export const drained = ({ engine }: Client): Promise<void> =>
  vi.waitFor(() => expect(engine.items()).toEqual([]), { timeout: 10_000 });
