import { mutators } from '@parley/core/mutators';
import { isPaged, orgPeopleScope, orgScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { createPostgresStorage, openDatabase, type DatabaseTransaction, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { createSyncServer, type Commit, type SyncServer } from '@parley/sync/server';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sendDue } from './send-due.ts';

type Server = SyncServer<Tables, DatabaseTransaction>;
type Name = 'createThread' | 'scheduleMessage' | 'changeScheduled' | 'cancelScheduled' | 'removeParticipant';

let database: TestDatabase;
let open: OpenDatabase;
let server: Server;
let commits: Commit[];
const orgId = newId();
const [alice, bob] = [newId(), newId()];

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
  const create = [orgScope(orgId), orgPeopleScope(orgId), userScope(alice), userScope(bob)];
  await server.act(null, { create, write: [] }, async (tx, trx) => {
    tx.put('org', orgScope(orgId), orgId, { name: 'Acme', threadStarters: 'members', createdAt: tx.now });
    for (const [id, name] of [
      [alice, 'Alice'],
      [bob, 'Bob'],
    ] as const) {
      await trx.insertInto('person').values({ id, name, merged_into: null }).execute();
      const common = { role: 'owner' as const, active: true, joinedAt: tx.now };
      tx.put('membership', userScope(id), orgId, { ...common, epoch: 1 });
      tx.put('person', orgPeopleScope(orgId), id, { ...common, name, email: null, placeholder: false });
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
async function startThread(): Promise<string> {
  const threadId = newId();
  await act(alice, 'createThread', { threadId, orgId, subject: 'Plans', participantIds: [bob] });
  return threadId;
}
async function schedule(threadId: string, text: string, due: number): Promise<string> {
  const messageId = newId();
  await act(bob, 'scheduleMessage', { threadId, messageId, text, replyTo: null, dueAt: due });
  return messageId;
}
const texts = async (threadId: string) =>
  (
    await open.kysely
      .selectFrom('message')
      .select(['text', 'seq'])
      .where('thread_id', '=', threadId)
      .where('kind', '<>', 'system')
      .orderBy('seq')
      .execute()
  ).map(({ text }) => text);
const rows = () =>
  open.kysely.selectFrom('scheduled').select(['id', 'text', 'failure']).where('deleted', '=', false).execute();
const errors: unknown[] = [];
const sending = () => ({ db: open.kysely, acts: server, onError: (error: unknown) => void errors.push(error) });

describe('scheduled messages', () => {
  test('go out when they are due, in their order, as if their author had sent them, and are told of', async () => {
    const threadId = await startThread();
    await schedule(threadId, 'second', 2_000);
    await schedule(threadId, 'first', 1_000);
    await schedule(threadId, 'tomorrow', 86_400_000);
    commits.length = 0;
    expect(await sendDue(sending(), { now: 2_000 })).toBe(2);
    expect(await texts(threadId)).toEqual(['first', 'second']);
    const [message] = await open.kysely.selectFrom('message').select('author_id').where('text', '=', 'first').execute();
    expect(message?.author_id).toBe(bob);
    expect((await rows()).map(({ text }) => text)).toEqual(['tomorrow']);
    expect(commits.flatMap(({ changes }) => changes.flatMap(({ recipients }) => recipients))).toContain(alice);
    expect(await sendDue(sending(), { now: 2_000 })).toBe(0);
  });

  test('go out once, however many look at the same moment', async () => {
    const threadId = await startThread();
    const all = Array.from({ length: 20 }, (_, n) => `note ${String(n).padStart(2, '0')}`);
    for (const [n, text] of all.entries()) await schedule(threadId, text, n);
    await Promise.all(Array.from({ length: 4 }, () => sendDue(sending(), { now: 100 })));
    expect((await texts(threadId)).sort()).toEqual(all);
    expect([await rows(), errors]).toEqual([[], []]);
  });

  test('keep to the time and text that they have when it comes to it', async () => {
    const threadId = await startThread();
    const moved = await schedule(threadId, 'too early', 1_000);
    const dropped = await schedule(threadId, 'never', 1_000);
    await act(bob, 'changeScheduled', { threadId, messageId: moved, text: 'in time', dueAt: 3_000 });
    await act(bob, 'cancelScheduled', { threadId, messageId: dropped });
    await sendDue(sending(), { now: 2_000 });
    expect(await texts(threadId)).toEqual([]);
    await sendDue(sending(), { now: 3_000 });
    expect(await texts(threadId)).toEqual(['in time']);
  });

  test('stay with their author, text and reason, where they are refused, and hold nobody up', async () => {
    const [left, other] = [await startThread(), await startThread()];
    const refused = await schedule(left, 'Too late', 1_000);
    await act(alice, 'removeParticipant', { threadId: left, messageId: newId(), personId: bob });
    await schedule(other, 'In time', 2_000);
    await sendDue(sending(), { now: 2_000 });
    expect(await texts(other)).toEqual(['In time']);
    expect(await rows()).toMatchObject([{ id: refused, text: 'Too late', failure: { code: 'not_found' } }]);
    expect(await sendDue(sending(), { now: 3_000 })).toBe(0);
    await act(bob, 'cancelScheduled', { threadId: left, messageId: refused });
    expect(await rows()).toEqual([]);
  });

  test('go out once though the worker is killed again and again', { timeout: 120_000 }, async () => {
    const threadId = await startThread();
    const all = Array.from({ length: 30 }, (_, n) => `note ${String(n).padStart(2, '0')}`);
    for (const [n, text] of all.entries()) await schedule(threadId, text, n);
    const main = new URL('../main.ts', import.meta.url).pathname;
    const settings = { PUBLIC_URL: 'https://chat.example.org', AUTH_SECRET: 'x'.repeat(43), DATA_DIR: '/nowhere' };
    let kills = 0;
    for (let sent = 0; sent < all.length; sent = (await texts(threadId)).length) {
      const child = fork(main, {
        env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: '', LOG_LEVEL: 'error', ...settings },
        execArgv: [],
      });
      const gone = once(child, 'exit');
      // Somewhere in the middle of the next few.
      while ((await texts(threadId)).length < Math.min(all.length, sent + 12)) await delay(2);
      child.kill('SIGKILL');
      kills += 1;
      expect(await gone).toEqual([null, 'SIGKILL']);
    }
    expect(kills).toBeGreaterThan(1);
    expect((await texts(threadId)).sort()).toEqual(all);
    expect(await rows()).toEqual([]);
  });
});
