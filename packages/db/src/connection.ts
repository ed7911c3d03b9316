/** The way to PostgreSQL: one pool a process, and Kysely on it. */
import { Kysely, PostgresDialect, type LogEvent } from 'kysely';
import pg from 'pg';
import { databaseLog } from './logger.ts';
import { PreparingClient } from './prepared-statements.ts';
import type { Database } from './tables.ts';

export interface DatabaseOptions {
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

/** Connects lazily: an absent server shows at the first query. `bigint` columns arrive as numbers. */
export function openDatabase(connectionString: string, options: DatabaseOptions = {}): OpenDatabase {
  const { connections = 10, statementTimeoutMs = 30_000, connectTimeoutMs = 10_000, onStatement } = options;
  const { lockTimeoutMs = statementTimeoutMs === 0 ? 0 : 5_000 } = options;
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString,
    max: connections,
    types: { getTypeParser },
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: `-c statement_timeout=${statementTimeoutMs} -c lock_timeout=${lockTimeoutMs} -c idle_in_transaction_session_timeout=60000`,
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
