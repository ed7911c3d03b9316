/**
 * An installation on several hosts, as an operator sets it up: each host is a supervisor with its API and its worker, and
 * all share one PostgreSQL and one Redis. Whatever dies unasked is started again.
 */
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@parley/db/embedded';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, isReady } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { createOwner, startHost, type Host } from './host.ts';
import type { Owner } from './people.ts';
import { mountDisk, type SmallDisk } from './small-disk.ts';
import { startRedis, type ChaosRedis } from './redis.ts';

export interface Cluster {
  hosts: readonly Host[];
  /** What people type to reach it. */
  origin: string;
  owner: Owner;
  /** Of the database, for somebody who looks on. */
  databaseUrl: string;
  postgres: EmbeddedPostgres;
  /** SIGKILL for the database, which does not come back before the function that is returned is called. */
  takeDatabaseAway(): () => void;
  redis: ChaosRedis;
  /** Where the database lies, if it could be given a small disk of its own. */
  disk: SmallDisk | null;
  /** Resolves when every API answers that it is ready. */
  ready(): Promise<void>;
  /** What the processes have logged as errors: each message, and how often. */
  errors(): Promise<Map<string, number>>;
  /** Stops everything and removes what it had. */
  close(): Promise<void>;
}

const WATCH_MS = 500;
const DISK_BYTES = 640 * 1024 * 1024;
/** The database's log is not to fill the small disk by itself. */
const SETTINGS = { max_wal_size: '128MB', min_wal_size: '32MB' };

/** @param env what the processes are told besides */
export async function startCluster({
  hosts: count,
  env: more = {},
}: {
  hosts: number;
  env?: Record<string, string>;
}): Promise<Cluster> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'parley-chaos-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const databaseFolder = join(folder, 'database');
    await mkdir(databaseFolder);
    const disk = await mountDisk(databaseFolder, DISK_BYTES);
    if (disk) closing.push(() => disk.unmount());
    const postgres = await startEmbeddedPostgres({ dataDir: databaseFolder, settings: SETTINGS });
    closing.push(() => postgres.stop());
    const watching = watch(postgres);
    closing.push(() => watching.stop());
    const redis = await startRedis();
    closing.push(() => redis.stop());

    const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
    const origin = `http://localhost:${ports[0]}`;
    const env = { PUBLIC_URL: origin, DATABASE_URL: postgres.url, REDIS_URL: redis.url, LOG_LEVEL: 'error' };
    const secrets = JSON.stringify({ authSecret: randomBytes(32).toString('base64url') });
    const folders = ports.map((_, index) => join(folder, `host-${index + 1}`));
    for (const dataDir of folders) {
      await mkdir(dataDir);
      await writeFile(join(dataDir, 'secrets.json'), secrets, { mode: 0o600 });
    }
    const account = { email: 'owner@example.org', password: randomBytes(16).toString('base64url') };
    const owner = { ...account, ...(await createOwner({ ...env, DATA_DIR: folders[0] ?? '' }, account)) };
    const hosts: Host[] = [];
    for (const [index, port] of ports.entries()) {
      const host = await startHost({ port, dataDir: folders[index] ?? '', env: { ...env, ...more } });
      closing.push(() => host.stop());
      hosts.push(host);
    }
    return {
      hosts,
      origin,
      owner,
      databaseUrl: postgres.url,
      postgres,
      takeDatabaseAway() {
        watching.pause(true);
        process.kill(postgres.pid, 'SIGKILL');
        return () => watching.pause(false);
      },
      redis,
      disk,
      ready: () =>
        eventually('every API to be ready', async () =>
          (await Promise.all(ports.map((port) => isReady(`http://127.0.0.1:${port}`)))).every(Boolean),
        ),
      errors: async () => countErrors(await Promise.all(hosts.map(({ dataDir }) => readLog(dataDir)))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Brings the database back when it has died or hangs. */
function watch(postgres: EmbeddedPostgres): { pause(isPaused: boolean): void; stop(): Promise<void> } {
  const stop = new AbortController();
  let paused = false;
  const watching = (async () => {
    while (!stop.signal.aborted) {
      // While its disk is full it does not come back.
      if (!paused) await postgres.revive().catch(() => false);
      await delay(WATCH_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    pause(isPaused) {
      paused = isPaused;
    },
    async stop() {
      stop.abort();
      await watching;
    },
  };
}

const readLog = (dataDir: string): Promise<string> => readFile(join(dataDir, 'parley.log'), 'utf8').catch(() => '');

function countErrors(logs: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of logs.join('\n').split('\n')) {
    if (!line.startsWith('{')) continue;
    const { msg, err } = JSON.parse(line) as { msg: string; err?: { message?: string } };
    const words = err?.message === undefined ? msg : `${msg}: ${err.message.split('\n')[0]}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}
