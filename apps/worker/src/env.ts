/** What the supervisor tells the worker. It has checked all of it; here it is only read. */
export interface WorkerEnvironment {
  databaseUrl: string;
  redisUrl?: string;
  logLevel: 'error' | 'info' | 'debug';
}

/** @throws with a sentence that names the variable */
export function readWorkerEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): WorkerEnvironment {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, LOG_LEVEL: logLevel = 'info' } = env;
  if (!databaseUrl) throw new Error('DATABASE_URL is missing.');
  if (logLevel !== 'error' && logLevel !== 'info' && logLevel !== 'debug') {
    throw new Error('LOG_LEVEL must be error, info or debug.');
  }
  return { databaseUrl, logLevel, ...(redisUrl && { redisUrl }) };
}
