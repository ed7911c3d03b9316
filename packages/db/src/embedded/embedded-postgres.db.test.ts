import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts';
import { childrenOf, recoveryWork } from './hang-watch.ts';

let dataDir: string;
let servers: EmbeddedPostgres[];
let starters: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-embedded-'));
  servers = [];
  starters = [];
});

afterEach(async () => {
  for (const starter of starters) starter.kill('SIGKILL');
  // Adopts whatever a killed starter has left, so that it can be stopped.
  servers.push(await startEmbeddedPostgres({ dataDir }));
  for (const server of servers) await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  test('starts with durable settings, keeps its rows over a restart and lets nobody in without the password', async () => {
    const first = await start();
    await query(first.url, 'create table kept (word text)');
    await query(first.url, `insert into kept values ('stays')`);
    expect(
      await query(first.url, 'select name from pg_settings where setting = $1 and name = any($2)', [
        'on',
        ['fsync', 'full_page_writes', 'synchronous_commit'],
      ]),
    ).toHaveLength(3);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(await query(second.url, 'select word from kept')).toEqual([{ word: 'stays' }]);
    const stranger = new URL(second.url);
    stranger.password = 'wrong';
    await expect(query(stranger.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  test('survives its starter: the next one adopts the orphan and stops it in the end', async () => {
    const starter = await startInProcess();
    await query(starter.url, 'create table kept (word text)');
    starter.child.kill('SIGKILL');
    await once(starter.child, 'exit');
    expect(isAlive(starter.pid)).toBe(true);

    const next = await start();
    expect(next.pid).toBe(starter.pid);
    expect(await query(next.url, 'select word from kept')).toEqual([]);
    await next.stop();
    expect(isAlive(next.pid)).toBe(false);
  });

  test('survives a kill of the server itself: what was committed is there', async () => {
    const first = await start();
    await query(first.url, 'create table kept (word text)');
    await query(first.url, `insert into kept values ('committed')`);
    process.kill(first.pid, 'SIGKILL');

    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    expect(await query(second.url, 'select word from kept')).toEqual([{ word: 'committed' }]);
  });

  test('is revived at the same address after a kill, and left alone while it lives', async () => {
    const server = await start();
    expect(await server.revive()).toBe(false);
    process.kill(server.pid, 'SIGKILL');
    await expect.poll(() => isAlive(server.pid)).toBe(false);
    expect(await server.revive()).toBe(true);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is restarted when it lives and answers nobody', { timeout: 120_000 }, async () => {
    const server = await start({ lookEveryMs: 200 });
    await query(server.url, 'create table kept (word text)');
    const { pid } = server;
    process.kill(pid, 'SIGSTOP');
    await expect.poll(() => server.revive(), { timeout: 100_000 }).toBe(true);
    expect(server.pid).not.toBe(pid);
    expect(await query(server.url, 'select word from kept')).toEqual([]);
  });

  test('is restarted when its recovery hangs, and not while it goes on', { timeout: 120_000 }, async () => {
    const server = await start({ lookEveryMs: 200 });
    await query(
      server.url,
      'create table kept as select repeat(i::text, 30) as word from generate_series(1, 300000) i',
    );
    const { pid } = server;
    const startup = await crash(server);
    process.kill(startup, 'SIGSTOP');
    await expect(query(server.url, 'select 1')).rejects.toMatchObject({ code: '57P03' });

    // Whoever refused that connection may take a moment to be gone.
    let stands = '';
    await expect.poll(async () => stands === (stands = await recoveryWork(pid))).toBe(true);
    process.kill(startup, 'SIGCONT');
    await expect.poll(() => recoveryWork(pid), { interval: 1 }).not.toBe(stands);
    process.kill(startup, 'SIGSTOP');

    await expect.poll(() => server.revive(), { timeout: 100_000 }).toBe(true);
    expect(server.pid).not.toBe(pid);
    expect(await query(server.url, 'select count(*)::int from kept')).toEqual([{ count: 300_000 }]);
  });

  test('recognises a pid file whose pid belongs to something else', async () => {
    const first = await start();
    await first.stop();
    const lines = [process.pid, join(dataDir, 'postgres'), '1', '5432', '', '127.0.0.1', '', 'ready   ', ''];
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), lines.join('\n'));

    const second = await start();
    expect(second.pid).not.toBe(process.pid);
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('four processes that start at once on an empty directory end with one server', async () => {
    const started = await Promise.all([startInProcess(), startInProcess(), startInProcess(), startInProcess()]);
    expect(new Set(started.map(({ pid }) => pid)).size).toBe(1);
    expect(new Set(started.map(({ url }) => url)).size).toBe(1);
    expect((await readdir(dataDir)).filter((name) => name.includes('.init-'))).toEqual([]);
  });

  test('runs until its last user leaves, whoever started it', async () => {
    const starter = await startInProcess();
    const joined = await start();
    starter.child.send('stop');
    await once(starter.child, 'exit');
    expect(await query(joined.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await joined.stop();
    expect(isAlive(joined.pid)).toBe(false);
  });

  test('clears away what a start killed in the middle of making the cluster has left', async () => {
    await rm(join(dataDir, 'postgres'), { recursive: true, force: true });
    const dead = await startInProcess();
    dead.child.send('stop');
    await once(dead.child, 'exit');
    await rm(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, `postgres.init-${dead.child.pid}`), 'half');

    await start();
    expect((await readdir(dataDir)).filter((name) => name.includes('.init-'))).toEqual([]);
  });

  test('refuses a cluster of another major version, in words', async () => {
    const first = await start();
    await first.stop();
    const versionFile = join(dataDir, 'postgres', 'PG_VERSION');
    const version = await readFile(versionFile, 'utf8');
    await writeFile(versionFile, '17\n');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(/made by PostgreSQL 17/);
    await writeFile(versionFile, version);
  });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, ...options });
  servers.push(server);
  return server;
}

/** Kills a session, after which the server replays its log. @returns the process that does */
async function crash({ url, pid }: EmbeddedPostgres): Promise<number> {
  const session = new Client({ connectionString: url });
  session.on('error', () => {});
  await session.connect();
  const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
  for (;;) {
    for (const child of await childrenOf(pid)) {
      const title = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
      if (title.startsWith('postgres: startup')) return child;
    }
  }
}

async function startInProcess(): Promise<{ child: ChildProcess; pid: number; url: string }> {
  const child = fork(join(import.meta.dirname, 'starter.fixture.ts'), [dataDir]);
  starters.push(child);
  const [message] = (await once(child, 'message')) as [{ pid: number; url: string }];
  return { child, ...message };
}

async function query(url: string, sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    return rows;
  } finally {
    await client.end();
  }
}

/** Whether the process runs. One that has ended but is not yet reaped has no program any more. */
function isAlive(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}
