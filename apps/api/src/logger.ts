/** The API server's loggers. Three levels: error (a developer should go and look), info (state changed), debug. */
import { pino } from 'pino';

/** What must never reach a log, wherever it appears. */
const secrets = ['password', 'token', 'cookie', 'authorization', 'secret', 'text', 'email'];

export const logger = pino({
  level: 'info',
  base: { name: 'api' },
  redact: {
    paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`, `headers["set-cookie"]`]),
    censor: '[redacted]',
  },
});

export const httpLog = logger.child({ part: 'http' });
export const accountsLog = logger.child({ part: 'accounts' });
export const importsLog = logger.child({ part: 'imports' });
export const organisationsLog = logger.child({ part: 'organisations' });
export const syncLog = logger.child({ part: 'sync' });

/** Applies to every logger here. */
export function setLogLevel(level: 'error' | 'info' | 'debug' | 'silent'): void {
  for (const each of [logger, httpLog, accountsLog, importsLog, organisationsLog, syncLog]) each.level = level;
}
