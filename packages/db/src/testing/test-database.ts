import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's connection string of the run's throwaway cluster; set by its global setup. */
    testClusterUrl: string;
  }
}

/** A database of one test file, on the cluster that the run shares. */
export interface TestDatabase {
  url: string;
  /** Drops it, cutting the connections that are still open. */
  drop(): Promise<void>;
}

const TEMPLATE = 'parley_template';
// Any number that nobody else locks in the throwaway cluster.
const TEMPLATE_LOCK = 4_711;

/** A database with the newest schema and no rows. Takes some 50 ms: it is cloned from a template, migrated once a run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  await withMaintenance(ensureTemplate);
  return createDatabase(`template ${TEMPLATE} strategy file_copy`);
}

/** A database with nothing in it, not even the schema: for tests of migrations. */
export function createEmptyTestDatabase(): Promise<TestDatabase> {
  return createDatabase('template template0 strategy file_copy');
}

async function createDatabase(from: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withMaintenance((client) => client.query(`create database ${name} ${from}`));
  return {
    url: databaseUrl(name),
    drop: () => withMaintenance((client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

async function ensureTemplate(client: Client): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [TEMPLATE]);
  if (rowCount === 0) {
    // It gets its name when it is whole: a migration that fails fails again in the next file, instead of half working.
    const growing = `${TEMPLATE}_growing`;
    await client.query(`drop database if exists ${growing} with (force)`);
    await client.query(`create database ${growing} template template0 strategy file_copy`);
    const { migrateToLatest } = await import('../migrate.ts');
    await migrateToLatest(databaseUrl(growing));
    await client.query(`alter database ${growing} rename to ${TEMPLATE}`);
  }
  await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
}

async function withMaintenance(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: databaseUrl('postgres') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(name: string): string {
  const url = new URL(inject('testClusterUrl'));
  url.pathname = `/${name}`;
  return url.href;
}
