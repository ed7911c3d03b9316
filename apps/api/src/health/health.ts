/** Whether the server can do its work: asked by load balancers and by whoever looks for a fault. */
import { isMigrated, type Database } from '@parley/db';
import type { Redis } from 'ioredis';
import { sql, type Kysely } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds a part may take to answer before it counts as down. */
const PATIENCE = 2_000;

export type Check = 'ok' | 'down' | 'behind';

export interface Readiness {
  ready: boolean;
  checks: { database: Check; migrations: Check; redis?: Check };
}

export interface Health {
  /** Looks at every part. Never throws. */
  readiness(): Promise<Readiness>;
}

export function createHealth(parts: { db: Kysely<Database>; databaseUrl: string; redis: Redis | null }): Health {
  const { db, databaseUrl, redis } = parts;
  // A process serves one release: once its schema is there, it stays.
  let migrated = false;
  return {
    async readiness() {
      const [database, redisCheck] = await Promise.all([
        answers(sql`select 1`.execute(db)),
        redis ? answers(redis.ping()) : undefined,
      ]);
      if (!migrated && database) migrated = (await within(isMigrated(databaseUrl).catch(() => false))) === true;
      const checks: Readiness['checks'] = {
        database: database ? 'ok' : 'down',
        migrations: migrated ? 'ok' : 'behind',
        ...(redisCheck === undefined ? {} : { redis: redisCheck ? 'ok' : 'down' }),
      };
      return { ready: Object.values(checks).every((check) => check === 'ok'), checks };
    },
  };
}

const answers = (work: Promise<unknown>): Promise<boolean> =>
  within(
    work.then(
      () => true,
      () => false,
    ),
  ).then((answer) => answer === true);

async function within<R>(work: Promise<R>): Promise<R | undefined> {
  const stop = new AbortController();
  const late = delay(PATIENCE, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
