/** The API process: started by the supervisor, to which it says when it is ready, and without which it does not go on. */
import { join } from 'node:path';
import { PROJECT_ROOT, readServerEnvironment } from './env.ts';
import { logger, setLogLevel } from './logger.ts';
import { startServer } from './server.ts';
import { isCommit } from './supervisor/commit-message.ts';

const { logLevel, ...config } = readServerEnvironment();
setLogLevel(logLevel);

process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a rejection was not handled'));

const server = await startServer({ ...config, webFolder: join(PROJECT_ROOT, 'apps', 'web', 'dist') });

process.on('message', (message) => {
  if (isCommit(message)) server.services.hub.publish(message.commit);
});

let stopping: Promise<void> | undefined;
const stop = (): void => {
  stopping ??= server.close().then(
    () => process.exit(0),
    (error: unknown) => {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    },
  );
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// The supervisor is gone: nobody would ever stop this process.
process.on('disconnect', stop);

process.send?.({ type: 'ready', ...(server.setUpUrl === null ? {} : { setupUrl: server.setUpUrl }) });
