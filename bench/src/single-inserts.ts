/** The limit of writing: rows of the size of a message, each a transaction of its own, on as many connections as there are senders. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Rival } from './contest.ts';
import { TEXT } from './texts.ts';

const INSERT = `insert into bench_insert (author, text) values (gen_random_uuid(), '${TEXT}')`;

/** Rows a second; by pgbench, and where that is not installed by a loop over `pg`. */
export async function singleInserts(url: string, connections: number, seconds: number): Promise<Rival> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`create table if not exists bench_insert
    (id bigint generated always as identity primary key, author uuid not null, text text not null)`);
  await client.end();
  const about = `single-row inserts on ${connections} connections`;
  return (await hasPgbench())
    ? { name: `pgbench, ${about}`, run: () => byPgbench(url, connections, seconds) }
    : { name: `a loop over pg, ${about}`, run: () => byLoop(url, connections, seconds) };
}

const run = promisify(execFile);
const hasPgbench = () =>
  run('pgbench', ['--version']).then(
    () => true,
    () => false,
  );

async function byPgbench(url: string, connections: number, seconds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const script = join(folder, 'insert.sql');
    await writeFile(script, `${INSERT};\n`);
    const args = ['-n', '-M', 'prepared', '-c', connections, '-j', 2, '-T', seconds, '-f', script, url].map(String);
    const { stdout } = await run('pgbench', args);
    const rate = /tps = ([\d.]+) \(without/.exec(stdout)?.[1];
    if (rate === undefined) throw new Error(`pgbench said something else:\n${stdout}`);
    return Number(rate);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function byLoop(url: string, connections: number, seconds: number): Promise<number> {
  const clients = Array.from({ length: connections }, () => new pg.Client(url));
  await Promise.all(clients.map((client) => client.connect()));
  let inserted = 0;
  const start = performance.now();
  const insert = async (client: pg.Client): Promise<void> => {
    while (performance.now() - start < seconds * 1_000) {
      await client.query({ name: 'insert', text: INSERT });
      inserted += 1;
    }
  };
  await Promise.all(clients.map(insert));
  const elapsed = performance.now() - start;
  await Promise.all(clients.map((client) => client.end()));
  return (inserted * 1_000) / elapsed;
}
