/** A process full of engines that keep nothing: whenever one loses its server, it begins anew with an empty cache. */
import type { AppRouter } from '@parley/api/router';
import { followedScopes, residentTables } from '@parley/core/following';
import { mutators, type Mutators } from '@parley/core/mutators';
import { isPaged, threadScope, userScope } from '@parley/core/scopes';
import { SCHEMA, type Tables } from '@parley/core/tables';
import { browserTimers } from '@parley/sync/adapters/browser';
import { createTrpcNetwork } from '@parley/sync/adapters/trpc';
import { createEngine, createGuardedStorage, type Engine } from '@parley/sync/client';
import { createTabGroup } from '@parley/sync/testing';
import { createTRPCClient, wsLink } from '@trpc/client';
import { WebSocket as NodeWebSocket } from 'ws';
import { obey, wallClock } from './launched.ts';
import type { SignedIn } from './people.ts';

export interface Owner extends SignedIn {
  /** Where something new is said while nobody hears it. */
  threadId: string;
}

interface Client {
  who: Owner;
  engine: Engine<Tables, Mutators>;
  /** The place of the newest message that is to come, and when it came. */
  awaited: number;
  came: PromiseWithResolvers<number>;
}

let port = 0;
const clients: Client[] = [];

function begin(client: Client): void {
  const { who } = client;
  const engine = createEngine<Tables, Mutators>({
    personId: who.personId,
    schema: SCHEMA,
    mutators,
    residentTables,
    isPaged,
    rootScope: userScope(who.personId),
    follow: (rows) => followedScopes(who.personId, rows),
    storage: createGuardedStorage(noDisk, browserTimers),
    network: networkOf(who),
    timers: browserTimers,
    tabs: createTabGroup().open(),
  });
  client.engine = engine;
  let wasLive = false;
  const look = () => {
    const isLive = engine.status().connection.state === 'live';
    if (wasLive && !isLive) {
      wasLive = false;
      stop.forEach((each) => each());
      engine.stop();
      begin(client);
      return;
    }
    wasLive = isLive;
    const newest = engine.row(threadScope(who.threadId), 'thread', who.threadId)?.data.lastSeq ?? 0;
    if (isLive && newest >= client.awaited) client.came.resolve(wallClock());
  };
  const stop = [engine.subscribeStatus(look), engine.subscribe(threadScope(who.threadId), 'thread', look)];
  void engine.start();
}

const refuse = () => Promise.reject(new Error('There is no disk.'));
const nothing = () => Promise.resolve();
const noDisk = {
  openCache: refuse,
  openOutbox: refuse,
  deleteCache: nothing,
  deleteOldCaches: nothing,
  deleteAll: nothing,
  meaning: () => 'failed' as const,
};

const networkOf = ({ protocols, headers }: SignedIn) =>
  createTrpcNetwork({
    url: () => `ws://127.0.0.1:${port}/trpc`,
    protocols: () => Promise.resolve(protocols),
    calls: (client) => createTRPCClient<AppRouter>({ links: [wsLink({ client })] }).sync,
    whyRefused: () => Promise.resolve('lost'),
    WebSocket: class extends NodeWebSocket {
      constructor(address: string | URL, offered?: string | string[]) {
        super(address, offered ?? [], { headers: { ...headers } });
        // A socket that is given up while it opens says so once more.
        this.on('error', () => {});
      }
    } as unknown as typeof WebSocket,
  });

const calls = {
  /** Starts an engine for each. */
  open(toPort: number, people: readonly Owner[]): void {
    port = toPort;
    for (const who of people) {
      const client = { who, awaited: 0, came: Promise.withResolvers<number>() } as Client;
      clients.push(client);
      begin(client);
    }
  },

  /** From now on the message at this place of each thread is awaited. */
  await(places: Record<string, number>): void {
    for (const client of clients) {
      client.awaited = places[client.who.threadId] ?? 0;
      client.came = Promise.withResolvers();
    }
  },

  /** When each of them was live, and had it. */
  came: (): Promise<number[]> => Promise.all(clients.map(({ came }) => came.promise)),
};
export type EngineCalls = typeof calls;

obey(calls);
