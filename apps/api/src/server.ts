/** The API server: everything put together, listening on one port, and drained again. */
import { createAdaptorServer } from '@hono/node-server';
import { mutators } from '@parley/core/mutators';
import { isPaged, userScope } from '@parley/core/scopes';
import { SCHEMA } from '@parley/core/tables';
import { createPostgresStorage, openDatabase, type OpenDatabase } from '@parley/db';
import { openJobCounts } from '@parley/jobs';
import { createHub, createSyncServer, THESE_VERSIONS, type Bus } from '@parley/sync/server';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createIdentity } from './accounts/identity.ts';
import { issueSetUpToken } from './accounts/set-up.ts';
import { createHealth } from './health/health.ts';
import { createApp } from './http/app.ts';
import { createConnections } from './http/connections.ts';
import { createRateLimits, type LimitOverrides } from './http/rate-limits.ts';
import { readStaticFiles } from './http/static-files.ts';
import { acceptUpgrades, SOCKET_LIMITS, type SocketLimits } from './http/upgrade.ts';
import { createImports } from './imports/imports.ts';
import { httpLog, logger, syncLog } from './logger.ts';
import { createMetrics, ownToken } from './metrics/metrics.ts';
import { createLastSeen } from './presence/last-seen.ts';
import { createRooms, type RoomsOptions } from './presence/rooms.ts';
import type { Services } from './services.ts';
import { openLiveBus } from './sync/live-bus.ts';
import { createReconnects } from './sync/reconnects.ts';
import { followResyncs } from './sync/resync.ts';

export interface ServerOptions {
  databaseUrl: string;
  redisUrl?: string;
  /** 0 takes any free one. */
  port: number;
  host: string;
  /** Origin under which people reach the server, without a trailing slash. */
  publicUrl: string;
  authSecret: string;
  /** With it the metrics are read; without one set, nobody knows it who does not know the secret. */
  metricsToken?: string;
  /** What must outlive a restart; archives that are being imported lie below it. */
  dataDir: string;
  /** Folder of the built web app. */
  webFolder: string;
  limits?: LimitOverrides;
  sockets?: Partial<SocketLimits>;
}

export interface RunningServer {
  port: number;
  services: Services;
  /** One-time link to make the first account; `null` once there is one. */
  setUpUrl: string | null;
  /** Stops accepting, tells the open sockets to come back, lets requests finish, and closes what it had opened. */
  close(): Promise<void>;
}

// Sessions that ended in another process, or expired, lose their sockets within this time.
const RECHECK_MS = 30_000;
// What an import or a command wrote is seen within this time.
const RESYNC_MS = 5_000;
// Below the ten seconds that the supervisor waits.
const DRAIN_MS = 8_000;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  // What members see and do goes by connections that see nothing by themselves; signing in, administering and looking after
  // the installation judge in words of their own.
  const walled = openDatabase(options.databaseUrl);
  const database = openDatabase(options.databaseUrl, { sees: 'everything', connections: 6 });
  const redis = options.redisUrl ? connectRedis(options.redisUrl) : null;
  const bus = openLiveBus(options.redisUrl && redis ? { url: options.redisUrl, client: redis } : null);
  const services = createServices(options, { walled, database, redis, bus });
  const jobs = openJobCounts(options);
  services.metrics.watch({ ...services, pools: { people: walled.pool, server: database.pool }, jobs });
  const token = await issueSetUpToken(services.db);

  const app = createApp(services, await readStaticFiles(options.webFolder));
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 },
  }) as Server;
  const upgrades = acceptUpgrades(server, services, { ...SOCKET_LIMITS, ...options.sockets });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  httpLog.info({ port, host: options.host }, 'listening');

  const takeUpImports = () =>
    services.imports.takeUp().catch((error: unknown) => httpLog.error({ err: error }, 'imports were not taken up'));
  await takeUpImports();
  const recheckRooms = (): void =>
    void services.rooms
      .recheck()
      .catch((error: unknown) => httpLog.error({ err: error }, 'the people in rooms were not checked'));
  const rechecks = setInterval(() => {
    void takeUpImports();
    services.connections
      .recheck()
      .catch((error: unknown) => httpLog.error({ err: error }, 'sessions were not checked'));
    recheckRooms();
  }, RECHECK_MS);
  const stopFollowing = followResyncs(services.db, {
    onAsked() {
      services.hub.resync();
      recheckRooms();
    },
    onError: (error) => httpLog.error({ err: error }, 'nobody looked for what was written elsewhere'),
    everyMs: RESYNC_MS,
  });
  return {
    port,
    services,
    setUpUrl: token === null ? null : `${options.publicUrl}/setup#token=${token}`,
    async close() {
      clearInterval(rechecks);
      stopFollowing();
      await drain(server, upgrades);
      await services.imports.close();
      services.hub.close();
      services.rooms.close();
      await services.lastSeen.close();
      await bus.close();
      await jobs.close();
      await walled.close();
      await database.close();
      redis?.disconnect();
      httpLog.info('stopped');
    },
  };
}

function createServices(
  { publicUrl, authSecret, metricsToken = ownToken(authSecret), databaseUrl, dataDir, limits }: ServerOptions,
  { walled, database, redis, bus }: { walled: OpenDatabase; database: OpenDatabase; redis: Redis | null; bus: Bus },
): Services {
  const db = database.kysely;
  const storage = createPostgresStorage(walled.kysely);
  const metrics = createMetrics();
  bus.subscribe({ commit: () => undefined, gap: () => metrics.busGaps.inc() });
  const hub = createHub({ bus, incarnation: () => storage.incarnation() });
  const engine = createSyncServer({
    storage,
    mutators,
    isPaged,
    ownScope: userScope,
    publish: hub.publish,
    interest: hub,
    versions: { ...THESE_VERSIONS, schema: SCHEMA },
    onDivergence(divergence) {
      metrics.divergences.inc();
      syncLog.error(divergence, 'a client held other rows than the server');
    },
  });
  const readable: RoomsOptions['readable'] = (personId, scopes) =>
    storage.snapshot(async (snapshot) => new Set((await snapshot.readable(personId, scopes)).keys()));
  const lastSeen = createLastSeen({ db, readable });
  return {
    settings: { publicUrl, authSecret, metricsToken, isShared: redis !== null },
    db,
    engine,
    acts: engine,
    hub,
    rooms: createRooms({ bus, readable, onSeen: lastSeen.note }),
    lastSeen,
    imports: createImports({ db, databaseUrl, folder: join(dataDir, 'imports'), publish: hub.publish }),
    identity: createIdentity(db, { publicUrl, authSecret }),
    limits: createRateLimits(redis, limits),
    connections: createConnections(db, (use, end) => metrics.socketsClosed.inc({ use, end })),
    reconnects: createReconnects(() => metrics.reconnects.inc()),
    metrics,
    health: createHealth({ db, databaseUrl, redis }),
    now: Date.now,
  };
}

/** Commands fail at once while Redis is away: everything here has something to fall back on. */
function connectRedis(url: string): Redis {
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  redis.on('error', (error: Error) => logger.debug({ error: error.message }, 'Redis is not there'));
  return redis;
}

async function drain(server: Server, upgrades: { close(): Promise<void> }): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await upgrades.close();
  server.closeIdleConnections();
  const stop = new AbortController();
  const late = delay(DRAIN_MS, 'late', { signal: stop.signal }).catch(() => undefined);
  if ((await Promise.race([closed, late])) === 'late') server.closeAllConnections();
  stop.abort();
}
