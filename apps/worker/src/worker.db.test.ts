import { openDatabase, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tidy } from './housekeeping.ts';
import { relayOnce } from './relay.ts';

let database: TestDatabase;
let open: OpenDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  open = openDatabase(database.url, { sees: 'everything' });
});
afterEach(async () => {
  await open.close();
  await database.drop();
});

const DAY = 86_400_000;
const uuid = (n: number) => `01920000-0000-7000-8000-${String(n).padStart(12, '0')}`;

describe('housekeeping', () => {
  test('deletes what is old and keeps what is not', async () => {
    const db = open.kysely;
    const now = Date.now();
    const at = (age: number) => new Date(now - age);
    await db
      .insertInto('person')
      .values({ id: uuid(1), name: 'Alice' })
      .execute();
    await db
      .insertInto('auth_user')
      .values({ id: uuid(1), name: 'Alice', email: 'alice@example.org' })
      .execute();
    await db
      .insertInto('sync_client')
      .values({ id: uuid(2), person_id: uuid(1) })
      .execute();
    const result = { person_id: uuid(1), client_id: uuid(2), lane: 'x', status: 'applied' as const };
    const invitation = { org_id: uuid(3), email: 'bob@example.org', role: 'member' as const };
    await db
      .insertInto('mutation_result')
      .values([
        { ...result, id: uuid(10), n: 1, created_at: at(31 * DAY) },
        { ...result, id: uuid(11), n: 2, created_at: at(29 * DAY) },
      ])
      .execute();
    await db
      .insertInto('job')
      .values([
        { kind: 'message.sent', payload: '{}', created_at: at(2 * DAY) },
        { kind: 'message.sent', payload: '{}', created_at: at(DAY / 2) },
        { kind: 'housekeeping', payload: '{}', created_at: at(2 * DAY) },
      ])
      .execute();
    await db
      .insertInto('invitation')
      .values([
        { ...invitation, id: uuid(20), token_hash: 'a', expires_at: at(91 * DAY) },
        { ...invitation, id: uuid(21), token_hash: 'b', expires_at: at(89 * DAY) },
      ])
      .execute();
    await db
      .insertInto('auth_session')
      .values([
        { id: 'over', user_id: uuid(1), token: 'a', expires_at: at(1) },
        { id: 'alive', user_id: uuid(1), token: 'b', expires_at: at(-DAY) },
      ])
      .execute();
    await db
      .insertInto('last_seen')
      .values([91, 89].map((days, n) => ({ scope: `org:${n}`, person_id: uuid(1), at: at(days * DAY) })))
      .execute();
    expect(await tidy(db, now)).toEqual({
      mutationResults: 1,
      jobs: 1,
      invitations: 1,
      sessions: 1,
      verifications: 0,
      lastSeen: 1,
      tombstones: 0,
    });
    expect(await tidy(db, now)).toEqual({
      mutationResults: 0,
      jobs: 0,
      invitations: 0,
      sessions: 0,
      verifications: 0,
      lastSeen: 0,
      tombstones: 0,
    });
    expect(await db.selectFrom('auth_session').select('id').execute()).toEqual([{ id: 'alive' }]);
    expect(await db.selectFrom('job').select('kind').orderBy('id').execute()).toEqual([
      { kind: 'message.sent' },
      { kind: 'housekeeping' },
    ]);
  });

  test('takes more than one bite where there is much', async () => {
    const rows = Array.from({ length: 5_200 }, () => ({
      kind: 'message.sent',
      payload: '{}',
      created_at: new Date(Date.now() - 2 * DAY),
    }));
    await open.kysely.insertInto('job').values(rows).execute();
    expect((await tidy(open.kysely, Date.now())).jobs).toBe(5_200);
  });
});

describe('the relay', () => {
  const insert = (kind: string) =>
    open.kysely.insertInto('job').values({ kind, payload: '{}' }).returning('id').executeTakeFirstOrThrow();
  const kinds = () => open.kysely.selectFrom('job').select('kind').execute();

  test('hands over rows whose kind has a queue, in order, and leaves the others', async () => {
    const first = await insert('housekeeping');
    await insert('message.sent');
    const second = await insert('housekeeping');
    const added: string[] = [];
    const queues = { add: async (_name: string, _payload: object, { id }: { id: string }) => void added.push(id) };
    expect(await relayOnce(open.kysely, queues)).toBe(2);
    expect(added).toEqual([`job-${first.id}`, `job-${second.id}`]);
    expect(await kinds()).toEqual([{ kind: 'message.sent' }]);
  });

  test('keeps what the queue did not accept, and hands it over again under the same id', async () => {
    await insert('housekeeping');
    await insert('housekeeping');
    const added: string[] = [];
    const queues = {
      async add(_name: string, _payload: object, { id }: { id: string }) {
        if (added.length === 1) throw new Error('away');
        added.push(id);
      },
    };
    await expect(relayOnce(open.kysely, queues)).rejects.toThrow('away');
    expect(await kinds()).toHaveLength(1);
    added.length = 0;
    await relayOnce(open.kysely, queues);
    expect(await kinds()).toEqual([]);
  });
});

test('a worker process says that it is ready, does what it finds, and drains when asked or left alone', async () => {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const settings = { PUBLIC_URL: 'https://chat.example.org', AUTH_SECRET: 'x'.repeat(43), DATA_DIR: '/nowhere' };
  const start = async () => {
    const child = fork(main, {
      env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: '', LOG_LEVEL: 'error', ...settings },
      execArgv: [],
    });
    expect((await once(child, 'message'))[0]).toEqual({ type: 'ready' });
    return child;
  };
  await open.kysely.insertInto('job').values({ kind: 'housekeeping', payload: '{}' }).execute();
  const asked = await start();
  while ((await open.kysely.selectFrom('job').select('id').execute()).length > 0) await delay(20);
  asked.kill('SIGTERM');
  expect(await once(asked, 'exit')).toEqual([0, null]);
  const left = await start();
  left.disconnect();
  expect(await once(left, 'exit')).toEqual([0, null]);
});
