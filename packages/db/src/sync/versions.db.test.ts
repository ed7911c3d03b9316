/** Old clients, and servers of another release: SPEC.md, [VER1] and on. */
import { mutators } from '@parley/core/mutators';
import { isPaged, threadScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import type { Mutator } from '@parley/sync/mutator';
import {
  liveRequest,
  pageRequest,
  PROTOCOL_VERSION,
  pullRequest,
  pushRequest,
  SPEAKS,
  type LiveEvent,
} from '@parley/sync/protocol';
import { createHub, createLocalBus, createSyncServer, THESE_VERSIONS, type Versions } from '@parley/sync/server';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  openInstallation,
  orgs,
  people,
  seed,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { PROTOCOL_1, spoken } from './old-clients.fixture.ts';
import type { DatabaseTransaction } from './statement.ts';
import { createPostgresStorage } from './storage.ts';

let testDatabase: TestDatabase;
let installation: TestInstallation;
let incarnation: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
  incarnation = await createPostgresStorage(installation.database.kysely).incarnation();
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

/** The server of another release, on the same database. */
function serverOf(
  versions: Partial<Versions>,
  known: Parameters<typeof createSyncServer<Tables, DatabaseTransaction>>[0]['mutators'] = mutators,
) {
  const storage = createPostgresStorage(installation.database.kysely);
  const hub = createHub({ bus: createLocalBus(), incarnation: () => storage.incarnation() });
  const server = createSyncServer<Tables, DatabaseTransaction>({
    storage,
    mutators: known,
    isPaged,
    ownScope: userScope,
    publish: hub.publish,
    interest: hub,
    versions: { ...THESE_VERSIONS, ...versions },
  });
  return { server, hub };
}

/** Names for everything that the words of an old client speak of. */
async function aScene(): Promise<Record<string, string>> {
  const ids = { person: people.alice, client: newId(), colleague: people.erin, org: orgs.acme, incarnation };
  const made = ['message', 'other', 'new', 'notice1', 'notice2', ...Array.from({ length: 10 }, (_, n) => `m${n + 1}`)];
  return {
    ...ids,
    ...Object.fromEntries(made.map((name) => [name, newId()])),
    thread: await startThread(installation.server, [people.bob]),
  };
}

describe('[VER1] a client of the release before is served', () => {
  test('with everything that was in its queue', async () => {
    const scene = await aScene();
    const { server } = installation;
    const { results } = await server.push(people.alice, pushRequest.parse(spoken(PROTOCOL_1.push, scene)));
    expect(results.map(({ status }) => status)).toEqual(Array(10).fill('applied'));
    const texts = await installation.database.kysely
      .selectFrom('message')
      .select('text')
      .where('thread_id', '=', scene['thread'] ?? '')
      .where('kind', '=', 'internal')
      .orderBy('seq')
      .execute();
    expect(texts.map(({ text }) => text)).toEqual(['Of the release before, edited', '']);
  });

  test('with what it pulls, pages and hears', async () => {
    const scene = await aScene();
    const { server, hub } = serverOf({});
    const live = liveRequest.parse(spoken(PROTOCOL_1.live, scene));
    expect(server.admit(people.alice, live)).toEqual({ bare: false });
    const end = new AbortController();
    const events = hub.connect(live, end.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ kind: 'hello' });
    const pull = (text: string) => server.pull(people.alice, pullRequest.parse(spoken(text, scene)));
    expect((await pull(PROTOCOL_1.pull)).answers).toMatchObject([{ kind: 'delta' }, { kind: 'truncated', to: 1 }]);
    const author = new TestClient(server, people.bob);
    await author.do('sendMessage', { threadId: scene['thread'] ?? '', messageId: newId(), text: 'Hello' });
    const poke = (await events.next()).value as LiveEvent;
    expect(poke).toMatchObject({ kind: 'poke', from: 1, to: 2, rows: expect.any(Array) as unknown });
    expect((await pull(PROTOCOL_1.delta)).answers).toMatchObject([{ kind: 'delta', from: 1, to: 2 }]);
    const page = await server.page(people.alice, pageRequest.parse(spoken(PROTOCOL_1.page, scene)));
    expect(page).toMatchObject({ kind: 'page', low: 1 });
    end.abort();
  });
});

describe('[VER2] whoever has no protocol in common with the server is refused whole', () => {
  const outdated = { name: 'RequestError', code: 'OUTDATED' };
  const N = PROTOCOL_VERSION;
  test.each([
    ['the release before the one before', { protocol: N - 2 }, false],
    ['the release before', { protocol: N - 1 }, true],
    ['this release', SPEAKS, true],
    ['the release after, which still speaks ours', { protocol: N + 1 }, true],
    ['the release after, if it does not', { protocol: N + 1, oldest: N + 1 }, false],
    ['the release after that', { protocol: N + 2 }, false],
    ['the same, if it still speaks ours', { protocol: N + 2, oldest: N }, true],
    ['a schema of which this server knows nothing', { protocol: N, schema: 99 }, false],
  ])('%s', async (_who, handshake, isServed) => {
    const { server } = installation;
    const alice = new TestClient(server, people.alice);
    const threadId = await startThread(server, []);
    const caller = { ...alice.caller, ...handshake };
    const mutations = [alice.mutation('sendMessage', { threadId, messageId: newId(), text: 'hello' })];
    const page = { incarnation, scope: threadScope(threadId), epoch: 1, before: 9, limit: 9 };
    const requests = [
      async () => server.pull(people.alice, { ...caller, incarnation: null, scopes: [] }),
      async () => server.page(people.alice, { ...caller, ...page }),
      async () => server.admit(people.alice, caller),
      async () => server.push(people.alice, { ...caller, incarnation: null, mutations }),
    ];
    for (const request of requests) {
      if (isServed) await request();
      else await expect(request()).rejects.toMatchObject(outdated);
    }
    // What was refused was not consumed.
    const { results } = await server.push(people.alice, { ...alice.caller, incarnation: null, mutations });
    expect(results).toMatchObject([{ status: 'applied' }]);
  });
});

test('[VER3] rows reach a client in the shape of its schema; pokes of others shapes are bare', async () => {
  const threadId = await startThread(installation.server, [people.bob]);
  const { server, hub } = serverOf({
    schema: 2,
    translations: { 1: ([table, id, version, data]) => [table, id, version, data && { ...data, spokenIn: 1 }] },
  });
  const scope = threadScope(threadId);
  const listen = (handshake: { protocol: number; personId: string; clientId: string; schema: number }) => {
    const end = new AbortController();
    const { bare } = server.admit(handshake.personId, handshake);
    const events = hub.connect({ ...handshake, bare }, end.signal)[Symbol.asyncIterator]();
    return { next: async () => (await events.next()).value as LiveEvent, end };
  };
  for (const schema of [1, 2]) {
    const caller = { ...new TestClient(server, people.bob).caller, schema };
    const stream = listen(caller);
    await stream.next();
    const isOld = schema === 1;
    const ask = async (from: number | null) => {
      const epoch = from === null ? null : 1;
      const scopes = [{ scope, from, epoch, window: 9 }];
      const { answers } = await server.pull(people.bob, { ...caller, incarnation: null, scopes });
      return JSON.stringify(answers);
    };
    expect((await ask(null)).includes('"spokenIn":1')).toBe(isOld);
    await new TestClient(server, people.alice).do('sendMessage', { threadId, messageId: newId(), text: 'hello' });
    const poke = await stream.next();
    expect(poke.kind === 'poke' && poke.rows === null).toBe(isOld);
    expect((await ask(1)).includes('"spokenIn":1')).toBe(isOld);
    const page = await server.page(people.bob, { ...caller, incarnation, scope, epoch: 1, before: 9, limit: 9 });
    expect(JSON.stringify(page).includes('"spokenIn":1')).toBe(isOld);
    stream.end.abort();
  }
});

test('[VER4] an act is carried out by the version it was made with, as long as that is kept', async () => {
  const { sendMessage } = mutators;
  interface Later {
    threadId: string;
    messageId: string;
    body: string;
  }
  const later: Mutator<Tables, Later> = {
    name: sendMessage.name,
    version: 2,
    former: [sendMessage],
    args: {
      parse: (args) => {
        const { body, ...others } = args as Later;
        return { ...others, body: sendMessage.args.parse({ ...others, text: body }).text };
      },
    },
    scopes: ({ threadId }) => ({ write: [threadScope(threadId)] }),
    lane: ({ threadId }) => threadScope(threadId),
    run: (tx, { body, ...args }) => sendMessage.run(tx, { ...args, text: `${body} (2)` }),
  };
  const { server } = serverOf({}, { ...mutators, sendMessage: later });
  const threadId = await startThread(server, []);
  const alice = new TestClient(server, people.alice);
  const args = () => ({ threadId, messageId: newId(), text: 'hello' });
  const old = alice.mutation('sendMessage', args());
  const made = (version: number, more: object) => ({
    ...alice.mutation('sendMessage', args()),
    version,
    args: { threadId, messageId: newId(), ...more },
  });
  const results = await alice.push(old, made(2, { body: 'hello' }), made(2, { text: 'hello' }), made(3, { body: 'x' }));
  expect(results).toMatchObject([
    { status: 'applied' },
    { status: 'applied' },
    { status: 'rejected', code: 'invalid' },
    { status: 'rejected', code: 'invalid' },
  ]);
  const rows = await installation.database.kysely
    .selectFrom('message')
    .select('text')
    .where('thread_id', '=', threadId)
    .orderBy('seq')
    .execute();
  expect(rows.map(({ text }) => text)).toEqual(['hello', 'hello (2)']);
});
