/** Exactly once and in order, whatever is repeated, reordered or lost. Rules: SPEC.md, [PUSH1] and on. */
import { threadScope, userScope } from '@parley/core/scopes';
import { LIMITS, PROTOCOL_VERSION, type WireMutation } from '@parley/sync/protocol';
import { RECIPIENTS } from '@parley/sync/server';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../connection.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  openInstallation,
  orgs,
  people,
  seed,
  startThread,
  TestClient,
  type InstallationOptions,
  type TestInstallation,
} from './acme.fixture.ts';
import { beforeCommit } from './cursor-proof.fixture.ts';

let testDatabase: TestDatabase;
let installation: TestInstallation;
const opened: TestInstallation[] = [];
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ close }) => close()));
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);
const newThread = (): Promise<string> => startThread(installation.server, [people.bob]);
const saying = (client: TestClient, threadId: string, text = 'hello', messageId = newId()): WireMutation =>
  client.mutation('sendMessage', { threadId, messageId, text });

function openWith(options: InstallationOptions): TestInstallation {
  const other = openInstallation(testDatabase.url, options);
  opened.push(other);
  return other;
}

function messagesOf(threadId: string) {
  return installation.database.kysely
    .selectFrom('message')
    .selectAll()
    .where('thread_id', '=', threadId)
    .orderBy('seq')
    .execute();
}
const textsOf = async (threadId: string) => (await messagesOf(threadId)).map(({ text }) => text);

/** The same client, talking to the server through another process. */
const pushThrough = async (other: TestInstallation, client: TestClient, ...mutations: WireMutation[]) =>
  (await other.server.push(client.personId, { ...client.caller, incarnation: null, mutations })).results;

describe('[PUSH1] a mutation is done once', () => {
  test('however often it is repeated, with the same answer', async () => {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    const mutation = saying(alice, threadId);
    const answers = [
      await alice.push(mutation),
      await alice.push(mutation),
      await alice.push(mutation, mutation),
    ].flat();
    expect(answers[0]).toMatchObject({ status: 'applied' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await textsOf(threadId)).toEqual(['hello']);
  });

  test('when it arrives eight times at once', async () => {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    for (const mutation of [saying(alice, threadId, 'first'), saying(alice, threadId, 'second')]) {
      const answers = (await Promise.all(Array.from({ length: 8 }, () => alice.push(mutation)))).flat();
      expect(answers[0]).toMatchObject({ status: 'applied' });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
    expect(await textsOf(threadId)).toEqual(['first', 'second']);
  });

  test('when it was committed and the answer was lost', async () => {
    const threadId = await newThread();
    let losses = 0;
    const losing = openWith({
      wrap: (storage) => ({
        ...storage,
        async write(work) {
          await storage.write(work);
          losses += 1;
          throw new Error('the answer was lost');
        },
      }),
    });
    const alice = clientOf(people.alice);
    const mutation = saying(alice, threadId);
    await expect(pushThrough(losing, alice, mutation)).rejects.toThrow('the answer was lost');
    expect(losses).toBe(1);
    expect(await alice.push(mutation)).toMatchObject([{ status: 'applied' }]);
    expect(await textsOf(threadId)).toEqual(['hello']);
  });

  test('when the server was killed before it committed', async () => {
    const threadId = await newThread();
    const killer = openDatabase(testDatabase.url, { as: 'owner', connections: 1 });
    let kills = 0;
    const killed = openWith({
      wrap: beforeCommit(async ({ native }) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(native);
        await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(killer.kysely);
        kills += 1;
      }),
    });
    const alice = clientOf(people.alice);
    const mutation = saying(alice, threadId);
    await expect(pushThrough(killed, alice, mutation)).rejects.toThrow();
    await killer.close();
    expect(kills).toBe(1);
    expect(await textsOf(threadId)).toEqual([]);
    expect(await alice.push(mutation)).toMatchObject([{ status: 'applied' }]);
    expect(await textsOf(threadId)).toEqual(['hello']);
  });

  test('when a copy of the client sends it too, one after the other and both at once', async () => {
    const threadId = await newThread();
    const [alice, copy] = [clientOf(people.alice), clientOf(people.alice)];
    const first = saying(alice, threadId, 'first');
    const answer = await alice.push(first);
    expect(await copy.push({ ...saying(copy, threadId), id: first.id, args: first.args })).toEqual(answer);

    const second = saying(alice, threadId, 'second');
    const again = { ...saying(copy, threadId), id: second.id, args: second.args };
    const [one, other] = await Promise.all([alice.push(second), copy.push(again)]);
    expect(one).toEqual(other);
    expect(await copy.push(saying(copy, threadId, 'third'))).toMatchObject([{ status: 'applied' }]);
    expect(await textsOf(threadId)).toEqual(['first', 'second', 'third']);
  });
});

describe('[PUSH2] order holds inside a lane', () => {
  test('what comes too early is told what is expected, and is not done', async () => {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    const [first, second, third] = ['1', '2', '3'].map((text) => saying(alice, threadId, text)) as [
      WireMutation,
      WireMutation,
      WireMutation,
    ];
    expect(await alice.push(third, second)).toMatchObject([
      { status: 'gap', expected: 1 },
      { status: 'gap', expected: 1 },
    ]);
    expect(await alice.push(first, third, second)).toMatchObject([
      { status: 'applied' },
      { status: 'gap', expected: 2 },
      { status: 'applied' },
    ]);
    expect(await alice.push(third)).toMatchObject([{ status: 'applied' }]);
    expect(await textsOf(threadId)).toEqual(['1', '2', '3']);
  });

  test('lanes do not wait for each other', async () => {
    const [threadId, other] = [await newThread(), await newThread()];
    const alice = clientOf(people.alice);
    saying(alice, threadId, 'never sent');
    expect(await alice.push(saying(alice, threadId), saying(alice, other, 'on its way'))).toMatchObject([
      { status: 'gap', expected: 1 },
      { status: 'applied' },
    ]);
    expect(await textsOf(other)).toEqual(['on its way']);
  });
});

test('[PUSH3] a refusal uses up its place, writes nothing, and stays a refusal', async () => {
  const threadId = await newThread();
  const alice = clientOf(people.alice);
  const refused = alice.mutation('editMessage', { threadId, messageId: newId(), text: 'of nothing' });
  const answer = await alice.push(refused);
  expect(answer).toMatchObject([{ status: 'rejected', code: 'not_found' }]);
  expect(await alice.push(refused)).toEqual(answer);
  expect(await alice.push(saying(alice, threadId))).toMatchObject([{ status: 'applied' }]);
});

test('[PUSH4] a place used by another mutation is a fork, and nothing is done', async () => {
  const threadId = await newThread();
  const alice = clientOf(people.alice);
  const mutation = saying(alice, threadId);
  await alice.push(mutation);
  const other = { ...mutation, id: newId(), args: { threadId, messageId: newId(), text: 'of the copy' } };
  expect(await alice.push(other)).toEqual([{ id: other.id, status: 'fork' }]);
  expect(await textsOf(threadId)).toEqual(['hello']);
});

test('[PUSH4] after a restore from backup everything forks, and nothing is done', async () => {
  const threadId = await newThread();
  const alice = clientOf(people.alice);
  const mutations = [saying(alice, threadId)];
  const { results } = await installation.server.push(people.alice, {
    ...alice.caller,
    incarnation: newId(),
    mutations,
  });
  expect(results).toMatchObject([{ status: 'fork' }]);
  expect(await textsOf(threadId)).toEqual([]);
});

test('[PUSH5] a result that is no longer kept is unknown, and is not done again', async () => {
  const threadId = await newThread();
  const alice = clientOf(people.alice);
  const mutation = saying(alice, threadId);
  await alice.push(mutation);
  await installation.database.kysely.deleteFrom('mutation_result').where('id', '=', mutation.id).execute();
  expect(await alice.push(mutation)).toEqual([{ id: mutation.id, status: 'unknown' }]);
  expect(await textsOf(threadId)).toEqual(['hello']);
});

describe('[PUSH6] what hangs on something earlier', () => {
  test('waits for it without losing its place', async () => {
    const [threadId, other] = [await newThread(), await newThread()];
    const alice = clientOf(people.alice);
    const first = saying(alice, threadId);
    const second = { ...saying(alice, other), after: [first.id] };
    expect(await alice.push(second)).toEqual([{ id: second.id, status: 'not_yet' }]);
    expect(await alice.push(first, second)).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);
  });

  test('is told when it was refused, without losing its place', async () => {
    const [threadId, other] = [await newThread(), await newThread()];
    const alice = clientOf(people.alice);
    const refused = alice.mutation('deleteMessage', { threadId, messageId: newId() });
    const second = saying(alice, other);
    expect(await alice.push(refused, { ...second, after: [refused.id] })).toMatchObject([
      { status: 'rejected' },
      { status: 'dependency_failed' },
    ]);
    expect(await alice.push(second)).toMatchObject([{ status: 'applied' }]);
  });

  test('never hangs on what somebody else did', async () => {
    const threadId = await newThread();
    const [alice, bob] = [clientOf(people.alice), clientOf(people.bob)];
    const ofBob = saying(bob, threadId);
    await bob.push(ofBob);
    expect(await alice.push({ ...saying(alice, threadId), after: [ofBob.id] })).toMatchObject([{ status: 'not_yet' }]);
  });
});

describe('[PUSH7] a request is refused whole', () => {
  test('in the name of somebody else, by a client of somebody else, of another protocol, too large', async () => {
    const threadId = await newThread();
    const [alice, bob] = [clientOf(people.alice), clientOf(people.bob)];
    await alice.push(saying(alice, threadId));
    const push = (personId: string, request: object) =>
      installation.server.push(personId, {
        ...alice.caller,
        incarnation: null,
        mutations: [saying(alice, threadId, 'refused')],
        ...request,
      });
    const code = (value: string) => ({ name: 'RequestError', code: value });
    await expect(push(people.bob, {})).rejects.toMatchObject(code('WRONG_ACCOUNT'));
    await expect(push(people.bob, { ...bob.caller, clientId: alice.clientId })).rejects.toMatchObject(
      code('WRONG_ACCOUNT'),
    );
    await expect(push(people.alice, { protocol: PROTOCOL_VERSION + 2 })).rejects.toMatchObject(code('OUTDATED'));
    const many = Array.from({ length: 10_000 }, () => saying(alice, threadId));
    await expect(push(people.alice, { mutations: many })).rejects.toMatchObject(code('TOO_LARGE'));
    const long = saying(alice, threadId, 'é'.repeat(LIMITS.pushBytes / 2));
    await expect(push(people.alice, { mutations: [long] })).rejects.toMatchObject(code('TOO_LARGE'));
    expect(await textsOf(threadId)).toEqual(['hello']);
  });
});

test('[PUSH11] two who make the same thread at once: one does, the other is told that the id is taken', async () => {
  const threadId = newId();
  const args = { threadId, orgId: orgs.acme, subject: 'Race', participantIds: [] };
  const results = await Promise.all([people.alice, people.bob].map((id) => clientOf(id).do('createThread', args)));
  expect(results.map(({ status }) => status).sort()).toEqual(['applied', 'rejected']);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ code: 'id_taken' });
});

describe('[ACT1] an act of the server itself', () => {
  test('commits its synced rows and its other rows together, or neither', async () => {
    const { server, database } = installation;
    const id = newId();
    const act = (fails: boolean) =>
      server.act(null, { create: [userScope(id)], write: [] }, async (tx, trx) => {
        await trx.insertInto('person').values({ id, name: 'fay', merged_into: null }).execute();
        tx.put('membership', userScope(id), orgs.acme, { role: 'member', active: true, epoch: 1, joinedAt: tx.now });
        if (fails) throw new Error('second thoughts');
      });
    const rows = () => database.kysely.selectFrom('membership').where('person_id', '=', id).selectAll().execute();
    const persons = () => database.kysely.selectFrom('person').where('id', '=', id).selectAll().execute();

    await expect(act(true)).rejects.toThrow('second thoughts');
    expect([await rows(), await persons()]).toEqual([[], []]);
    await act(false);
    expect([(await rows()).length, (await persons()).length]).toEqual([1, 1]);
    await expect(act(false)).rejects.toMatchObject({ name: 'Refusal', code: 'id_taken' });
  });

  test('refuses scopes that are missing, and writes no scope that it did not name', async () => {
    const { server } = installation;
    const nothing = async () => undefined;
    await expect(server.act(null, { write: [userScope(newId())] }, nothing)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      server.act(null, { write: [] }, async (tx) => tx.remove('membership', userScope(people.bob), orgs.acme)),
    ).rejects.toThrow('was not named');
  });
});

test('[LIVE3] readers are named as long as they are not too many', async () => {
  const threadId = await newThread();
  const join = (ids: string[]) =>
    sql`insert into participant (home_org, thread_id, person_id, name, acting_org, placeholder, joined_at, version)
      select ${orgs.acme}, ${threadId}, id, 'somebody', ${orgs.acme}, false, now(), 1
      from unnest(${ids}::uuid[]) as id`.execute(installation.database.kysely);
  const alice = clientOf(people.alice);
  const told = async () => {
    installation.commits.length = 0;
    await alice.push(saying(alice, threadId));
    const changes = installation.commits.flatMap((commit) => commit.changes);
    return changes.find(({ scope }) => scope === threadScope(threadId))?.recipients;
  };
  await join(Array.from({ length: RECIPIENTS - 2 }, () => newId()));
  expect(new Set(await told()).size).toBe(RECIPIENTS);
  await join([newId()]);
  expect(await told()).toBeNull();
});

describe('[PUSH15] an act that is asked for again', () => {
  /** What is told when it is done, and when it comes again. */
  async function toldTwice(client: TestClient, mutation: WireMutation) {
    const other = openWith({});
    const pushed = await pushThrough(other, client, mutation);
    const first = other.commits.splice(0);
    expect(await pushThrough(other, client, mutation)).toEqual(pushed);
    return { first, again: other.commits, results: pushed };
  }

  test('tells the readers of what it changed once more, without rows, as they stand', async () => {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    const { first, again } = await toldTwice(alice, saying(alice, threadId));
    const [change] = first.flatMap(({ changes }) => changes).filter(({ scope }) => scope === threadScope(threadId));
    expect(change?.recipients?.toSorted()).toEqual([people.alice, people.bob].toSorted());
    const told = again.flatMap(({ changes }) => changes).find(({ scope }) => scope === threadScope(threadId));
    expect(told).toEqual({ ...change, rows: null, recipients: expect.arrayContaining(change?.recipients ?? []) });
    const scopes = (commits: typeof first) =>
      commits.flatMap(({ changes }) => changes.map(({ scope }) => scope)).toSorted();
    expect(scopes(again)).toEqual(scopes(first));
  });

  test('tells whoever it brought in, who hears of it in their own scope', async () => {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    const adding = alice.mutation('addParticipants', {
      threadId,
      orgId: orgs.acme,
      messageId: newId(),
      personIds: [people.erin],
    });
    const { first, again, results } = await toldTwice(alice, adding);
    expect(results).toMatchObject([{ status: 'applied' }]);
    const ofErin = (commits: typeof first) =>
      commits.flatMap(({ changes }) => changes).find(({ scope }) => scope === userScope(people.erin));
    expect(ofErin(again)).toEqual({ ...ofErin(first), rows: null });
    expect(ofErin(again)?.recipients).toEqual([people.erin]);
  });

  test('tells nobody who has left since, and of a refusal nobody', async () => {
    const threadId = await newThread();
    const [alice, bob] = [clientOf(people.alice), clientOf(people.bob)];
    const said = saying(alice, threadId);
    await alice.push(said);
    await bob.push(bob.mutation('removeParticipant', { threadId, messageId: newId(), personId: people.bob }));
    installation.commits.splice(0);
    await alice.push(said);
    expect(installation.commits.flatMap(({ changes }) => changes)).toMatchObject([
      { scope: threadScope(threadId), rows: null, recipients: [people.alice] },
    ]);
    const { again, results } = await toldTwice(bob, saying(bob, threadId));
    expect(results).toMatchObject([{ status: 'rejected' }]);
    expect(again).toEqual([]);
  });
});
