import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@parley/db';
import { createEmptyTestDatabase, createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { openTestRedis } from '@parley/jobs/testing';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT_ROOT, readEnvironment, type Environment } from '../env.ts';
import { startTestServer } from '../testing/test-server.ts';
import { examineDatabase } from './database.ts';
import { examine } from './doctor.ts';
import type { Finding } from './finding.ts';
import { examineDirectory, examinePort, examineWeb } from './machine.ts';
import { examineAddress, examineMail, examineRedis } from './surroundings.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-doctor-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code).toSorted();

function configured(env: Environment) {
  const read = readEnvironment(env);
  if (!read.ok) throw new Error(read.mistakes.join('\n'));
  return read.config;
}

async function listen(): Promise<Server & { port: number }> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** A port at which nobody listens. */
async function deadPort(): Promise<number> {
  const server = await listen();
  await new Promise((resolve) => void server.close(resolve));
  return server.port;
}

test('every mistake of the configuration is named', async () => {
  const findings = await examine({ PORT: '99999', DATABASE_URL: 'mysql://x', DATA_DIR: dataDir });
  expect(codes(findings)).toEqual(['CONFIGURATION', 'CONFIGURATION']);
});

describe('the data directory', () => {
  test('in order: nothing to say', async () => {
    expect(await examineDirectory({ dataDir })).toEqual([]);
  });

  test('that cannot be made', async () => {
    await writeFile(join(dataDir, 'file'), '');
    expect(codes(await examineDirectory({ dataDir: join(dataDir, 'file', 'data') }))).toEqual(['DIRECTORY_CLOSED']);
  });

  test('that others can read, with secrets that others can read', async () => {
    await chmod(dataDir, 0o755);
    await writeFile(join(dataDir, 'secrets.json'), '{}', { mode: 0o644 });
    expect(codes(await examineDirectory({ dataDir }))).toEqual(['DIRECTORY_OPEN', 'SECRETS_READABLE']);
  });

  test('with secrets that are damaged', async () => {
    await writeFile(join(dataDir, 'secrets.json'), '{"authSec', { mode: 0o600 });
    expect(codes(await examineDirectory({ dataDir }))).toEqual(['SECRETS_DAMAGED']);
  });

  test('on a disk with too little room', async () => {
    const roomBytes = Number.MAX_SAFE_INTEGER;
    expect(codes(await examineDirectory({ dataDir }, { roomBytes }))).toEqual(['DISK_FULL']);
  });
});

test('a web app that is not built', async () => {
  expect(codes(await examineWeb(dataDir))).toEqual(['WEB_NOT_BUILT']);
  await writeFile(join(dataDir, 'index.html'), '');
  expect(await examineWeb(dataDir)).toEqual([]);
});

test('a port that another program has; Parley itself may have it', async () => {
  const other = await listen();
  const parley = await startTestServer();
  try {
    expect(codes(await examinePort({ host: '127.0.0.1', port: other.port }))).toEqual(['PORT_TAKEN']);
    expect(await examinePort({ host: '127.0.0.1', port: parley.port })).toEqual([]);
    expect(await examinePort({ host: '127.0.0.1', port: await deadPort() })).toEqual([]);
  } finally {
    other.close();
    await parley.stop();
  }
});

describe('the database', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const changed = (change: (url: URL) => void): string => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  test('that is not there', async () => {
    const port = await deadPort();
    const findings = await examineDatabase(changed((url) => (url.port = String(port))));
    expect(codes(findings)).toEqual(['DATABASE_UNREACHABLE']);
  });

  test('with another password: it is not repeated', async () => {
    const findings = await examineDatabase(changed((url) => (url.password = 'open-sesame')));
    expect(codes(findings)).toEqual(['DATABASE_PASSWORD']);
    expect(JSON.stringify(findings)).not.toContain('open-sesame');
  });

  test('of another name', async () => {
    expect(codes(await examineDatabase(changed((url) => (url.pathname = '/nowhere'))))).toEqual(['DATABASE_MISSING']);
  });

  test('that is old, takes few connections, is not durable, and keeps another time', async () => {
    const demands = { version: 990_000, connections: 100_000, clockMs: -1 };
    expect(codes(await examineDatabase(database.url, demands))).toEqual([
      'DATABASE_CLOCK',
      'DATABASE_CONNECTIONS',
      'DATABASE_NOT_DURABLE',
      'DATABASE_OLD',
      'NOBODY_YET',
    ]);
  });

  test('with the schema of an older release, and no right to change it', async () => {
    const empty = await createEmptyTestDatabase();
    const { kysely, close } = openDatabase(empty.url, { as: 'owner', connections: 1 });
    const role = `doctor_${process.pid}`;
    await sql`create role ${sql.ref(role)} login password 'secret'`.execute(kysely);
    try {
      const url = new URL(empty.url);
      url.username = role;
      url.password = 'secret';
      expect(codes(await examineDatabase(url.href))).toEqual([
        'DATABASE_NOT_DURABLE',
        'DATABASE_RIGHTS',
        'DATABASE_ROLE',
        'SCHEMA_BEHIND',
      ]);
    } finally {
      await sql`drop role ${sql.ref(role)}`.execute(kysely);
      await close();
      await empty.drop();
    }
  });

  test('with a role for us that may do anything', async () => {
    const { kysely, close } = openDatabase(database.url, { as: 'owner', connections: 1 });
    const user = `doctor_owner_${process.pid}`;
    await sql`create role ${sql.ref(user)} login superuser password 'secret'`.execute(kysely);
    await sql`create role ${sql.ref(`${user}_app`)} superuser`.execute(kysely);
    try {
      const url = changed((to) => {
        to.username = user;
        to.password = 'secret';
      });
      expect(codes(await examineDatabase(url))).toContain('DATABASE_ROLE');
    } finally {
      await sql`drop role ${sql.ref(user)}, ${sql.ref(`${user}_app`)}`.execute(kysely);
      await close();
    }
  });

  test('of an encoding that cannot hold every letter', async () => {
    const { kysely, close } = openDatabase(database.url, { as: 'owner', connections: 1 });
    const name = `doctor_ascii_${process.pid}`;
    const options = sql.raw(`encoding 'SQL_ASCII' template template0 locale_provider 'libc' locale 'C'`);
    await sql`create database ${sql.ref(name)} ${options}`.execute(kysely);
    try {
      expect(codes(await examineDatabase(changed((url) => (url.pathname = `/${name}`))))).toContain(
        'DATABASE_ENCODING',
      );
    } finally {
      await sql`drop database ${sql.ref(name)} with (force)`.execute(kysely);
      await close();
    }
  });

  test('with work that nobody takes', async () => {
    const { kysely, close } = openDatabase(database.url, { sees: 'everything', connections: 1 });
    await sql`
      insert into job (kind, payload, created_at) values ('invitation.created', '{}', now() - interval '1 hour')
    `.execute(kysely);
    await close();
    expect(codes(await examineDatabase(database.url))).toContain('WORK_WAITS');
  });
});

describe('Redis', () => {
  test('that is not there', async () => {
    expect(codes(await examineRedis(`redis://127.0.0.1:${await deadPort()}`))).toEqual(['REDIS_UNREACHABLE']);
  });

  test('that evicts, then asks for a password', async () => {
    const server = await openTestRedis({ isShared: false });
    const redis = new Redis(server.url);
    try {
      expect(await examineRedis(server.url)).toEqual([]);
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      expect(codes(await examineRedis(server.url))).toEqual(['REDIS_EVICTS']);
      await redis.config('SET', 'requirepass', 'secret');
      expect(codes(await examineRedis(server.url))).toEqual(['REDIS_PASSWORD']);
    } finally {
      redis.disconnect();
      await server.stop();
    }
  });
});

describe('mail', () => {
  test('that cannot leave: nobody listens there', async () => {
    const mail = { MAIL_FROM: 'parley@example.org', SMTP_URL: `smtp://127.0.0.1:${await deadPort()}` };
    expect(codes(await examineMail(configured(mail)))).toEqual(['MAIL_UNREACHABLE']);
  });

  test('that is kept although others reach the installation', async () => {
    expect(codes(await examineMail(configured({ PUBLIC_URL: 'https://chat.example.org' })))).toEqual(['MAIL_KEPT']);
    expect(await examineMail(configured({}))).toEqual([]);
  });
});

test('an address that is not encrypted, and leads nowhere', async () => {
  const findings = await examineAddress({ publicUrl: `http://parley.invalid:${await deadPort()}` });
  expect(codes(findings)).toEqual(['ADDRESS_ELSEWHERE', 'ADDRESS_PLAIN']);
  expect(await examineAddress({ publicUrl: 'http://localhost:3000' })).toEqual([]);
});

test('an installation is looked over as a whole, and left as it was', async () => {
  const database = await createTestDatabase();
  const port = String(await deadPort());
  const findings = await examine({ PORT: port, DATA_DIR: dataDir, DATABASE_URL: database.url });
  await database.drop();
  const built = codes(await examineWeb(join(PROJECT_ROOT, 'apps', 'web', 'dist')));
  expect(codes(findings)).toEqual([...built, 'DATABASE_NOT_DURABLE', 'NOBODY_YET'].toSorted());
});
