/** The way to PostgreSQL: one pool a process, and Kysely on it. */
import { Kysely, PostgresDialect, type LogEvent } from 'kysely';
import pg from 'pg';
import { databaseLog } from './logger.ts';
import { PreparingClient } from './prepared-statements.ts';
import type { Database } from './tables.ts';

export interface DatabaseOptions {
  /** As whom: the application, or the owner of the schema, who alone may change it. */
  as?: 'application' | 'owner';
  /**
   * What statements see of the tenants' rows whose transaction does not say whose eyes it sees with: nothing, unless they
   * are the server's own. The owner sees everything.
   */
  sees?: 'nothing' | 'everything';
  /** Connections at most; more callers wait. */
  connections?: number;
  /** Milliseconds until the server gives a statement up; 0 = never. */
  statementTimeoutMs?: number;
  /** Milliseconds a statement waits for a lock that somebody holds; 0 = as long as the statement may take. */
  lockTimeoutMs?: number;
  /** Milliseconds to wait for a free connection. */
  connectTimeoutMs?: number;
  /** Hears every statement, for counting. */
  onStatement?: (event: LogEvent) => void;
}

export interface OpenDatabase {
  kysely: Kysely<Database>;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** The role that the application works as: the user that it connects as owns the schema, and this one does not. */
export function applicationRole(connectionString: string): string {
  return `${new pg.Client({ connectionString }).user}_app`;
}

/** Connects lazily: an absent server shows at the first query. `bigint` columns arrive as numbers. */
export function openDatabase(connectionString: string, options: DatabaseOptions = {}): OpenDatabase {
  const { connections = 10, statementTimeoutMs = 30_000, connectTimeoutMs = 10_000, onStatement } = options;
  const { as = 'application', sees = as === 'owner' ? 'everything' : 'nothing' } = options;
  const { lockTimeoutMs = statementTimeoutMs === 0 ? 0 : 5_000 } = options;
  const settings = [
    `statement_timeout=${statementTimeoutMs}`,
    `lock_timeout=${lockTimeoutMs}`,
    'idle_in_transaction_session_timeout=60000',
    ...(sees === 'everything' ? ['parley.server=on'] : []),
    // Said as the connection begins, so that it never was somebody else's, nor becomes so again by `reset role`.
    ...(as === 'application' ? [`role=${applicationRole(connectionString).replace(/[\\\s]/g, '\\$&')}`] : []),
  ];
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString,
    max: connections,
    types: { getTypeParser },
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: settings.map((setting) => `-c ${setting}`).join(' '),
  });
  // An idle connection that the server closes (restart, failover) is replaced by the pool; without this listener it
  // would end the process.
  pool.on('error', (error) => databaseLog.info({ error: error.message }, 'an idle connection was lost'));
  // The same for one that is in use, between two statements; the next statement then says what happened.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement && { log: onStatement }),
  });
  return { kysely, pool, close: () => kysely.destroy() };
}

const INT8 = 20;
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;
