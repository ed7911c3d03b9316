import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Binaries, type RunAs } from './binaries.ts';
import { childrenOf, HangWatch, LOOK_EVERY_MS } from './hang-watch.ts';

/** A running PostgreSQL server, whoever started it. */
export interface Postmaster {
  pid: number;
  port: number;
}

export interface LaunchOptions {
  binaries: Binaries;
  runAs: RunAs;
  logFile: string;
  /** Server settings, given on its command line. */
  settings: Record<string, string>;
  /** A fixed TCP port; a free one if absent. */
  port?: number | undefined;
}

// The children of a killed server need a moment to notice; until then the next one is refused.
const LAUNCH_RETRY_MS = 30_000;
const FAST_STOP_MS = 30_000;
// It kills those of its children that are still there after five seconds.
const IMMEDIATE_STOP_MS = 10_000;
const POLL_MS = 10;

/**
 * The live server of `pgData`, or undefined. A pid file whose pid is dead or belongs to something else (after a reboot
 * pids are given out anew) is stale and is removed. Call it under the start lock.
 */
export async function findPostmaster(pgData: string): Promise<Postmaster | undefined> {
  const file = await readPidFile(pgData);
  if (!file) return undefined;
  if (!(await isPostmasterOf(file.pid, pgData))) {
    await rm(pidFilePath(pgData), { force: true });
    return undefined;
  }
  return waitUntilReady(pgData, file.pid);
}

/**
 * Starts a server on `pgData` and waits until it lets people in. It outlives this process, its terminal and its signals.
 * Call it under the start lock.
 */
export async function launchPostmaster(pgData: string, options: LaunchOptions): Promise<Postmaster> {
  const deadline = performance.now() + LAUNCH_RETRY_MS;
  for (;;) {
    const port = options.port ?? (await findFreePort());
    const child = spawnPostmaster(pgData, port, options);
    const { promise: ended, resolve } = Promise.withResolvers<undefined>();
    child.once('exit', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
    const pid = child.pid;
    const ready = pid === undefined ? undefined : await Promise.race([ended, waitUntilReady(pgData, pid)]);
    if (ready) {
      child.unref();
      return ready;
    }
    if (performance.now() > deadline) {
      throw new Error(`PostgreSQL did not start. The end of ${options.logFile}:\n${await lastLines(options.logFile)}`);
    }
    await delay(200);
  }
}

/** Ends the server: sessions are cut, what is committed is flushed. Resolves when its process is gone. */
export async function stopPostmaster(pgData: string, pid: number): Promise<void> {
  if (!(await isPostmasterOf(pid, pgData))) return;
  process.kill(pid, 'SIGINT');
  if (!(await waitUntilGone(pgData, pid, FAST_STOP_MS))) await cutPostmaster(pgData, pid);
}

/** Ends the server whatever it does. Not clean, yet safe: the next start replays the log. */
export async function cutPostmaster(pgData: string, pid: number): Promise<void> {
  kill(pid, 'SIGQUIT');
  if (await waitUntilGone(pgData, pid, IMMEDIATE_STOP_MS)) return;
  // Its children would keep the next server out.
  const children = await childrenOf(pid);
  for (const one of [pid, ...children]) kill(one, 'SIGKILL');
  await waitUntilGone(pgData, pid, IMMEDIATE_STOP_MS);
}

function spawnPostmaster(pgData: string, port: number, { binaries, runAs, logFile, settings }: LaunchOptions) {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(port), ...settings };
  const { file, args, ...identity } = runAs.command(binaries.postgres, [
    '-D',
    pgData,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  // A descriptor, not a pipe: nobody needs to be there to read it.
  const log = openSync(logFile, 'a', 0o600);
  try {
    // Detached: a Ctrl-C in the terminal must not stop the database before its users have drained.
    return spawn(file, args, { ...identity, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

/** A crashed server replays its log first, however long that takes. Resolves to nothing where it died or hung, and is gone. */
async function waitUntilReady(pgData: string, pid: number): Promise<Postmaster | undefined> {
  const watch = new HangWatch(LOOK_EVERY_MS);
  for (;;) {
    const file = await readPidFile(pgData);
    if (file?.pid === pid && file.ready && file.port) return { pid, port: file.port };
    if (!(await isAlive(pid))) return undefined;
    if (await watch.hangs(pid, () => Promise.resolve(false))) {
      await cutPostmaster(pgData, pid);
      return undefined;
    }
    await delay(POLL_MS);
  }
}

async function waitUntilGone(pgData: string, pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (!(await isPostmasterOf(pid, pgData))) return true;
    await delay(POLL_MS);
  }
  return false;
}

function pidFilePath(pgData: string): string {
  return join(pgData, 'postmaster.pid');
}

/** The pid file's lines are: pid, data directory, start time, port, socket directory, address, shared memory, status. */
async function readPidFile(pgData: string): Promise<{ pid: number; port?: number; ready: boolean } | undefined> {
  const text = await readFile(pidFilePath(pgData), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** Whether that process is the live server of this directory. */
export async function isPostmasterOf(pid: number, pgData: string): Promise<boolean> {
  try {
    const program = await readlink(`/proc/${pid}/exe`);
    if (!/^postgres( \(deleted\))?$/.test(basename(program))) return false;
    // The server works inside its data directory; another cluster's server may have inherited the pid.
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(pgData));
  } catch {
    return false;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function isAlive(pid: number): Promise<boolean> {
  return readlink(`/proc/${pid}/exe`).then(
    () => true,
    () => false,
  );
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('No free TCP port on 127.0.0.1.'));
      });
    });
  });
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-5).join('\n');
}
