/** What happens to the machines: each fault does its harm, mends it, and says how often it can be shown to have struck. */
import { threadScope } from '@parley/core/scopes';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { eventually } from '../eventually.ts';
import { pick, type Random } from './random.ts';

export type ServerFault =
  | 'apiKilled'
  | 'apiFrozen'
  | 'workerKilled'
  | 'rollingRestart'
  | 'postgresKilled'
  | 'postgresAway'
  | 'redisEmptied'
  | 'diskFull'
  | 'lockHeld'
  | 'poolExhausted';

export interface Struck {
  cluster: Cluster;
  random: Random;
  /** How long things last, against what a long run has. */
  scale: number;
  /** The busiest thread. */
  threadId: string;
  /** When an API was killed: milliseconds since 1970, and its port. */
  kills: { at: number; port: number }[];
  /** Answers of an API that had no connection to its database left, until now. */
  busyAnswers: () => Promise<number>;
}

/** Those that take seconds, in a short run too. */
export const CHEAP = [
  'apiKilled',
  'apiFrozen',
  'workerKilled',
  'rollingRestart',
  'postgresKilled',
  'postgresAway',
  'redisEmptied',
  'lockHeld',
] as const satisfies ServerFault[];

export const SERVER_FAULTS: Record<ServerFault, (struck: Struck) => Promise<number>> = {
  async apiKilled({ cluster, random, kills }) {
    const host = pick(random, cluster.hosts);
    if (!host) return 0;
    kills.push({ at: await host.kill('api'), port: host.port });
    return 1;
  },

  async apiFrozen({ cluster, random, scale }) {
    return (await pick(random, cluster.hosts)?.freeze(10_000 * scale)) ? 1 : 0;
  },

  async workerKilled({ cluster, random }) {
    await pick(random, cluster.hosts)?.kill('worker');
    return 1;
  },

  /** Counts those that ended in order. */
  async rollingRestart({ cluster }) {
    let orderly = 0;
    for (const host of cluster.hosts) if ((await host.restart()) === 0) orderly += 1;
    return orderly === cluster.hosts.length ? orderly : 0;
  },

  async postgresKilled({ cluster: { postgres } }) {
    const { pid } = postgres;
    process.kill(pid, 'SIGKILL');
    await eventually('the database to be started again', () => postgres.pid !== pid);
    return 1;
  },

  /** Long enough for an API to die of it again and again, which is no reason to give it up. */
  async postgresAway({ cluster, kills, scale }) {
    const back = cluster.takeDatabaseAway();
    const killed = cluster.hosts.map(async (host) => kills.push({ at: await host.kill('api'), port: host.port }));
    await delay(20_000 * scale);
    back();
    await Promise.all(killed);
    return 1;
  },

  async redisEmptied({ cluster: { redis }, scale }) {
    return (await redis.replace(3_000 * scale)) ? 1 : 0;
  },

  /** Counts what the database itself refused, or that it died of it. */
  async diskFull({ cluster: { disk, databaseUrl, postgres } }) {
    if (!disk) return 0;
    const { pid } = postgres;
    const makeRoom = await disk.fill();
    try {
      await eventually('the database to find its disk full', async () => {
        const refusal = await writeMuch(databaseUrl);
        return refusal === DISK_FULL || postgres.pid !== pid || refusal === 'gone';
      });
      await delay(2_000);
    } finally {
      await makeRoom();
    }
    await eventually('the database to write again', async () => (await writeMuch(databaseUrl)) === null);
    return 1;
  },

  /** Counts those who were seen to wait for it. */
  async lockHeld({ cluster: { databaseUrl }, scale, threadId }) {
    return lockedFor(databaseUrl, 30_000 * scale, (client) =>
      client.query('select from sync_scope where id = $1 for update', [threadScope(threadId)]),
    );
  },

  /** Everybody waits, until no API has a connection left and says so. */
  async poolExhausted({ cluster: { databaseUrl }, scale, busyAnswers }) {
    const before = await busyAnswers();
    await lockedFor(databaseUrl, 30_000 * scale, (client) =>
      client.query('lock table sync_scope in access exclusive mode'),
    );
    return (await busyAnswers()) - before;
  },
};

const DISK_FULL = '53100';
/** Milliseconds to wait for somebody who is held up. */
const UNSEEN_MS = 30_000;

/** Whoever looks on from outside; the database may go away under it. */
async function connected<Result>(databaseUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Asks for much room, and gives it back. @returns the code of the refusal; `gone` where nobody answers */
async function writeMuch(databaseUrl: string): Promise<string | null> {
  try {
    await connected(databaseUrl, async (client) => {
      await client.query('create unlogged table if not exists chaos_ballast (text text)');
      await client.query(`insert into chaos_ballast select repeat(md5(i::text), 200) from generate_series(1, 2000) i`);
      await client.query('drop table chaos_ballast');
    });
    return null;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return code === DISK_FULL ? DISK_FULL : 'gone';
  }
}

/** Holds a lock for so long, and longer until somebody is seen to wait. @returns how many waited at once, at most */
async function lockedFor(
  databaseUrl: string,
  ms: number,
  lock: (client: pg.Client) => Promise<unknown>,
): Promise<number> {
  return connected(databaseUrl, async (client) => {
    await client.query('begin');
    await lock(client);
    const { rows: own } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const end = performance.now() + ms;
    let most = 0;
    while (performance.now() < end || (most === 0 && performance.now() < end + UNSEEN_MS)) {
      await delay(100);
      const { rows } = await client.query<{ waiting: number }>(
        'select count(*)::int as waiting from pg_stat_activity where $1 = any(pg_blocking_pids(pid))',
        [own[0]?.pid],
      );
      most = Math.max(most, rows[0]?.waiting ?? 0);
    }
    await client.query('rollback');
    return most;
  });
}
