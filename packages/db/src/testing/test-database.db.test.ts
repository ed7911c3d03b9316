import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createDurableTestCluster } from './test-cluster.ts';
import { createEmptyTestDatabase, createTestDatabase } from './test-database.ts';

test('two test databases have the schema and nothing of each other', async () => {
  const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await query(first.url, 'create table only_here ()');
  expect(await tables(second.url)).not.toContain('only_here');
  expect((await tables(second.url)).length).toBeGreaterThan(0);
  await first.drop();
  await second.drop();
  await expect(query(first.url, 'select 1')).rejects.toThrow(/does not exist/);
});

test('an empty test database has no table', async () => {
  const empty = await createEmptyTestDatabase();
  expect(await tables(empty.url)).toEqual([]);
  await empty.drop();
});

test('a durable cluster comes back at the same address after a kill', async () => {
  const cluster = await createDurableTestCluster();
  await query(cluster.url, 'create table kept ()');
  await cluster.kill();
  await expect(query(cluster.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  await cluster.start();
  expect(await tables(cluster.url)).toEqual(['kept']);
  await cluster.remove();
});

async function tables(url: string): Promise<unknown[]> {
  const rows = await query(url, `select tablename from pg_tables where schemaname = 'public'`);
  return rows.map(({ tablename }) => tablename);
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
