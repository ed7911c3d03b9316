/** Everything procedures work with, put together once. */
import type { Tables } from '@parley/core/tables';
import type { Database } from '@parley/db';
import type { Hub, SyncServer } from '@parley/sync/server';
import type { Kysely } from 'kysely';
import type { Identity } from './accounts/identity.ts';
import type { Health } from './health/health.ts';
import type { Connections } from './http/connections.ts';
import type { RateLimits } from './http/rate-limits.ts';
import type { Imports } from './imports/imports.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { LastSeen } from './presence/last-seen.ts';
import type { Rooms } from './presence/rooms.ts';
import type { Reconnects } from './sync/reconnects.ts';

type Engine = SyncServer<Tables, Kysely<Database>>;

/** The engine's way for the server itself to write synced rows, in one transaction with others. */
export type Acts = Pick<Engine, 'act'>;

export interface Settings {
  /** Origin under which people reach the installation, without a trailing slash. */
  publicUrl: string;
  /** Signs sessions; the tokens of invitations are made of it. */
  authSecret: string;
  /** With it the metrics are read. */
  metricsToken: string;
  /** Whether there may be other API processes, which hold connections of their own. */
  isShared: boolean;
}

export interface Services {
  settings: Settings;
  db: Kysely<Database>;
  engine: Engine;
  acts: Acts;
  hub: Hub;
  rooms: Rooms;
  lastSeen: LastSeen;
  imports: Imports;
  identity: Identity;
  limits: RateLimits;
  connections: Connections;
  reconnects: Reconnects;
  metrics: Metrics;
  health: Health;
  /** Milliseconds since 1970. */
  now(): number;
}
