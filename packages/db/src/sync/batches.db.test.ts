/** What shares a transaction goes as if each mutation had one of its own: the same answers, rows, jobs and pokes. */
import type { MutatorArgs, MutatorName } from '@parley/core/mutators';
import { threadScope } from '@parley/core/scopes';
import type { PushResult, WireMutation } from '@parley/sync/protocol';
import type { ServerStorage } from '@parley/sync/server';
import fc from 'fast-check';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
import { Barrier } from './cursor-proof.fixture.ts';
import type { DatabaseTransaction } from './statement.ts';
import { syncedTables } from './synced-tables.ts';

const NOW = Date.UTC(2026, 0, 1);

interface World {
  installation: TestInstallation;
  /** Of what was pushed: how many transactions it took, those that were taken back among them. */
  transactions(): number;
  /** Lets one transaction wait before it begins, until the answer is called. */
  holdNext(): () => void;
  /** Takes the next transaction back at its end. */
  failNext(): void;
}

const databases: TestDatabase[] = [];
const worlds: World[] = [];
beforeAll(async () => {
  worlds.push(await openWorld(), await openWorld());
});
afterAll(async () => {
  for (const { installation } of worlds) await installation.close();
  for (const database of databases) await database.drop();
});

async function openWorld(): Promise<World> {
  const database = await createTestDatabase();
  databases.push(database);
  let transactions = 0;
  let barrier: Barrier | undefined;
  let fails = false;
  const wrap: NonNullable<InstallationOptions['wrap']> = (storage): ServerStorage<DatabaseTransaction> => ({
    ...storage,
    async write(work) {
      transactions += 1;
      const held = barrier;
      barrier = undefined;
      const failing = fails;
      fails = false;
      await held?.wait();
      return storage.write(async (tx, attempt) => {
        const value = await work(tx, attempt);
        if (failing) throw new Error('taken back on purpose');
        return value;
      });
    },
  });
  const installation = openInstallation(database.url, { now: () => NOW, wrap });
  await seed(installation);
  return {
    installation,
    transactions: () => transactions,
    holdNext() {
      const held = new Barrier();
      barrier = held;
      return () => held.open();
    },
    failNext: () => void (fails = true),
  };
}

/** The same in both worlds: some threads, and two clients of each person. */
interface Scene {
  threadIds: string[];
  newThreadId: string;
  clients: Record<Name, [string, string]>;
  /** Ids of messages that are likely to be named twice. */
  messageIds: string[];
}
const names = ['alice', 'bob', 'gus', 'dave', 'erin'] as const;
type Name = (typeof names)[number];

/** One act of somebody, in words; `place` says where its number is wrong on purpose. */
interface Step {
  who: Name;
  client: 0 | 1;
  act: keyof typeof acts;
  thread: number;
  message: number;
  whom: Name;
  place: 'next' | 'again' | 'same place' | 'too early' | 'unknown act';
  /** Names an earlier step that this one hangs on. */
  after: number | null;
  /** Begins a request of its own, or goes with the one before where that is of the same client. */
  begins: boolean;
}

type Drawn = Pick<Step, 'thread' | 'message' | 'whom'>;
const idsOf = ({ threadIds, messageIds }: Scene, { thread, message, whom }: Drawn) => ({
  threadId: threadIds[thread % threadIds.length] ?? '',
  messageId: messageIds[message % messageIds.length] ?? '',
  personId: people[whom],
});
const act = <Name extends MutatorName>(name: Name, args: MutatorArgs<Name>): { name: string; args: object } => ({
  name,
  args,
});
const acts = {
  send: (scene: Scene, drawn: Drawn) => {
    const { threadId } = idsOf(scene, drawn);
    return act('sendMessage', { threadId, messageId: newId(), text: `hello <@${people[drawn.whom]}>` });
  },
  sendTaken: (scene: Scene, drawn: Drawn) => {
    const { threadId, messageId } = idsOf(scene, drawn);
    return act('sendMessage', { threadId, messageId, text: 'mine' });
  },
  reply: (scene: Scene, drawn: Drawn) => {
    const { threadId, messageId } = idsOf(scene, drawn);
    return act('sendMessage', { threadId, messageId: newId(), text: 'indeed', replyTo: messageId });
  },
  edit: (scene: Scene, drawn: Drawn) => {
    const { threadId, messageId } = idsOf(scene, drawn);
    return act('editMessage', { threadId, messageId, text: `edited by ${drawn.whom}` });
  },
  delete: (scene: Scene, drawn: Drawn) => {
    const { threadId, messageId } = idsOf(scene, drawn);
    return act('deleteMessage', { threadId, messageId });
  },
  react: (scene: Scene, drawn: Drawn) => {
    const { threadId, messageId } = idsOf(scene, drawn);
    return act('react', { threadId, messageId, emoji: '👍', on: drawn.thread % 2 === 0 });
  },
  markRead: (scene: Scene, drawn: Drawn) => {
    const { threadId } = idsOf(scene, drawn);
    return act('markRead', { threadId, seq: drawn.message, markEpoch: 0 });
  },
  remove: (scene: Scene, drawn: Drawn) => {
    const { threadId, personId } = idsOf(scene, drawn);
    return act('removeParticipant', { threadId, messageId: newId(), personId });
  },
  add: (scene: Scene, drawn: Drawn) => {
    const { threadId, personId } = idsOf(scene, drawn);
    return act('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: [personId] });
  },
  start: ({ newThreadId }: Scene, { whom }: Drawn) =>
    act('createThread', {
      threadId: newThreadId,
      orgId: orgs.acme,
      subject: 'New',
      participantIds: [people[whom]],
    }),
  sendInNew: ({ newThreadId }: Scene) =>
    act('sendMessage', { threadId: newThreadId, messageId: newId(), text: 'the first' }),
};

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.constantFrom(...names),
  client: fc.constantFrom<0 | 1>(0, 0, 0, 1),
  act: fc.constantFrom(...(['send', 'send', 'send', ...Object.keys(acts)] as (keyof typeof acts)[])),
  thread: fc.nat({ max: 2 }),
  message: fc.nat({ max: 3 }),
  whom: fc.constantFrom(...names),
  place: fc.constantFrom<Step['place']>(
    ...(['next', 'next', 'next', 'next', 'next', 'again', 'same place', 'too early', 'unknown act'] as const),
  ),
  after: fc.option(fc.nat({ max: 20 }), { freq: 5 }),
  begins: fc.boolean(),
});

interface Request {
  personId: string;
  clientId: string;
  mutations: WireMutation[];
}

/** Numbers the steps as their clients would, and wrongly where they say so. */
function requestsOf(scene: Scene, steps: readonly Step[]): Request[] {
  const lanes = new Map<string, number>();
  const made: WireMutation[] = [];
  const requests: Request[] = [];
  for (const { who, client, act, place, after, begins, ...drawn } of steps) {
    const personId = people[who];
    const clientId = scene.clients[who][client];
    const { name, args } = acts[act](scene, drawn);
    const threadId = 'threadId' in args ? (args.threadId as string) : '';
    const lane = threadScope(threadId);
    const last = lanes.get(`${clientId} ${lane}`) ?? 0;
    const n = place === 'same place' ? Math.max(1, last) : place === 'too early' ? last + 2 : last + 1;
    if (place === 'next' || place === 'unknown act') lanes.set(`${clientId} ${lane}`, n);
    const earlier = made.length > 0 ? made[made.length - 1 - ((after ?? 0) % made.length)] : undefined;
    const mutation: WireMutation =
      place === 'again' && earlier
        ? earlier
        : {
            id: newId(),
            lane,
            n,
            name: place === 'unknown act' ? 'flyToTheMoon' : name,
            version: 1,
            args,
            at: 0,
            ...(after !== null && earlier && { after: [earlier.id] }),
          };
    made.push(mutation);
    const current = requests.at(-1);
    if (!begins && current?.clientId === clientId && current.mutations.length < 10) current.mutations.push(mutation);
    else requests.push({ personId, clientId, mutations: [mutation] });
  }
  return requests;
}

async function makeScene(): Promise<Scene> {
  const pairs = names.map((name) => [name, [newId(), newId()]] as const);
  const scene: Scene = {
    threadIds: [newId(), newId()],
    newThreadId: newId(),
    clients: Object.fromEntries(pairs) as Scene['clients'],
    messageIds: [newId(), newId(), newId()],
  };
  const ids = { client: newId(), mutations: Array.from({ length: 5 }, () => newId()) };
  for (const world of worlds) {
    const { server } = world.installation;
    const [first = '', second = ''] = scene.threadIds;
    const start = (threadId: string, whom: Name[]) =>
      act('createThread', {
        threadId,
        orgId: orgs.acme,
        subject: 'Plans',
        participantIds: whom.map((who) => people[who]),
      });
    const sends = scene.messageIds
      .slice(0, 2)
      .map((messageId) => act('sendMessage', { threadId: first, messageId, text: 'there already' }));
    const all = [start(first, ['bob', 'gus']), start(second, ['bob', 'erin']), ...sends];
    const lanes = new Map<string, number>();
    for (const [index, { name, args }] of all.entries()) {
      const lane = threadScope((args as { threadId: string }).threadId);
      lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
      const id = ids.mutations[index] ?? '';
      const mutation = { id, lane, n: lanes.get(lane) ?? 1, name, version: 1, args, at: 0 };
      const [result] = await push(world, { personId: people.alice, clientId: ids.client, mutations: [mutation] });
      expect(result?.status).toBe('applied');
    }
    // Whose clients these are is known before the race; a request of another life does nothing else.
    for (const [name, clientIds] of Object.entries(scene.clients)) {
      for (const clientId of clientIds) {
        const { caller } = new TestClient(server, people[name as Name]);
        const mutations = [{ id: newId(), lane: 'x', n: 1, name: 'x', version: 1, args: {}, at: 0 }];
        await server.push(caller.personId, { ...caller, clientId, incarnation: newId(), mutations });
      }
    }
  }
  return scene;
}

async function push({ installation: { server } }: World, { personId, clientId, mutations }: Request) {
  const { caller } = new TestClient(server, personId);
  return (await server.push(personId, { ...caller, clientId, incarnation: null, mutations })).results;
}

/** Each mutation in a transaction of its own, one after the other; what follows a fork in its push is one. */
async function oneByOne(world: World, requests: readonly Request[]): Promise<PushResult[]> {
  const results: PushResult[] = [];
  for (const { mutations, ...caller } of requests) {
    let isForked = false;
    for (const mutation of mutations) {
      if (isForked) results.push({ id: mutation.id, status: 'fork' });
      else results.push(...(await push(world, { ...caller, mutations: [mutation] })));
      isForked = results.at(-1)?.status === 'fork';
    }
  }
  return results;
}

/** All requests while another one, of somebody else, is on its way, so that they go together beside it. */
async function together(world: World, requests: readonly Request[], { fails = false } = {}): Promise<PushResult[]> {
  const release = world.holdNext();
  const nothing = { id: newId(), lane: 'x', n: 2, name: 'x', version: 1, args: {}, at: 0 };
  const first = push(world, { personId: people.carol, clientId: newId(), mutations: [nothing] });
  const before = world.transactions();
  while (world.transactions() === before) await new Promise((resolve) => setImmediate(resolve));
  const pushes = requests.map((request) => push(world, request));
  if (fails) world.failNext();
  // By then they all wait.
  await new Promise((resolve) => setImmediate(resolve));
  release();
  await first;
  return (await Promise.all(pushes)).flat();
}

/** All requests at once: in as many transactions as there are of it at a time, as they are free for it. */
const atOnce = async (world: World, requests: readonly Request[]): Promise<PushResult[]> =>
  (await Promise.all(requests.map((request) => push(world, request)))).flat();

/** Everything that is written, as it would be read. */
async function contents({ installation: { database } }: World): Promise<Record<string, unknown[]>> {
  const tables = Object.values(syncedTables).map(({ sql: name }) => name);
  const engine = ['sync_scope', 'sync_lane', 'mutation_result', 'sync_tombstone', 'job'];
  const all: Record<string, unknown[]> = {};
  for (const name of [...new Set(tables), ...engine]) {
    const { rows } = await sql<{ row: string }>`select (to_jsonb(r) - 'created_at' - 'purgeable_at'
      - case when ${name} = 'job' then 'id' else '' end)::text as row
      from ${sql.table(name)} r order by 1`.execute(database.kysely);
    all[name] = rows.map(({ row }) => row);
  }
  return all;
}

const pokesOf = ({ installation: { commits } }: World) => {
  const pokes = commits.map(({ changes, lost }) => ({
    lost,
    // Rows of one change have no order: reads that travel together come back in another one.
    changes: changes.map(({ recipients, rows, ...change }) => ({
      ...change,
      recipients: recipients?.toSorted(),
      rows: rows?.toSorted((a, b) => `${a[0]} ${a[1]}`.localeCompare(`${b[0]} ${b[1]}`)),
    })),
  }));
  // Neither have commits of different scopes; of the same one they are told apart by the version. Nor have a row's fields.
  return pokes.map((poke) => JSON.stringify(poke, inOrder)).toSorted();
};

const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Meets every answer that is to be met. */
const eachAnswer: Step[] = (
  [
    { who: 'alice', act: 'send' },
    { who: 'alice', act: 'sendTaken' },
    { who: 'alice', act: 'send', after: 0 },
    { who: 'bob', act: 'send', place: 'too early' },
    { who: 'bob', act: 'send', after: 0 },
    { who: 'gus', act: 'send', place: 'unknown act' },
    { who: 'dave', act: 'send' },
    { who: 'erin', act: 'send', thread: 1, place: 'same place' },
    { who: 'erin', act: 'send', thread: 1, place: 'same place' },
  ] as const
).map((drawn) => ({
  client: 0,
  thread: 0,
  message: 0,
  whom: 'bob',
  place: 'next',
  after: null,
  begins: true,
  ...drawn,
}));

/** What the first of them leaves out of a row is met by the second. */
const leftOut: Step[] = (['start', 'sendInNew'] as const).map((act) => ({
  ...{ who: 'alice', client: 0, act, thread: 0, message: 0, whom: 'bob', place: 'next', after: null, begins: true },
}));

// How far somebody has read is bounded by a thread that it does not lock: beside a send it comes before or after.
const ordered = step.filter(({ act }) => act !== 'markRead');

test.each([
  { how: 'in one transaction', share: together, drawn: step },
  { how: 'in two at a time', share: atOnce, drawn: ordered },
])('[PUSH14] many requests of many people, $how or each on its own', { timeout: 180_000 }, async ({ share, drawn }) => {
  const [single, shared] = worlds as [World, World];
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(drawn, { minLength: 2, maxLength: 25 }), async (steps) => {
      const scene = await makeScene();
      const requests = requestsOf(scene, steps);
      for (const { installation } of worlds) installation.commits.length = 0;
      const expected = await oneByOne(single, requests);
      const before = shared.transactions();
      const results = await share(shared, requests);
      expect(results).toEqual(expected);
      expect(pokesOf(shared)).toEqual(pokesOf(single));
      expect(await contents(shared)).toEqual(await contents(single));
      // The one that was on its way, and one for all.
      if (share === together) expect(shared.transactions() - before).toBe(2);
      for (const result of expected) met.add('code' in result ? result.code : result.status);
    }),
    { numRuns: 30, examples: [[eachAnswer], [leftOut]] },
  );
  const wanted = ['applied', 'gap', 'fork', 'not_yet', 'dependency_failed', 'not_found', 'id_taken', 'invalid'];
  expect([...met]).toEqual(expect.arrayContaining(wanted));
});

test('[PUSH14] a shared transaction that fails is done one by one, each once', async () => {
  const [, world] = worlds as [World, World];
  const { server } = world.installation;
  const threadIds = await Promise.all([people.bob, people.erin].map((personId) => startThread(server, [personId])));
  const clients = [people.alice, people.bob, people.erin].map((personId) => new TestClient(server, personId));
  const requests = clients.flatMap((client) =>
    threadIds.map((threadId) => {
      const args = { threadId, messageId: newId(), text: 'once' };
      return {
        personId: client.personId,
        clientId: client.clientId,
        mutations: [client.mutation('sendMessage', args)],
      };
    }),
  );
  for (const request of requests)
    await server.push(request.personId, { ...clients[0]!.caller, ...request, incarnation: newId() });
  const before = world.transactions();
  const statuses = (await together(world, requests, { fails: true })).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual(['applied', 'applied', 'applied', 'applied', 'rejected', 'rejected']);
  expect(world.transactions() - before).toBeGreaterThan(requests.length);
  const rows = await world.installation.database.kysely
    .selectFrom('message')
    .select('seq')
    .where('thread_id', 'in', threadIds)
    .where('kind', '=', 'internal')
    .execute();
  expect(rows.map(({ seq }) => seq).toSorted()).toEqual([1, 1, 2, 2]);
});
