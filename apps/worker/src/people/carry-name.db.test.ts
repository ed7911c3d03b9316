import { mutators } from '@parley/core/mutators';
import { isPaged, orgPeopleScope, orgScope, threadPeopleScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { createPostgresStorage, openDatabase, type DatabaseTransaction, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { createSyncServer, type Commit, type SyncServer } from '@parley/sync/server';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { carryName } from './carry-name.ts';

let database: TestDatabase;
let open: OpenDatabase;
let server: SyncServer<Tables, DatabaseTransaction>;
const commits: Commit[] = [];
const [acme, globex] = [newId(), newId()];
const [alice, bob] = [newId(), newId()];
const threads = Array.from({ length: 120 }, () => newId());
const [left = ''] = threads;

beforeAll(async () => {
  database = await createTestDatabase();
  open = openDatabase(database.url, { sees: 'everything' });
  server = createSyncServer<Tables, DatabaseTransaction>({
    storage: createPostgresStorage(open.kysely),
    mutators,
    isPaged,
    ownScope: userScope,
    publish: (commit) => void commits.push(commit),
  });
  const create = [acme, globex].flatMap((id) => [orgScope(id), orgPeopleScope(id)]);
  const people = [alice, bob];
  await server.act(null, { create: [...create, ...people.map(userScope)], write: [] }, async (tx, trx) => {
    for (const [index, id] of people.entries()) {
      const name = index === 0 ? 'Alice' : 'Bob';
      await trx.insertInto('person').values({ id, name, merged_into: null }).execute();
      await trx
        .insertInto('auth_user')
        .values({ id, name, email: `${name}@example.org` })
        .execute();
      for (const orgId of [acme, globex]) {
        const common = { role: 'member' as const, active: true, joinedAt: tx.now };
        tx.put('org', orgScope(orgId), orgId, { name: 'One', threadStarters: 'members', createdAt: tx.now });
        tx.put('membership', userScope(id), orgId, { ...common, epoch: 1 });
        tx.put('person', orgPeopleScope(orgId), id, { ...common, name, email: null, placeholder: false });
      }
    }
  });
  for (const threadId of threads) {
    await act(bob, 'createThread', { threadId, orgId: acme, subject: 'Plans', participantIds: [alice] });
  }
  await act(alice, 'removeParticipant', { threadId: left, messageId: newId(), personId: alice });
});
afterAll(async () => {
  await open.close();
  await database.drop();
});

/** As if the person had pushed it. */
async function act(
  personId: string,
  name: 'createThread' | 'removeParticipant' | 'changeName',
  args: object,
): Promise<void> {
  const mutator = mutators[name];
  const parsed = mutator.args.parse(args);
  await server.act(personId, mutator.scopes(parsed as never, personId), (tx) => mutator.run(tx, parsed as never));
}
const carry = () => carryName({ db: open.kysely, acts: server }, { personId: alice });

/** Alice's names as Bob would get them who starts from nothing. */
async function namesOfAlice(): Promise<string[]> {
  const scopes = [orgPeopleScope(acme), orgPeopleScope(globex), ...threads.map(threadPeopleScope)];
  const caller = { protocol: PROTOCOL_VERSION, personId: bob, clientId: newId() };
  const { answers } = await server.pull(bob, {
    ...caller,
    incarnation: null,
    scopes: scopes.map((scope) => ({ scope, from: null, epoch: null, window: 5 })),
  });
  return answers.flatMap((answer) =>
    'rows' in answer
      ? answer.rows.flatMap(([, id, , data]) => (id === alice ? [(data as { name: string }).name] : []))
      : [],
  );
}

test('a new name reaches the account, every directory and every thread, also those that were left', async () => {
  await act(alice, 'changeName', { name: 'Alice Berg', orgIds: [acme] });
  expect(new Set(await namesOfAlice())).toEqual(new Set(['Alice', 'Alice Berg']));
  await carry();
  expect(await namesOfAlice()).toEqual(Array.from({ length: 122 }, () => 'Alice Berg'));
  const account = await open.kysely.selectFrom('auth_user').select('name').where('id', '=', alice).execute();
  expect(account).toEqual([{ name: 'Alice Berg' }]);
  const card = await open.kysely.selectFrom('person').select('name').where('id', '=', alice).execute();
  expect(card).toEqual([{ name: 'Alice Berg' }]);
});

test('it is told to those who read, and to nobody twice', async () => {
  await act(alice, 'changeName', { name: 'Alice Carlsen', orgIds: [] });
  commits.length = 0;
  await carry();
  const changes = commits.flatMap((commit) => commit.changes);
  expect(changes).toHaveLength(122);
  for (const change of changes) expect(change.recipients).toContain(bob);
  expect(changes.find(({ scope }) => scope === threadPeopleScope(left))?.recipients).toEqual([bob]);
  commits.length = 0;
  await carry();
  expect(commits.flatMap((commit) => commit.changes)).toEqual([]);
});

test('a worker that died in the middle is followed by one that does the rest', async () => {
  await act(alice, 'changeName', { name: 'Alice Dahl', orgIds: [] });
  let count = 0;
  const dying: typeof server.act = (...call) => {
    if ((count += 1) > 4) throw new Error('killed');
    return server.act(...call);
  };
  await expect(carryName({ db: open.kysely, acts: { act: dying } }, { personId: alice })).rejects.toThrow('killed');
  const half = await namesOfAlice();
  expect(half.filter((name) => name === 'Alice Dahl')).toHaveLength(52);
  await carry();
  expect(new Set(await namesOfAlice())).toEqual(new Set(['Alice Dahl']));
});

test('of two names the last one stays, however their jobs run', async () => {
  await act(alice, 'changeName', { name: 'Alice Eide', orgIds: [acme, globex] });
  const first = carry();
  await act(alice, 'changeName', { name: 'Alice Falk', orgIds: [acme, globex] });
  await Promise.all([first, carry()]);
  expect(new Set(await namesOfAlice())).toEqual(new Set(['Alice Falk']));
});
