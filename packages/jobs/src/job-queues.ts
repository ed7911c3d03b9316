/** BullMQ, on PostgreSQL by default and on Redis where there is one: the same calls, the same promises. */
import { createPostgresBackend, Queue, Worker, type Job } from 'bullmq';
import { setTimeout as delay } from 'node:timers/promises';
import { mustBePayload, type Payload, type QueueName } from './queues.ts';

export interface JobQueuesOptions {
  databaseUrl: string;
  /** Present: jobs live in this Redis or Valkey. */
  redisUrl?: string;
  /** Hears of lost connections and failed jobs; both are tried again without it. */
  onError: (error: Error, queue: QueueName) => void;
  /** First part of the names in Redis; installations that share one differ in it. */
  prefix?: string;
}

/** Runs one job. It may run again after a crash, so doing it twice must be as good as once. A throw tries it again. */
export type Handler<Name extends QueueName> = (payload: Payload<Name>, job: { id: string }) => Promise<void>;

export interface JobQueues {
  /**
   * Adds a job. A second one of the same `id` is not added, until an hour after the first has run.
   * @throws QueueUnavailable within some seconds, where the store does not answer
   */
  add<Name extends QueueName>(name: Name, payload: Payload<Name>, options: { id: string }): Promise<void>;
  /** Has a job made every so many milliseconds, once in the whole installation. @throws QueueUnavailable */
  repeat<Name extends QueueName>(name: Name, payload: Payload<Name>, options: { everyMs: number }): Promise<void>;
  /** Starts to carry out jobs of a queue. */
  work<Name extends QueueName>(name: Name, handler: Handler<Name>): JobWorker;
  close(): Promise<void>;
}

export interface JobWorker {
  /** Resolves when it has begun to look for jobs. */
  ready(): Promise<void>;
  /** Takes no further job and waits for those under way. */
  close(): Promise<void>;
}

/** The queue's store does not answer. */
export class QueueUnavailable extends Error {
  override readonly name = 'QueueUnavailable';
}

// A client that waits for its connection waits for ever: every call is bounded.
const PATIENCE_MS = 5_000;

// A supervisor waits ten seconds before it kills.
const DRAIN_MS = 8_000;

// A worker that was killed holds its job's lock for 2 s at most, and another looks for such jobs every 1.5 s.
const RECOVERY = { lockDuration: 2_000, stalledInterval: 1_500, maxStalledCount: 10 } as const;

const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  // What has run is remembered for an hour, so that the same id does not run again at once.
  removeOnComplete: { age: 3_600, count: 10_000 },
  removeOnFail: { age: 7 * 86_400, count: 10_000 },
} as const;

// What must come to pass, though a mail server or the database is away for a day: 5 s, doubled fourteen times, is 23 hours.
const STUBBORN = { attempts: 15, backoff: { type: 'exponential', delay: 5_000 } } as const;

const stubborn: ReadonlySet<QueueName> = new Set(['invitation.created', 'groups.changed']);

const optionsOf = (name: QueueName) => ({ ...JOB_OPTIONS, ...(stubborn.has(name) && STUBBORN) });

/** Connects lazily; nothing here fails because the store is away, except calls that wait for it. */
export function openJobQueues(options: JobQueuesOptions): JobQueues {
  const opened = new Map<QueueName, Queue>();
  const workers = new Set<JobWorker>();

  const queue = (name: QueueName): Queue => {
    const known = opened.get(name);
    if (known) return known;
    const made = makeQueue(name, options);
    made.on('error', (error) => options.onError(error, name));
    opened.set(name, made);
    return made;
  };

  return {
    async add(name, payload, { id }) {
      await bounded(queue(name).add(name, mustBePayload(name, payload), { jobId: id }));
    },

    async repeat(name, payload, { everyMs }) {
      const template = { name, data: mustBePayload(name, payload) };
      await bounded(queue(name).upsertJobScheduler(name, { every: everyMs }, template));
    },

    work(name, handler) {
      const worker = makeWorker(name, options, async (job) => {
        await handler(mustBePayload(name, job.data), { id: job.id ?? '' });
      });
      worker.on('error', (error) => options.onError(error, name));
      worker.on('failed', (_job, error) => options.onError(error, name));
      const running: JobWorker = {
        async ready() {
          await worker.waitUntilReady();
        },
        async close() {
          workers.delete(running);
          await bounded(worker.close(), DRAIN_MS).catch((error: Error) => options.onError(error, name));
        },
      };
      workers.add(running);
      return running;
    },

    async close() {
      await Promise.all([...workers].map((worker) => worker.close()));
      await Promise.all([...opened.values()].map(goodbye));
      opened.clear();
    },
  };
}

// BullMQ's classes are typed by their backend; callers here see neither.
function makeQueue(name: QueueName, { databaseUrl, redisUrl, prefix = 'parley' }: JobQueuesOptions): Queue {
  if (redisUrl === undefined) {
    const connection = postgres(databaseUrl);
    const defaultJobOptions = optionsOf(name);
    return new Queue(name, { connection, defaultJobOptions }, createPostgresBackend) as unknown as Queue;
  }
  const connection = { url: redisUrl, enableOfflineQueue: false, maxRetriesPerRequest: 1 };
  return new Queue(name, { connection, prefix, defaultJobOptions: optionsOf(name) });
}

function makeWorker(
  name: QueueName,
  { databaseUrl, redisUrl, prefix = 'parley' }: JobQueuesOptions,
  run: (job: Job) => Promise<void>,
): Worker {
  if (redisUrl === undefined) {
    const connection = postgres(databaseUrl);
    return new Worker(name, run, { ...RECOVERY, connection }, createPostgresBackend) as unknown as Worker;
  }
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  return new Worker(name, run, { ...RECOVERY, connection, prefix });
}

/** `migrate`: BullMQ keeps its tables in a schema of its own and brings them up to date itself. */
const postgres = (connectionString: string) => ({ connectionString, migrate: true, max: 3 });

/** Where the store is away there is nobody to say it to, and BullMQ would wait for an end of the connection. */
async function goodbye(queue: Queue): Promise<void> {
  await bounded(queue.close()).catch(() => void queue.disconnect().catch(() => undefined));
}

/** @throws QueueUnavailable */
export async function bounded<R>(work: Promise<R>, patience = PATIENCE_MS): Promise<R> {
  const stop = new AbortController();
  const late = delay(patience, undefined, { signal: stop.signal }).then(() => {
    throw new QueueUnavailable('The job queue does not answer.');
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof QueueUnavailable) throw error;
    throw new QueueUnavailable('The job queue cannot be used.', { cause: error });
  } finally {
    stop.abort();
    work.catch(() => undefined);
  }
}
