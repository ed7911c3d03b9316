/** A whole installation for the browser to talk to: the database, the API and the worker under their supervisor. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, isReady } from './eventually.ts';
import { freePort } from './free-port.ts';
import { childrenOf, commandOf, isAlive, kill } from './processes.ts';

const ROOT = join(import.meta.dirname, '..');
const SUPERVISOR = join(ROOT, 'apps', 'api', 'src', 'supervisor', 'main.ts');
const START_MS = 60_000;

export interface Installation {
  /** Origin, without a trailing slash. */
  url: string;
  /** The one-time link that was printed at the last start; `null` once there is an account. */
  readonly setUpUrl: string | null;
  dataDir: string;
  /** What the supervisor has said so far, for a failure's message. */
  readonly output: string;
  /** SIGKILL for the API alone. Resolves when its successor answers. */
  killServer(): Promise<void>;
  /** Stops the API in mid-flight (SIGSTOP) until the returned function is called. */
  freezeServer(): () => void;
  /** SIGKILL for everything at once, the database too, as a power cut would. */
  killEverything(): Promise<void>;
  /** Starts again after `killEverything` or `stop`, on the same data and port. */
  start(): Promise<void>;
  /** Drains and stops; the data stays. */
  stop(): Promise<void>;
  /** Stops and removes the data. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a fresh installation on a free port. Rejects with what it printed if it does not come up. */
export async function startInstallation(): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-journey-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  let supervisor: ChildProcess | null = null;
  let setUpUrl: string | null = null;
  let output = '';

  const launch = async (): Promise<void> => {
    const { NODE_OPTIONS: _, FORCE_COLOR: __, ...env } = process.env;
    const child = spawn(process.execPath, [SUPERVISOR], {
      cwd: ROOT,
      env: { ...env, PORT: String(port), DATA_DIR: dataDir, PUBLIC_URL: '', DATABASE_URL: '', REDIS_URL: '' },
      // The channel lets it stop by itself if this process is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    supervisor = child;
    let said = '';
    const running = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      stream.on('data', (chunk: Buffer) => {
        said += String(chunk);
        output += String(chunk);
        if (said.includes('Stop with Ctrl-C')) running.resolve();
      });
    }
    child.once('exit', (code, signal) => running.reject(new Error(`Parley ended (${signal ?? code}):\n${said}`)));
    const late = setTimeout(() => running.reject(new Error(`Parley did not start:\n${said}`)), START_MS);
    await running.promise.finally(() => clearTimeout(late));
    setUpUrl = /Make the first account:\s+(\S+)/.exec(said)?.[1] ?? null;
  };

  const gone = async (): Promise<void> => {
    if (supervisor && supervisor.exitCode === null && supervisor.signalCode === null) {
      await new Promise((resolve) => supervisor?.once('exit', resolve));
    }
    supervisor = null;
  };

  const serverPid = (): number => {
    const pid = childrenOf(supervisor?.pid).find((child) => commandOf(child).includes('apps/api/src/main.ts'));
    if (pid === undefined) throw new Error('The API is not running.');
    return pid;
  };

  const installation: Installation = {
    url,
    dataDir,
    get setUpUrl() {
      return setUpUrl;
    },
    get output() {
      return output;
    },
    async killServer() {
      const killed = serverPid();
      process.kill(killed, 'SIGKILL');
      await eventually('the API to be started again', async () => {
        const [successor] = childrenOf(supervisor?.pid).filter((pid) =>
          commandOf(pid).includes('apps/api/src/main.ts'),
        );
        return successor !== undefined && successor !== killed && (await isReady(url));
      });
    },
    freezeServer() {
      const pid = serverPid();
      process.kill(pid, 'SIGSTOP');
      return () => process.kill(pid, 'SIGCONT');
    },
    async killEverything() {
      const postmaster = Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
      const doomed = [supervisor?.pid, ...childrenOf(supervisor?.pid), postmaster, ...childrenOf(postmaster)];
      for (const pid of doomed) if (pid !== undefined) kill(pid);
      await gone();
      await eventually('the database to be dead', async () =>
        doomed.every((pid) => pid === undefined || !isAlive(pid)),
      );
    },
    start: launch,
    async stop() {
      supervisor?.kill('SIGTERM');
      await gone();
    },
    async [Symbol.asyncDispose]() {
      await installation.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };

  try {
    await launch();
  } catch (error) {
    await installation[Symbol.asyncDispose]();
    throw error;
  }
  return installation;
}
