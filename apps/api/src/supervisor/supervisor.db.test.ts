import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface Start {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

let dataDir: string;
let port: number;
let starts: Start[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-supervisor-'));
  port = await findFreePort();
  starts = [];
});

afterEach(async () => {
  for (const { child, ended } of starts) {
    child.kill('SIGTERM');
    await ended;
  }
  for (const pid of processesOf(dataDir)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => processesOf(dataDir)).toEqual([]);
  await rm(dataDir, { recursive: true, force: true });
});

describe('the supervisor', () => {
  test('starts everything, says where it is once, and drains in order on many signals', async () => {
    const run = start();
    await untilRunning(run);
    expect((await fetch(`http://localhost:${port}/readyz`)).status).toBe(200);
    expect(run.output().match(/Parley is running at/g)).toHaveLength(1);
    expect(run.output()).toMatch(new RegExp(`Make the first account: {2}http://localhost:${port}/setup#token=\\S+`));
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o077).toBe(0);

    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGINT'] as const) run.child.kill(signal);
    expect(await run.ended).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('database system is shut down');
  });

  test('a second start on the same data says where the first one runs', async () => {
    await untilRunning(start());
    const second = start({ PORT: String(await findFreePort()) });
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(`Parley is already running on ${dataDir}, at http://localhost:${port}.\n`);
    expect((await fetch(`http://localhost:${port}/healthz`)).status).toBe(200);
  });

  test('of two starts at once, one runs and the other one says so', async () => {
    const runs = [start(), start({ PORT: String(await findFreePort()) })];
    const refused = await Promise.race(runs.map((run) => run.ended.then((code) => ({ run, code }))));
    expect(refused.code).toBe(1);
    expect(refused.run.output()).toContain(`Parley is already running on ${dataDir}`);
    for (const run of runs) if (run !== refused.run) await untilRunning(run);
  });

  test('a taken port is named before anything is started', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const run = start();
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain(`Port ${port} is taken by another program.`);
    expect(readdirSync(dataDir)).not.toContain('postgres');
    other.close();
  });

  test('every mistake in the configuration is told at once', async () => {
    const run = start({ PORT: '0', REDIS_URL: 'cache:6379', PUBLIC_URL: 'chat' });
    expect(await run.ended).toBe(1);
    expect(run.output().trim().split('\n')).toHaveLength(3);
  });

  test('what is killed comes back: the server, the worker, the database', async () => {
    const run = start();
    await untilRunning(run);
    for (const victim of ['apps/api/src/main.ts', 'apps/worker/src/main.ts', 'postgres']) {
      const before = pidOf(victim);
      process.kill(before, 'SIGKILL');
      await expect.poll(() => pidOf(victim), { timeout: 20_000 }).not.toBe(before);
      await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
    }
    expect(run.output()).toContain('The database had died and was started again.');
  });

  test('when it is killed itself, its processes end, and the next start adopts the database', async () => {
    const first = start();
    await untilRunning(first);
    const database = pidOf('postgres');
    first.child.kill('SIGKILL');
    await first.ended;
    await expect.poll(() => pidOf('apps/api/src/main.ts'), { timeout: 20_000 }).toBe(0);
    await expect.poll(() => pidOf('apps/worker/src/main.ts'), { timeout: 20_000 }).toBe(0);

    const second = start();
    await untilRunning(second);
    expect(pidOf('postgres')).toBe(database);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
  });

  test('after a kill of everything it starts again', async () => {
    const first = start();
    await untilRunning(first);
    for (const pid of processesOf(dataDir)) process.kill(pid, 'SIGKILL');
    await first.ended;
    await untilRunning(start());
    expect(await isReady()).toBe(true);
  });
});

function start(env: Record<string, string> = {}): Start {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'close').then(() => child.exitCode);
  const run = { child, output: () => output, ended };
  starts.push(run);
  return run;
}

async function untilRunning({ output }: Start): Promise<void> {
  await expect.poll(output, { timeout: 40_000 }).toContain('Stop with Ctrl-C');
}

async function isReady(): Promise<boolean> {
  return fetch(`http://localhost:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The processes of the installation: those that were told of its data directory, and its database server. */
function processesOf(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/exe`) === '') return false;
        const cwd = readlinkSync(`/proc/${pid}/cwd`);
        return (
          cwd.startsWith(directory) || readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`DATA_DIR=${directory}`)
        );
      } catch {
        return false;
      }
    });
}

/** The process of the installation that runs this, or 0. Of the database, its first process. */
function pidOf(program: string): number {
  const matching = processesOf(dataDir).filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words.some((word) => word.endsWith(`/${program}`)) && (program !== 'postgres' || words.includes('-D'));
    } catch {
      return false;
    }
  });
  return matching[0] ?? 0;
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => resolve(free));
    });
  });
}
