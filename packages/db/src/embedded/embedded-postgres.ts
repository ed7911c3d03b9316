import { mkdir, stat, truncate } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client, DatabaseError } from 'pg';
import { chooseRunAs, findBinaries } from './binaries.ts';
import { DATABASE, SUPERUSER, clusterExists, createCluster, readPassword } from './cluster.ts';
import { tryFileLock, withFileLock } from './file-lock.ts';
import { HangWatch, LOOK_EVERY_MS } from './hang-watch.ts';
import { cutPostmaster, findPostmaster, isPostmasterOf, launchPostmaster, stopPostmaster } from './postmaster.ts';

/** This process's use of the server of one data directory. */
export interface EmbeddedPostgres {
  /** Connection string of the superuser, with its password, on 127.0.0.1. */
  url: string;
  /** Process id of the server; another one after a revival. */
  readonly pid: number;
  /**
   * Starts the server again, at the same URL, if it has died, or lives and has let nobody in for a minute without any
   * work toward that. To be called again and again. Resolves to whether it had to be.
   */
  revive(): Promise<boolean>;
  /** Ends this use. The last user of the server stops it; earlier ones leave it running. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The installation's directory; the cluster lies in `postgres` below it. Made if absent. */
  dataDir: string;
  /** Told in words what is going on. */
  log?: (message: string) => void;
  /** Server settings besides the defaults. */
  settings?: Record<string, string>;
  /** A fixed TCP port on 127.0.0.1; a free one if absent. Ignored when a running server is adopted. */
  port?: number;
  /** Milliseconds between two looks whether a server that lives lets anybody in, and for which its answer is waited. */
  lookEveryMs?: number;
}

const LOCK_TIMEOUT_MS = 600_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const CANNOT_CONNECT_NOW = '57P03';

/**
 * Starts PostgreSQL below `dataDir`, or joins the server that already runs there: one that another process started, or
 * an orphan whose starter was killed. However many processes start at once, there is one server.
 *
 * Throws in words when the platform has no built-in PostgreSQL, the directory cannot be used or the server refuses.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const paths = {
    pgData: join(dataDir, 'postgres'),
    logFile: join(dataDir, 'postgres.log'),
    startLock: join(dataDir, 'postgres.start.lock'),
    usersLock: join(dataDir, 'postgres.users.lock'),
  };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const use = await withFileLock(paths.startLock, LOCK_TIMEOUT_MS, async () => {
    const server = await findOrLaunch(paths, options);
    // Every user holds a share for as long as it lives, so that the last one to leave knows that it is the last.
    const share = tryFileLock(paths.usersLock, 'shared');
    if (!share) throw new Error(`${paths.usersLock} is locked by something that is not Parley.`);
    return { ...server, share };
  });

  const url = `postgresql://${SUPERUSER}:${await readPassword(paths.pgData)}@127.0.0.1:${use.port}/${DATABASE}`;
  await ensureDatabase(url);
  let { pid } = use;
  const { lookEveryMs = LOOK_EVERY_MS } = options;
  const watch = new HangWatch(lookEveryMs);
  const answers = () => letsIn(url, lookEveryMs);
  let stopping: Promise<void> | undefined;
  return {
    url,
    get pid() {
      return pid;
    },
    async revive() {
      if (stopping) return false;
      const lives = await isPostmasterOf(pid, paths.pgData);
      if (lives && !(await watch.hangs(pid, answers))) return false;
      await withFileLock(paths.startLock, LOCK_TIMEOUT_MS, async () => {
        if (stopping) return;
        if (lives && !(await answers())) await cutPostmaster(paths.pgData, pid);
        ({ pid } = await findOrLaunch(paths, { ...options, port: use.port }));
      });
      return true;
    },
    stop: () =>
      (stopping ??= withFileLock(paths.startLock, LOCK_TIMEOUT_MS, async () => {
        use.share.release();
        const alone = tryFileLock(paths.usersLock, 'exclusive');
        if (!alone) return;
        try {
          // Another user may have revived it since.
          const running = await findPostmaster(paths.pgData);
          if (running) await stopPostmaster(paths.pgData, running.pid);
        } finally {
          alone.release();
        }
      })),
  };
}

async function findOrLaunch(
  { pgData, logFile }: { pgData: string; logFile: string },
  { log = () => {}, settings = {}, port }: EmbeddedPostgresOptions,
) {
  const binaries = findBinaries();
  const runAs = chooseRunAs(pgData);
  if (!(await clusterExists(pgData))) {
    log('Making the database');
    await createCluster(pgData, { binaries, runAs, durable: settings['fsync'] !== 'off' });
  }
  const running = await findPostmaster(pgData);
  if (running) {
    log('Joining the database that is already running');
    return running;
  }
  const logSize = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  if (logSize > LOG_LIMIT_BYTES) await truncate(logFile);
  return launchPostmaster(pgData, { binaries, runAs, logFile, settings, port });
}

/** Whether the server has words for somebody who comes, be it that it is full. */
async function letsIn(url: string, withinMs: number): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: withinMs });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    return error instanceof DatabaseError && error.code !== CANNOT_CONNECT_NOW;
  } finally {
    await client.end().catch(() => {});
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new Client({ connectionString: maintenance.href });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`).catch(ignoreDuplicate);
  } finally {
    await client.end();
  }
}

function ignoreDuplicate(error: unknown): void {
  const DUPLICATE_DATABASE = '42P04';
  const UNIQUE_VIOLATION = '23505';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== DUPLICATE_DATABASE && code !== UNIQUE_VIOLATION) throw error;
}
