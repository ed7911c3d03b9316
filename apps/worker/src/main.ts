/** The worker process: started by the supervisor, to which it says when it is ready, and without which it does not go on. */
import { readWorkerEnvironment } from './env.ts';
import { workerLog } from './logger.ts';
import { startWorker } from './worker.ts';

const environment = readWorkerEnvironment();
workerLog.level = environment.logLevel;

process.on('unhandledRejection', (error) => workerLog.error({ err: error }, 'a rejection was not handled'));

// The API holds the connections; the supervisor hands on what is written here. Losing it costs latency, never data.
const worker = startWorker(environment, (commit) => {
  if (process.connected) process.send?.({ type: 'commit', commit });
});

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
