import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMigrated, openDatabase } from '@parley/db';
import { createEmptyTestDatabase } from '@parley/db/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigurationError, openInstallation } from './installation.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-installation-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

test('the embedded database is started, migrated, shared by two who open it, and gone after both', async () => {
  const [first, second] = await Promise.all([open(), open()]);
  expect(first.databaseUrl).toBe(second.databaseUrl);
  expect(first.secrets).toEqual(second.secrets);
  await first.close();
  await first.close();
  expect(await isMigrated(second.databaseUrl)).toBe(true);
  await second.close();
  await expect(isMigrated(second.databaseUrl)).rejects.toThrow(/ECONNREFUSED/);
});

test('an external database is migrated, and no other is made', async () => {
  const external = await createEmptyTestDatabase();
  const installation = await open({ DATABASE_URL: external.url });
  expect(installation.databaseUrl).toBe(external.url);
  expect(await isMigrated(external.url)).toBe(true);
  await installation.close();
  expect(await readdir(dataDir)).toEqual(['secrets.json']);
  await external.drop();
});

test('an external database that cannot be used is named without its password', async () => {
  const external = await createEmptyTestDatabase();
  await external.drop();
  const wrongPassword = new URL(external.url);
  wrongPassword.password = 'hunter2';
  for (const url of [external.url, wrongPassword.href, 'postgres://parley:hunter2@127.0.0.1:1/parley']) {
    const error = await open({ DATABASE_URL: url }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toMatch(/DATABASE_URL: 127\.0\.0\.1:\d+\/\w+ cannot be used: /);
    expect(String(error)).not.toContain(new URL(url).password);
  }
});

test('an external database whose user can have no role for the application is refused in words', async () => {
  const external = await createEmptyTestDatabase();
  const owner = openDatabase(external.url, { as: 'owner', connections: 1 });
  const user = `poor_${process.pid}`;
  await sql`create role ${sql.ref(user)} login password 'secret'`.execute(owner.kysely);
  await sql`grant all on schema public to ${sql.ref(user)}`.execute(owner.kysely);
  const url = new URL(external.url);
  url.username = user;
  url.password = 'secret';
  const refusal: unknown = await open({ DATABASE_URL: url.href }).catch((reason: unknown) => reason);
  expect(refusal).toBeInstanceOf(ConfigurationError);
  expect(String(refusal)).toContain(`create role "${user}_app" nologin; grant "${user}_app" to "${user}"`);
  await owner.close();
  await external.drop();
});

function open(env: Record<string, string> = {}) {
  return openInstallation({ env: { DATA_DIR: dataDir, ...env } });
}
