/** Groups in threads, with the worker as a process of its own: SPEC.md, [GRP3] and on. */
import { mutators, type MutatorArgs, type MutatorName } from '@parley/core/mutators';
import { isPaged, orgPeopleScope, orgScope, threadPeopleScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { createPostgresStorage, openDatabase, type DatabaseTransaction, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { createSyncServer, type Commit, type SyncServer } from '@parley/sync/server';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';

let database: TestDatabase;
let open: OpenDatabase;
let server: SyncServer<Tables, DatabaseTransaction>;
let worker: ChildProcess | undefined;
const orgId = newId();
const [alice, bob, carol] = [newId(), newId(), newId()];

beforeEach(async () => {
  database = await createTestDatabase();
  open = openDatabase(database.url, { sees: 'everything' });
  server = createSyncServer<Tables, DatabaseTransaction>({
    storage: createPostgresStorage(open.kysely),
    mutators,
    isPaged,
    ownScope: userScope,
    publish: () => {},
  });
  const people = { Alice: alice, Bob: bob, Carol: carol };
  const create = [orgScope(orgId), orgPeopleScope(orgId), ...Object.values(people).map(userScope)];
  await server.act(null, { create, write: [] }, async (tx, trx) => {
    tx.put('org', orgScope(orgId), orgId, { name: 'Acme', threadStarters: 'members', createdAt: tx.now });
    for (const [name, id] of Object.entries(people)) {
      await trx.insertInto('person').values({ id, name, merged_into: null }).execute();
      const common = { role: id === alice ? ('owner' as const) : ('member' as const), active: true, joinedAt: tx.now };
      tx.put('membership', userScope(id), orgId, { ...common, epoch: 1 });
      tx.put('person', orgPeopleScope(orgId), id, { ...common, name, email: null, placeholder: false });
    }
  });
});
afterEach(async () => {
  if (worker?.exitCode === null && worker.signalCode === null) {
    const gone = once(worker, 'exit');
    worker.kill('SIGKILL');
    await gone;
  }
  await open.close();
  await database.drop();
});

async function startWorker(commits: Commit[] = []): Promise<void> {
  const settings = { PUBLIC_URL: 'https://chat.example.org', AUTH_SECRET: 'x'.repeat(43), DATA_DIR: '/nowhere' };
  worker = fork(new URL('main.ts', import.meta.url).pathname, {
    env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: '', LOG_LEVEL: 'error', ...settings },
    execArgv: [],
  });
  worker.on('message', (message: { type: string; commit?: Commit }) => {
    if (message.commit) commits.push(message.commit);
  });
  await once(worker, 'message');
}

/** As if the person had pushed it. */
async function act<Name extends MutatorName>(personId: string, name: Name, args: MutatorArgs<Name>): Promise<void> {
  const mutator = mutators[name];
  const scopes = mutator.scopes(args as never, personId);
  await server.act(personId, scopes, (tx) => mutator.run(tx, args as never));
}

const participants = async (threadId: string): Promise<string[]> => {
  const rows = await open.kysely
    .selectFrom('participant')
    .select('name')
    .where('thread_id', '=', threadId)
    .where('left_at', 'is', null)
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
};
async function become(threadId: string, names: string[]): Promise<void> {
  while ((await participants(threadId)).join() !== names.join()) await delay(20);
}

test('[GRP3] [GRP4] a team’s people come and go with the worker, and those who are connected hear of it', async () => {
  const [teamId, threadId] = [newId(), newId()];
  await act(alice, 'createTeam', { orgId, teamId, name: 'Drivers', memberIds: [bob] });
  await act(alice, 'createThread', { threadId, orgId, subject: 'Rota', participantIds: [], groupIds: [teamId] });
  const commits: Commit[] = [];
  await startWorker(commits);
  await become(threadId, ['Alice', 'Bob']);
  await act(alice, 'changeTeam', { orgId, teamId, add: [carol], remove: [bob] });
  await become(threadId, ['Alice', 'Carol']);
  const lost = () => commits.flatMap((commit) => commit.lost.map(({ scope, personId }) => `${scope} ${personId}`));
  while (!lost().includes(`${threadPeopleScope(threadId)} ${bob}`)) await delay(20);
  expect(commits.flatMap(({ changes }) => changes.flatMap(({ recipients }) => recipients))).toContain(alice);
});

test('[GRP4] whoever has no business in a thread is taken out of it, though the work for it was lost', async () => {
  const [teamId, threadId] = [newId(), newId()];
  await act(alice, 'createTeam', { orgId, teamId, name: 'Drivers', memberIds: [bob, carol] });
  await act(alice, 'createThread', { threadId, orgId, subject: 'Rota', participantIds: [], groupIds: [teamId] });
  await startWorker();
  await become(threadId, ['Alice', 'Bob', 'Carol']);
  await open.kysely.transaction().execute(async (trx) => {
    await trx
      .updateTable('team')
      .set({ member_ids: JSON.stringify([bob]) })
      .execute();
    await trx.insertInto('job').values({ kind: 'housekeeping', payload: '{}' }).execute();
  });
  await become(threadId, ['Alice', 'Bob']);
  const kept = await open.kysely.selectFrom('participant').select('via').where('person_id', '=', carol).execute();
  expect(kept).toEqual([{ via: [] }]);
});
