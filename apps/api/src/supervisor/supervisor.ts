import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Configuration, PROJECT_ROOT, childEnvironment } from '../env.ts';
import { isCommit } from './commit-message.ts';
import { type Installation, openConfiguration, openInstallation } from './installation.ts';
import { type LogSink, logFile } from './log-file.ts';
import { type Ownership, takeOwnership } from './owner.ts';
import { assertCanListen } from './ports.ts';
import { type ReadyMessage, type SupervisedProcess, superviseProcess } from './supervised-process.ts';

const WATCH_DATABASE_MS = 500;

/**
 * Runs a whole installation until `signal` aborts: its database, the API with the web app, and the worker. Resolves when
 * everything has drained and stopped, in the opposite order. Throws in words if it cannot start.
 *
 * `say` is told each line that a person at the terminal should read.
 */
export async function runInstallation(signal: AbortSignal, say: (line: string) => void): Promise<void> {
  const config = await openConfiguration();
  const ownership = takeOwnership(config.dataDir);
  try {
    await assertCanListen(config);
    const installation = await openInstallation({ log: say });
    try {
      if (!signal.aborted) await runProcesses({ installation, ownership, signal, say });
    } finally {
      await installation.close();
    }
  } finally {
    ownership.release();
  }
}

interface Run {
  installation: Installation;
  ownership: Ownership;
  signal: AbortSignal;
  say: (line: string) => void;
}

async function runProcesses({ installation, ownership, signal, say }: Run): Promise<void> {
  const { config } = installation;
  const env = childEnvironment(config, { ...installation.secrets, databaseUrl: installation.databaseUrl });
  const sink = logSink(config);
  const start = (name: string, app: string, onMessage: (message: unknown) => void): SupervisedProcess =>
    superviseProcess({
      name,
      script: join(PROJECT_ROOT, 'apps', app, 'src', 'main.ts'),
      env,
      sink,
      log: say,
      onMessage,
    });
  const api = start('server', 'api', () => undefined);
  const worker = start('worker', 'worker', (message) => {
    if (isCommit(message)) api.send(message);
  });
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const watching = new AbortController();
  const watched = watchDatabase(installation, watching.signal, say);
  try {
    const ready = await Promise.race([Promise.all([api.ready, worker.ready]), aborted]);
    if (ready) {
      ownership.announce(config.publicUrl);
      for (const line of welcome(config, ready[0])) say(line);
      await aborted;
    }
  } finally {
    if (signal.aborted) say('Stopping: letting what is under way finish');
    // First, or it would bring the database back while it stops.
    watching.abort();
    await Promise.all([api.stop(), worker.stop(), watched]);
  }
  if (signal.aborted) say('Stopped');
}

/** Brings the embedded database back if it dies or hangs: its users reconnect by themselves. */
async function watchDatabase(
  { embedded }: Installation,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  while (embedded && !signal.aborted) {
    try {
      if (await embedded.revive()) say('The database had died and was started again.');
    } catch (error) {
      // Its disk may be full, and somebody may make room.
      say(`${error instanceof Error ? error.message : String(error)}\nIt is tried again.`);
    }
    await delay(WATCH_DATABASE_MS, undefined, { signal }).catch(() => undefined);
  }
}

function logSink(config: Configuration): LogSink {
  if (config.logTo === 'stdout') return { write: (chunk) => process.stdout.write(chunk) };
  return logFile(join(config.dataDir, 'parley.log'));
}

function welcome(config: Configuration, { setupUrl }: ReadyMessage): string[] {
  return [
    '',
    `  Parley is running at  ${config.publicUrl}`,
    ...(setupUrl ? [`  Make the first account:  ${setupUrl}`] : []),
    `  Everything is kept in  ${config.dataDir}`,
    ...(config.logTo === 'file' ? [`  The log is in  ${join(config.dataDir, 'parley.log')}`] : []),
    '  Stop with Ctrl-C',
    '',
  ];
}
