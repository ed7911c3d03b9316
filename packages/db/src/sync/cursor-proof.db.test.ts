/** [CUR1] to [CUR5]: a reader sees every committed row exactly once, and nobody writes who may no longer. */
import { threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { PushResult, WireMutation } from '@parley/sync/protocol';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../connection.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  openInstallation,
  people,
  seed,
  startThread,
  TestClient,
  type InstallationOptions,
  type TestInstallation,
  type TestServer,
} from './acme.fixture.ts';
import {
  Barrier,
  beforeCommit,
  EngineReader,
  midSnapshot,
  openReader,
  READERS,
  someoneWaits,
  withWriter,
  WRITERS,
} from './cursor-proof.fixture.ts';

let testDatabase: TestDatabase;
let opened: TestInstallation[];
beforeEach(async () => {
  testDatabase = await createTestDatabase();
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map(({ close }) => close()));
  await testDatabase.drop();
});

function open(options?: InstallationOptions): TestInstallation {
  const installation = openInstallation(testDatabase.url, options);
  opened.push(installation);
  return installation;
}

async function openSeeded(): Promise<TestInstallation> {
  const installation = open();
  await seed(installation);
  return installation;
}

async function send(server: TestServer, personId: string, threadId: string): Promise<string> {
  const messageId = newId();
  const result = await new TestClient(server, personId).do('sendMessage', { threadId, messageId, text: 'hello' });
  expect(result.status).toBe('applied');
  return messageId;
}

describe('[CUR1] a reader sees each committed row once, [CUR5] in places without gaps', () => {
  test('with writers that sleep, roll back and are killed', { timeout: 120_000 }, async () => {
    const SENDERS = 8;
    const SENDS = 30;
    const { server: calm, database } = await openSeeded();
    const threadIds = [
      await startThread(calm, [people.bob, people.erin]),
      await startThread(calm, [people.bob, people.erin]),
    ];

    const fired = { sleeps: 0, rollbacks: 0, kills: 0, failures: 0, broken: 0 };
    const { server } = open({
      connections: SENDERS + 2,
      wrap: beforeCommit(async ({ native }) => {
        const chance = Math.random();
        if (chance < 0.5) {
          fired.sleeps += 1;
          await sql`select pg_sleep(${Math.random() * 0.01})`.execute(native);
        } else if (chance < 0.6) {
          fired.rollbacks += 1;
          throw new Error('rolled back on purpose');
        }
      }),
    });

    const killer = openDatabase(testDatabase.url, { as: 'owner', connections: 1 });
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        const { rows } = await sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
          order by random() limit 1`.execute(killer.kysely);
        fired.kills += rows.length;
        await sql`select pg_sleep(0.03)`.execute(killer.kysely);
      }
    })();

    const seen: string[] = [];
    const reader = new EngineReader(new TestClient(server, people.erin), threadIds);
    const reading = (async () => {
      while (!isOver) {
        const news = await reader.readNew().catch(() => [] as string[]);
        seen.push(...news);
      }
    })();

    const authors = [people.alice, people.bob, people.erin];
    const writing = Array.from({ length: SENDERS }, async (_, index) => {
      const client = new TestClient(server, authors[index % authors.length] as string);
      for (let sent = 0; sent < SENDS; sent += 1) {
        const threadId = threadIds[sent % threadIds.length] as string;
        const mutation = client.mutation('sendMessage', { threadId, messageId: newId(), text: `${index}.${sent}` });
        expect((await pushUntilAnswered(client, mutation, fired)).status).toBe('applied');
      }
    });
    await Promise.all(writing);
    isOver = true;
    await Promise.all([killing, reading]);
    await killer.close();

    const calmReader = () => vi.waitFor(() => reader.readNew());
    for (let news = await calmReader(); news.length > 0; news = await calmReader()) seen.push(...news);
    const rows = await database.kysely
      .selectFrom('message')
      .select(['id', 'thread_id', 'seq', 'version'])
      .orderBy('seq')
      .execute();
    expect(seen.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
    expect(new Set(rows.map(({ id }) => id)).size).toBe(SENDERS * SENDS);
    for (const threadId of threadIds) {
      const ofThread = rows.filter((row) => row.thread_id === threadId);
      expect(ofThread.map(({ seq }) => seq)).toEqual(ofThread.map((_, index) => index + 1));
      expect(ofThread.map(({ version }) => version)).toEqual(ofThread.map((_, index) => index + 2));
    }
    for (const count of Object.values(fired)) expect(count).toBeGreaterThan(0);
  });

  test.each(READERS.filter((name) => name !== 'rows and version in two statements'))(
    'although an earlier writer commits later, read by: %s',
    async (name) => {
      const { server, database } = await openSeeded();
      const threadIds = [await startThread(server, [people.bob]), await startThread(server, [people.bob])];
      const reader = openReader(name, { database, client: new TestClient(server, people.bob), threadIds });

      const barrier = new Barrier();
      const slow = open({ wrap: beforeCommit(() => barrier.wait()) });
      const late = send(slow.server, people.alice, threadIds[0] as string);
      await barrier.reached;
      const early = await send(server, people.bob, threadIds[1] as string);
      const seen = await reader.readNew();
      barrier.open();
      const committed = [early, await late];
      seen.push(...(await reader.readNew()));

      const lost = committed.filter((id) => !seen.includes(id));
      expect(lost).toHaveLength(name === 'the engine' ? 0 : 1);
      expect(new Set(seen).size).toBe(seen.length);
    },
  );

  test.each(READERS.filter((name) => name !== 'id > last'))(
    'although a writer commits in the middle of the read, read by: %s',
    async (name) => {
      const { server, database } = await openSeeded();
      const threadId = await startThread(server, [people.bob]);
      const committed = [await send(server, people.alice, threadId)];
      let isFirst = true;
      const between = async () => {
        if (isFirst) committed.push(await send(server, people.alice, threadId));
        isFirst = false;
      };
      const paused = open({ wrap: midSnapshot(between) });
      const client = new TestClient(paused.server, people.bob);
      const reader = openReader(name, { database, client, threadIds: [threadId], between });
      const seen = [...(await reader.readNew()), ...(await reader.readNew())];

      const lost = committed.filter((id) => !seen.includes(id));
      expect(committed).toHaveLength(2);
      expect(lost).toHaveLength(name === 'the engine' ? 0 : 1);
      expect(new Set(seen).size).toBe(seen.length);
    },
  );
});

test.each(WRITERS)('[CUR3] nobody writes after their removal, written by: %s', async (name) => {
  const { server, database } = await openSeeded();
  const threadId = await startThread(server, [people.bob]);

  const barrier = new Barrier();
  const slow = open({ wrap: beforeCommit(() => barrier.wait()) });
  const alice = new TestClient(slow.server, people.alice);
  const removing = alice.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
  await barrier.reached;
  const bob = new TestClient(open({ wrap: withWriter(name) }).server, people.bob);
  const sending = bob.do('sendMessage', { threadId, messageId: newId(), text: 'still here?' });
  await someoneWaits(database);
  barrier.open();
  expect((await removing).status).toBe('applied');
  const result = await sending;

  const messages = await database.kysely.selectFrom('message').select(['author_id', 'seq']).orderBy('seq').execute();
  const afterRemoval = messages.filter(({ author_id: author }) => author === people.bob);
  expect(afterRemoval).toHaveLength(name === 'the engine' ? 0 : 1);
  expect(result).toMatchObject(
    name === 'the engine' ? { status: 'rejected', code: 'not_found' } : { status: 'applied' },
  );
});

test('[CUR2] writers that need the same scopes in another order wait for each other, and never embrace', async () => {
  const { server: calm } = await openSeeded();
  const threadId = await startThread(calm, [people.bob, people.erin]);
  const attempts: number[] = [];
  const { server } = open({
    wrap: (storage) => ({
      ...storage,
      write: (work) =>
        storage.write((tx, attempt) => {
          attempts.push(attempt);
          return work(tx, attempt);
        }),
    }),
  });
  const rounds = Array.from({ length: 40 }, async (_, index) => {
    const [actor, other] = index % 2 === 0 ? [people.alice, people.bob] : [people.bob, people.alice];
    const scopes = [threadScope(threadId), threadPeopleScope(threadId), userScope(other)];
    return server.act(actor, { write: [], lock: index % 3 === 0 ? scopes : scopes.toReversed() }, async () => index);
  });
  expect(await Promise.all(rounds)).toHaveLength(40);
  expect(attempts).toEqual(Array(40).fill(0));
});

/** What a client does: asks again, with the same mutation, until it is told. */
async function pushUntilAnswered(
  client: TestClient,
  mutation: WireMutation,
  fired: { failures: number; broken: number },
): Promise<PushResult> {
  for (;;) {
    try {
      const [result] = await client.push(mutation);
      if (result) return result;
    } catch (error) {
      fired.failures += 1;
      if (!(error instanceof Error && error.message === 'rolled back on purpose')) fired.broken += 1;
    }
  }
}
