/** How many jobs the queues hold, for whoever watches over an installation. Takes none and makes nothing. */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { bounded, type JobQueuesOptions } from './job-queues.ts';
import { isQueue, queueNames, type QueueName } from './queues.ts';

/** `delayed`: to be tried again later, or made by a schedule. `failed`: given up. */
export const JOB_STATES = ['waiting', 'active', 'delayed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobCount {
  queue: QueueName;
  state: JobState;
  jobs: number;
}

export interface JobCounts {
  /** Every queue in every state. @throws where the store does not answer */
  read(): Promise<JobCount[]>;
  close(): Promise<void>;
}

/** Connects at the first question. */
export function openJobCounts({
  databaseUrl,
  redisUrl,
  prefix = 'parley',
}: Omit<JobQueuesOptions, 'onError'>): JobCounts {
  return redisUrl === undefined ? countsInPostgres(databaseUrl) : countsInRedis(redisUrl, prefix);
}

const everyCount = (find: (queue: QueueName, state: JobState) => number | undefined): JobCount[] =>
  queueNames.flatMap((queue) => JOB_STATES.map((state) => ({ queue, state, jobs: find(queue, state) ?? 0 })));

const UNDEFINED_TABLE = '42P01';

/** Of BullMQ's own table: a queue of its own for each name would hold as many connections. */
function countsInPostgres(databaseUrl: string): JobCounts {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => undefined);
  return {
    async read() {
      const counted = await pool
        .query<{ queue: string; state: JobState; jobs: number }>(
          'select queue, state, count(*)::int as jobs from bullmq.job where state = any($1) group by queue, state',
          [JOB_STATES],
        )
        .catch((error: unknown) => {
          // The first worker has not made it yet.
          if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) return { rows: [] };
          throw error;
        });
      const known = counted.rows.filter(({ queue }) => isQueue(queue));
      return everyCount((queue, state) => known.find((row) => row.queue === queue && row.state === state)?.jobs);
    },
    close: () => pool.end(),
  };
}

function countsInRedis(url: string, prefix: string): JobCounts {
  const connection = new Redis(url, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  connection.on('error', () => undefined);
  const queues = new Map<QueueName, Queue>();
  const queueOf = (name: QueueName): Queue => {
    const queue = queues.get(name) ?? new Queue(name, { connection, prefix });
    if (!queues.has(name)) queue.on('error', () => undefined);
    queues.set(name, queue);
    return queue;
  };
  return {
    async read() {
      const counted = await bounded(
        Promise.all(queueNames.map(async (name) => [name, await queueOf(name).getJobCounts(...JOB_STATES)] as const)),
      );
      const byQueue = new Map<QueueName, Record<string, number>>(counted);
      return everyCount((queue, state) => byQueue.get(queue)?.[state]);
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => bounded(queue.close()).catch(() => undefined)));
      connection.disconnect();
    },
  };
}
