import { mutators } from '@parley/core/mutators';
import { changeOrganisation, organisationScopes } from '@parley/core/organisation-settings';
import { isPaged, orgPeopleScope, orgScope, receiptsScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import {
  createPostgresStorage,
  eraseOrganisation,
  openDatabase,
  type DatabaseTransaction,
  type OpenDatabase,
} from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { createSyncServer, type Commit, type SyncServer } from '@parley/sync/server';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tidy } from '../housekeeping.ts';
import { flushOnce } from './flush-receipts.ts';

type Server = SyncServer<Tables, DatabaseTransaction>;
type Name = 'createThread' | 'sendMessage' | 'markRead' | 'markUnread' | 'removeParticipant' | 'changeSettings';

let database: TestDatabase;
let open: OpenDatabase;
let server: Server;
let commits: Commit[];
const orgId = newId();
const [alice, bob, erin] = [newId(), newId(), newId()];

beforeEach(async () => {
  database = await createTestDatabase();
  open = openDatabase(database.url, { sees: 'everything' });
  commits = [];
  server = createSyncServer<Tables, DatabaseTransaction>({
    storage: createPostgresStorage(open.kysely),
    mutators,
    isPaged,
    ownScope: userScope,
    publish: (commit) => void commits.push(commit),
  });
  const create = [orgScope(orgId), orgPeopleScope(orgId), ...[alice, bob, erin].map(userScope)];
  await server.act(null, { create, write: [] }, async (tx, trx) => {
    tx.put('org', orgScope(orgId), orgId, { name: 'Acme', threadStarters: 'members', createdAt: tx.now });
    for (const id of [alice, bob, erin]) {
      await trx.insertInto('person').values({ id, name: 'Somebody', merged_into: null }).execute();
      const common = { role: 'owner' as const, active: true, joinedAt: tx.now };
      tx.put('membership', userScope(id), orgId, { ...common, epoch: 1 });
      tx.put('person', orgPeopleScope(orgId), id, { ...common, name: 'Somebody', email: null, placeholder: false });
    }
  });
});
afterEach(async () => {
  await open.close();
  await database.drop();
});

/** As if the person had pushed it. */
async function act(personId: string, name: Name, args: object): Promise<void> {
  const mutator = mutators[name];
  const parsed = mutator.args.parse(args);
  await server.act(personId, mutator.scopes(parsed as never, personId), (tx) => mutator.run(tx, parsed as never));
}
async function startThread(messages = 3): Promise<string> {
  const threadId = newId();
  await act(alice, 'createThread', { threadId, orgId, subject: 'Plans', participantIds: [bob, erin] });
  for (let n = 1; n <= messages; n += 1) {
    await act(alice, 'sendMessage', { threadId, messageId: newId(), text: `${n}` });
  }
  return threadId;
}
const read = (personId: string, threadId: string, seq: number) =>
  act(personId, 'markRead', { threadId, seq, markEpoch: 0 });
const switchOrg = (receipts: boolean) =>
  server.act(alice, organisationScopes(orgId), (tx) => changeOrganisation(tx, orgId, { receipts }));

const errors: unknown[] = [];
const flushing = (over: OpenDatabase = open, acts: Server = server) => ({
  db: over.kysely,
  acts,
  onError: (error: unknown) => void errors.push(error),
});
const flush = () => flushOnce(flushing());
const jobs = async () =>
  (await open.kysely.selectFrom('job').select('kind').where('kind', 'like', 'receipts.%').execute()).length;
async function receipts(threadId: string): Promise<Record<string, number>> {
  const rows = await open.kysely
    .selectFrom('receipt')
    .select(['person_id', 'up_to'])
    .where('thread_id', '=', threadId)
    .where('deleted', '=', false)
    .execute();
  return Object.fromEntries(rows.map(({ person_id: id, up_to: upTo }) => [id, upTo]));
}
const version = async (threadId: string) =>
  (
    await open.kysely
      .selectFrom('sync_scope')
      .select('version')
      .where('id', '=', receiptsScope(threadId))
      .executeTakeFirst()
  )?.version;

describe('receipts', () => {
  test('[RCPT2] of all who read meanwhile are one change, told to those who read the thread, and leave no job', async () => {
    const threadId = await startThread();
    for (const reader of [alice, bob, erin]) for (const seq of [1, 2, 3]) await read(reader, threadId, seq);
    expect(await jobs()).toBe(9);
    commits.length = 0;
    expect(await flush()).toBe(1);
    expect(await receipts(threadId)).toEqual({ [alice]: 3, [bob]: 3, [erin]: 3 });
    const changes = commits.flatMap((commit) => commit.changes);
    expect(changes).toMatchObject([{ scope: receiptsScope(threadId), from: 1, to: 2 }]);
    expect(changes[0]?.recipients?.toSorted()).toEqual([alice, bob, erin].toSorted());
    expect(await jobs()).toBe(0);
    expect(await flush()).toBe(0);
  });

  test('[RCPT2] are brought up to date once, however many are at it', async () => {
    const threadIds = [await startThread(), await startThread(), await startThread()];
    for (const threadId of threadIds) for (const reader of [bob, erin]) await read(reader, threadId, 2);
    await Promise.all(Array.from({ length: 4 }, flush));
    for (const threadId of threadIds) {
      expect(await version(threadId)).toBe(2);
      expect(await receipts(threadId)).toEqual({ [bob]: 2, [erin]: 2 });
    }
    expect([await jobs(), errors]).toEqual([0, []]);
  });

  test(
    '[RCPT2] miss nothing that was read, though the worker is killed again and again',
    { timeout: 120_000 },
    async () => {
      const threadIds: string[] = [];
      for (let n = 0; n < 40; n += 1) threadIds.push(await startThread(1));
      for (const threadId of threadIds) for (const reader of [bob, erin]) await read(reader, threadId, 1);
      const main = new URL('../main.ts', import.meta.url).pathname;
      const settings = { PUBLIC_URL: 'https://chat.example.org', AUTH_SECRET: 'x'.repeat(43), DATA_DIR: '/nowhere' };
      let kills = 0;
      for (let left = await jobs(); left > 0; left = await jobs()) {
        const child = fork(main, {
          env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: '', LOG_LEVEL: 'error', ...settings },
          execArgv: [],
        });
        const gone = once(child, 'exit');
        // Somewhere in the middle of the next few.
        while ((await jobs()) > Math.max(0, left - 16)) await delay(2);
        child.kill('SIGKILL');
        kills += 1;
        expect(await gone).toEqual([null, 'SIGKILL']);
      }
      expect(kills).toBeGreaterThan(1);
      for (const threadId of threadIds) {
        expect(await receipts(threadId)).toEqual({ [bob]: 1, [erin]: 1 });
        expect(await version(threadId)).toBe(2);
      }
    },
  );

  test('[RCPT3] go and come with the switch of a person, in all their threads', async () => {
    const threadIds = [await startThread(), await startThread()];
    for (const threadId of threadIds) for (const reader of [bob, erin]) await read(reader, threadId, 2);
    await flush();
    await act(bob, 'changeSettings', { receipts: false });
    expect(await jobs()).toBe(1);
    await flush();
    for (const threadId of threadIds) expect(await receipts(threadId)).toEqual({ [erin]: 2 });
    await act(bob, 'changeSettings', { receipts: true });
    await flush();
    for (const threadId of threadIds) expect(await receipts(threadId)).toEqual({ [bob]: 2, [erin]: 2 });
    expect(await jobs()).toBe(0);
  });

  test('[RCPT3] go and come with the switch of an organisation', async () => {
    const threadIds = [await startThread(), await startThread()];
    for (const threadId of threadIds) await read(bob, threadId, 2);
    await flush();
    await switchOrg(false);
    await flush();
    for (const threadId of threadIds) expect(await receipts(threadId)).toEqual({});
    await switchOrg(true);
    await flush();
    for (const threadId of threadIds) expect(await receipts(threadId)).toEqual({ [bob]: 2 });
  });

  test('[RCPT3] of somebody who leaves go with them', async () => {
    const threadId = await startThread();
    await read(bob, threadId, 2);
    await flush();
    await act(alice, 'removeParticipant', { threadId, messageId: newId(), personId: bob });
    await flush();
    expect(await receipts(threadId)).toEqual({});
  });

  test('of a thread that is gone leave no job behind, and hold nobody up', async () => {
    const [gone, other] = [await startThread(), await startThread()];
    for (const threadId of [gone, other]) await read(bob, threadId, 1);
    const { kysely } = open;
    await kysely.deleteFrom('sync_scope').where('id', 'like', `%thread:${gone}`).execute();
    await flush();
    expect(await receipts(other)).toEqual({ [bob]: 1 });
    await kysely.transaction().execute((trx) => eraseOrganisation(trx, { orgId, personIds: [] }));
    expect(await kysely.selectFrom('receipt').select('person_id').execute()).toEqual([]);
    expect([await jobs(), errors]).toEqual([0, []]);
  });

  test('are had by a thread that a server of the release before has started', async () => {
    const threadId = await startThread();
    await open.kysely.deleteFrom('sync_scope').where('id', '=', receiptsScope(threadId)).execute();
    await read(bob, threadId, 2);
    await flush();
    expect(await receipts(threadId)).toEqual({ [bob]: 2 });
    expect(await version(threadId)).toBe(2);
    expect(await jobs()).toBe(0);
  });

  test('wait for the worker as long as it takes: housekeeping leaves their jobs alone', async () => {
    const threadId = await startThread();
    await read(bob, threadId, 2);
    await act(bob, 'changeSettings', { receipts: false });
    await tidy(open.kysely, Date.now() + 30 * 86_400_000);
    expect(await jobs()).toBe(2);
  });
});
