/** The worker process: started by the supervisor, to which it says when it is ready, and without which it does not go on. */
import type { Publish } from '@parley/sync/server';
import { createRedisPublisher } from '@parley/sync/server/redis-bus';
import { readWorkerEnvironment } from './env.ts';
import { workerLog } from './logger.ts';
import { startWorker } from './worker.ts';

const environment = readWorkerEnvironment();
workerLog.level = environment.logLevel;

process.on('unhandledRejection', (error) => workerLog.error({ err: error }, 'a rejection was not handled'));

// The APIs hold the connections. Losing what they are told costs latency, never data.
const tellOwnApi: Publish = (commit) => {
  if (process.connected) process.send?.({ type: 'commit', commit });
};
const { redisUrl } = environment;
const redis = redisUrl === undefined ? null : createRedisPublisher({ url: redisUrl, undelivered: tellOwnApi });
const worker = startWorker(environment, redis?.publish ?? tellOwnApi);

let stopping: Promise<void> | undefined;
const stop = (): void => {
  stopping ??= worker.close().then(
    () => process.exit(0),
    (error: unknown) => {
      workerLog.error({ err: error }, 'stopping failed');
      process.exit(1);
    },
  );
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// The supervisor is gone: nobody would ever stop this process.
process.on('disconnect', stop);

workerLog.info('ready');
process.send?.({ type: 'ready' });
