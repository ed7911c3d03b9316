/** What holds of every scope: SPEC.md, [SCOPE1] and on. */
import {
  isPaged,
  orgPeopleScope,
  orgScope,
  parseScope,
  receiptsScope,
  threadPeopleScope,
  threadScope,
} from '@parley/core/scopes';
import type { ScopeAnswer, WireRow } from '@parley/sync/protocol';
import type { ServerStorage } from '@parley/sync/server';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  addPerson,
  joinOrg,
  openInstallation,
  orgs,
  people,
  seed,
  settle,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { Barrier, beforeCommit, someoneWaits } from './cursor-proof.fixture.ts';
import { purgeTombstones } from './purge.ts';
import type { DatabaseTransaction } from './statement.ts';
import { syncedTables } from './synced-tables.ts';

/** Scopes that each committed transaction had locked or made. */
const held: ReadonlySet<string>[] = [];

let testDatabase: TestDatabase;
let installation: TestInstallation;
let alice: TestClient;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url, { wrap: noteHeld });
  await seed(installation);
  alice = new TestClient(installation.server, people.alice);
});
beforeEach(() => void held.splice(0));
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

function noteHeld(storage: ServerStorage<DatabaseTransaction>): ServerStorage<DatabaseTransaction> {
  return {
    ...storage,
    async write(work) {
      const scopes = new Set<string>();
      const value = await storage.write((tx, attempt) => {
        scopes.clear();
        return work(
          Object.assign(Object.create(tx) as typeof tx, {
            native: tx.native,
            lock: async (...asked: Parameters<typeof tx.lock>) => {
              const locked = await tx.lock(...asked);
              for (const scope of locked.keys()) scopes.add(scope);
              return locked;
            },
            isScope: tx.isScope.bind(tx),
            accepts: tx.accepts.bind(tx),
            complete: tx.complete.bind(tx),
            lastPlaces: tx.lastPlaces.bind(tx),
            outcomes: tx.outcomes.bind(tx),
            taken: tx.taken.bind(tx),
            read: tx.read.bind(tx),
            flush: (flush: Parameters<typeof tx.flush>[0]) => {
              for (const { scope, created } of flush.acts.flatMap(({ bumps }) => bumps)) if (created) scopes.add(scope);
              return tx.flush(flush);
            },
          }),
          attempt,
        );
      });
      held.push(scopes);
      return value;
    },
  };
}

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);
const add = (threadId: string, ...personIds: string[]) =>
  alice.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds });
const remove = (threadId: string, personId: string) =>
  alice.do('removeParticipant', { threadId, messageId: newId(), personId });

/** Every row of a scope, as this person is given it. */
async function rowsFor(personId: string, scope: string): Promise<WireRow[] | 'forbidden'> {
  const [answer] = await clientOf(personId).pull({
    scope,
    from: null,
    epoch: null,
    ...(isPaged(scope) && { window: 500 }),
  });
  if (answer?.kind === 'forbidden') return 'forbidden';
  return rowsOf(answer).toSorted(([a, b], [c, d]) => `${a} ${b}`.localeCompare(`${c} ${d}`));
}

const rowsOf = (answer: ScopeAnswer | undefined): WireRow[] =>
  answer?.kind === 'delta' || answer?.kind === 'truncated' ? answer.rows : [];

test('[SCOPE1] all readers of a shared scope are given the same rows, whatever each of them did in it', async () => {
  const threadId = await startThread(installation.server, [people.bob, people.gus, people.erin]);
  const messageId = newId();
  await alice.do('sendMessage', { threadId, messageId, text: 'For all' });
  for (const personId of [people.bob, people.erin]) {
    const client = clientOf(personId);
    await client.do('react', { threadId, messageId, emoji: '👍', on: true });
    await client.do('markRead', { threadId, seq: 1, markEpoch: 0 });
  }
  await settle(installation.server, threadId);
  // One reader has another epoch than the others.
  await remove(threadId, people.bob);
  await add(threadId, people.bob);
  const readers = {
    [threadScope(threadId)]: [people.alice, people.bob, people.gus, people.erin],
    [threadPeopleScope(threadId)]: [people.alice, people.bob, people.gus, people.erin],
    [receiptsScope(threadId)]: [people.alice, people.bob, people.gus, people.erin],
    [orgScope(orgs.acme)]: [people.alice, people.bob, people.erin],
    [orgPeopleScope(orgs.acme)]: [people.alice, people.bob, people.erin],
  };
  for (const [scope, [first = '', ...others]] of Object.entries(readers)) {
    const rows = await rowsFor(first, scope);
    expect(rows).not.toEqual([]);
    for (const personId of others) expect(await rowsFor(personId, scope)).toEqual(rows);
  }
});

describe('[SCOPE2] an id is one row of one scope', () => {
  test('and is refused where it is taken, also by what is deleted', async () => {
    const threadId = await startThread(installation.server, [people.bob]);
    const bob = clientOf(people.bob);
    const [messageId, deleted] = [newId(), newId()];
    await alice.do('sendMessage', { threadId, messageId, text: 'the first' });
    await alice.do('sendMessage', { threadId, messageId: deleted, text: 'soon gone' });
    await alice.do('deleteMessage', { threadId, messageId: deleted });
    for (const taken of [messageId, deleted]) {
      expect(await bob.do('sendMessage', { threadId, messageId: taken, text: 'in its place' })).toMatchObject({
        status: 'rejected',
        code: 'id_taken',
      });
    }
    const again = { threadId, orgId: orgs.acme, subject: 'In its place', participantIds: [] };
    expect(await bob.do('createThread', again)).toMatchObject({ status: 'rejected', code: 'id_taken' });
    expect(JSON.stringify(await rowsFor(people.bob, threadScope(threadId)))).not.toMatch(/in its place/i);
  });

  test('and leaves the row of the same id in another scope alone', async () => {
    const [one, other] = [await startThread(installation.server, []), await startThread(installation.server, [])];
    const messageId = newId();
    await alice.do('sendMessage', { threadId: one, messageId, text: 'here' });
    const before = await rowsFor(people.alice, threadScope(one));
    expect(await alice.do('sendMessage', { threadId: other, messageId, text: 'there' })).toMatchObject({
      status: 'applied',
    });
    expect(await alice.do('editMessage', { threadId: other, messageId, text: 'there, edited' })).toMatchObject({
      status: 'applied',
    });
    expect(await rowsFor(people.alice, threadScope(one))).toEqual(before);
  });
});

describe('[SCOPE5] whoever changes who reads a scope holds it', () => {
  /** Everybody who reads each shared scope. */
  async function readers(): Promise<Map<string, string>> {
    const { kysely } = installation.database;
    const scopes = await kysely.selectFrom('sync_scope').select('id').execute();
    const persons = await kysely.selectFrom('person').select('id').execute();
    const shared = scopes.map(({ id }) => id).filter((scope) => parseScope(scope)?.kind !== 'user');
    const found = new Map<string, string>();
    for (const { id } of persons) {
      const answers = await clientOf(id).pull(...shared.map((scope) => ({ scope, from: null, epoch: null })));
      for (const answer of answers) {
        if (answer.kind === 'forbidden') continue;
        const epoch = answer.kind === 'reset' ? 0 : answer.epoch;
        found.set(answer.scope, `${found.get(answer.scope) ?? ''} ${id}.${epoch}`);
      }
    }
    return found;
  }

  const somebody = (role: 'member' | 'guest') => ({ id: newId(), name: 'somebody', orgId: orgs.acme, role });
  const acts: [string, (threadId: string) => Promise<unknown>][] = [
    ['starts a thread', () => startThread(installation.server, [people.bob])],
    ['adds somebody to a thread', (threadId) => add(threadId, people.erin)],
    ['takes somebody out of a thread', (threadId) => remove(threadId, people.bob)],
    ['adds somebody again', async (threadId) => [await remove(threadId, people.bob), await add(threadId, people.bob)]],
    ['makes somebody a member', () => addPerson(installation.server, somebody('member'))],
    [
      'lets a guest of one organisation into another',
      () => {
        return joinOrg(installation.server, { id: people.dave, name: 'dave', orgId: orgs.acme, role: 'member' });
      },
    ],
  ];

  test.each(acts)('who %s', async (_what, act) => {
    const threadId = await startThread(installation.server, [people.bob]);
    const before = await readers();
    held.splice(0);
    await act(threadId);
    const after = await readers();
    const changed = [...after.keys()].filter((scope) => after.get(scope) !== before.get(scope));
    expect(changed).not.toEqual([]);
    const locked = new Set(held.flatMap((scopes) => [...scopes]));
    const lockOf = (scope: string) => scope.replace(/^receipts\.thread:/, 'people.thread:');
    expect(changed.filter((scope) => !locked.has(lockOf(scope)))).toEqual([]);
  });
});

test('[SCOPE5] receipts wait for whoever changes the people of their thread', async () => {
  const threadId = await startThread(installation.server, [people.bob]);
  held.splice(0);
  await settle(installation.server, threadId);
  expect(held.flatMap((scopes) => [...scopes])).toEqual([threadPeopleScope(threadId), receiptsScope(threadId)]);
});

describe('[SCOPE6] a deleted row', () => {
  const day = 86_400_000;

  test('stays as a tombstone without content', async () => {
    const threadId = await startThread(installation.server, [people.bob]);
    const messageId = newId();
    await alice.do('sendMessage', { threadId, messageId, text: 'a slip' });
    await alice.do('editMessage', { threadId, messageId, text: 'mended' });
    await alice.do('deleteMessage', { threadId, messageId });
    const [answer] = await clientOf(people.bob).pull({ scope: threadScope(threadId), from: 2, epoch: 1 });
    expect(rowsOf(answer)).toContainEqual(['revision', `${messageId}.1`, 4, null]);

    const { fields } = syncedTables.revision;
    const row = await installation.database.kysely
      .selectFrom('revision')
      .selectAll()
      .where('message_id', 'is', null)
      .where('id', '=', `${messageId}.1`)
      .executeTakeFirstOrThrow();
    for (const [column] of Object.values(fields)) expect(row[column as keyof typeof row]).toBeNull();
    expect(row).toMatchObject({ deleted: true, version: 4 });
    // Whoever starts from nothing needs none of it.
    const fresh = await rowsFor(people.bob, threadScope(threadId));
    expect(fresh !== 'forbidden' && fresh.map(([table]) => table)).toEqual(['message', 'thread']);
  });

  test('is forgotten when it is old enough, and whoever has not heard of it starts its scope from nothing', async () => {
    const { kysely } = installation.database;
    const [threadId, other] = [
      await startThread(installation.server, [people.bob]),
      await startThread(installation.server, [people.bob]),
    ];
    const bob = clientOf(people.bob);
    const cursors = (from: number) => [threadId, other].map((id) => ({ scope: threadScope(id), from, epoch: 1 }));
    for (const id of [threadId, other]) {
      const messageId = newId();
      await alice.do('sendMessage', { threadId: id, messageId, text: 'a slip' });
      await alice.do('editMessage', { threadId: id, messageId, text: 'mended' });
      await alice.do('deleteMessage', { threadId: id, messageId });
      await alice.do('renameThread', { threadId: id, subject: 'Afterwards' });
    }
    const [scope, young] = [threadScope(threadId), threadScope(other)];
    await kysely
      .updateTable('sync_tombstone')
      .set({ created_at: new Date(Date.now() - 91 * day) })
      .where('scope', '=', scope)
      .execute();
    await kysely
      .updateTable('sync_tombstone')
      .set({ created_at: new Date(Date.now() - 89 * day) })
      .where('scope', '=', young)
      .execute();
    const before = await rowsFor(people.bob, scope);
    expect(await purgeTombstones(kysely, new Date(Date.now() - 90 * day))).toBe(1);
    expect(await purgeTombstones(kysely, new Date(Date.now() - 90 * day))).toBe(0);

    expect(await bob.pull(...cursors(3))).toMatchObject([
      { scope, kind: 'reset' },
      { scope: young, kind: 'delta', to: 5 },
    ]);
    expect(await bob.pull(...cursors(4))).toMatchObject([
      { scope, kind: 'delta', to: 5 },
      { scope: young, kind: 'delta' },
    ]);
    expect(await rowsFor(people.bob, scope)).toEqual(before);
    const left = await kysely
      .selectFrom('revision')
      .select(['thread_id'])
      .where('thread_id', 'in', [threadId, other])
      .execute();
    expect(left).toEqual([{ thread_id: other }]);
  });

  test('is not forgotten under the hands of somebody who writes its scope', async () => {
    const { database, server } = installation;
    const threadId = await startThread(server, [people.bob]);
    const messageId = newId();
    for (const text of ['a slip', 'mended']) {
      await alice.do(text === 'a slip' ? 'sendMessage' : 'editMessage', { threadId, messageId, text });
    }
    await alice.do('deleteMessage', { threadId, messageId });
    const barrier = new Barrier();
    const slow = openInstallation(testDatabase.url, { wrap: beforeCommit(() => barrier.wait()) });
    const writing = new TestClient(slow.server, people.bob).do('renameThread', { threadId, subject: 'Meanwhile' });
    await barrier.reached;
    const purging = purgeTombstones(database.kysely, new Date(Date.now() + day));
    await someoneWaits(database);
    barrier.open();
    expect((await writing).status).toBe('applied');
    expect(await purging).toBeGreaterThan(0);
    await slow.close();
    const [row] = await database.kysely
      .selectFrom('sync_scope')
      .select(['floor', 'version'])
      .where('id', '=', threadScope(threadId))
      .execute();
    expect(row).toEqual({ floor: 4, version: 5 });
  });
});
