import { mkdir } from 'node:fs/promises';
import { migrateToLatest, RoleMissing } from '@parley/db';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@parley/db/embedded';
import { type Configuration, type Environment, readEnvironment } from '../env.ts';
import { type Secrets, ensureSecrets } from './secrets.ts';

/** An installation that is ready for use: configured, with its database running and of the newest schema. */
export interface Installation {
  config: Configuration;
  secrets: Secrets;
  databaseUrl: string;
  /** The embedded server, unless the database is external. */
  embedded?: EmbeddedPostgres;
  /** Leaves the database; the embedded one stops with its last user. Safe to call twice. */
  close(): Promise<void>;
}

/** The configuration cannot be used. Its message lists every mistake, a line each. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

/** Reads the configuration and makes its data directory. Throws `ConfigurationError` with all mistakes at once. */
export async function openConfiguration(env?: Environment): Promise<Configuration> {
  const read = readEnvironment(env);
  if (!read.ok) throw new ConfigurationError(read.mistakes.join('\n'));
  const { dataDir } = read.config;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigurationError(`DATA_DIR ${dataDir} cannot be made: ${reason(error)}.`, { cause: error });
  }
  return read.config;
}

/**
 * Opens the installation that the environment describes: makes its data directory and secrets at the first time, starts
 * or joins its database and migrates it. The supervisor and the command line both come in by this door, also at once.
 *
 * `log` is told in words what takes time.
 */
export async function openInstallation({
  env,
  log,
}: { env?: Environment; log?: (message: string) => void } = {}): Promise<Installation> {
  const config = await openConfiguration(env);
  const secrets = await ensureSecrets(config.dataDir);
  if (config.databaseUrl) {
    await migrateExternal(config.databaseUrl);
    return { config, secrets, databaseUrl: config.databaseUrl, close: () => Promise.resolve() };
  }

  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, ...(log && { log }) });
  try {
    await migrateToLatest(embedded.url);
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  return { config, secrets, databaseUrl: embedded.url, embedded, close: () => embedded.stop() };
}

async function migrateExternal(databaseUrl: string): Promise<void> {
  try {
    await migrateToLatest(databaseUrl);
  } catch (error) {
    if (!isUnreachable(error) && !(error instanceof RoleMissing)) throw error;
    // Never the URL itself: it holds the password.
    const { host, pathname } = new URL(databaseUrl);
    throw new ConfigurationError(`DATABASE_URL: ${host}${pathname} cannot be used: ${reason(error)}.`, {
      cause: error,
    });
  }
}

/** Refused connections, unknown hosts, wrong passwords, absent databases: the operator's to put right. */
function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|28...|3D000|57P03)/.test(code);
}

function reason(error: unknown): string {
  if (error instanceof AggregateError) return reason(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
