import { orgPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { PROTOCOL_VERSION, type LiveEvent, type PullResponse, type PushResponse } from '@parley/sync/protocol';
import { gzipSync } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putMember } from '../accounts/people.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());

const signedIn = async (person: Cast['alice']) =>
  SyncClient.connect(await server.browser().signIn(person, PASSWORD), person.personId);

describe('a message', () => {
  test('written by one is in front of the other at once, as rows inside a poke', async () => {
    const [alice, bob] = [await signedIn(cast.alice), await signedIn(cast.bob)];
    const threadId = await alice.startThread(cast.acme, [cast.bob.personId]);
    await bob.pull([threadScope(threadId)]);
    const messageId = uuidv7();
    await alice.push('sendMessage', { threadId, messageId, text: 'Hello Bob' }, threadScope(threadId));
    const poke = await bob.poke(threadScope(threadId));
    const row = poke.rows?.find(([table]) => table === 'message');
    expect(row).toMatchObject(['message', messageId, 2, { text: 'Hello Bob', authorId: cast.alice.personId, seq: 1 }]);
    alice.close();
    bob.close();
  });

  test('travels in fewer bytes than a page of text: both ways, frames included', async () => {
    const [alice, bob] = [await signedIn(cast.alice), await signedIn(cast.bob)];
    const threadId = await alice.startThread(cast.acme, [cast.bob.personId]);
    await alice.pull([threadScope(threadId)]);
    await bob.pull([threadScope(threadId)]);
    const before = { alice: alice.bytes, bob: bob.bytes };
    const text = 'Shall we meet at the harbour at nine, before the others come?';
    await alice.push('sendMessage', { threadId, messageId: uuidv7(), text }, threadScope(threadId));
    await alice.poke(threadScope(threadId));
    await bob.poke(threadScope(threadId));
    const sent = alice.bytes.sent - before.alice.sent;
    const answered = alice.bytes.received - before.alice.received;
    const poked = bob.bytes.received - before.bob.received;
    expect(
      { sent: sent < 700, answered: answered < 1_600, poked: poked < 1_300 },
      JSON.stringify({ sent, answered, poked }),
    ).toEqual({
      sent: true,
      answered: true,
      poked: true,
    });
    expect(bob.bytes.sent).toBe(before.bob.sent);
    alice.close();
    bob.close();
  });
});

test('a bootstrap costs what its rows cost: 20 threads with their newest 20 messages, and 50 people', async () => {
  const alice = await signedIn(cast.alice);
  const colleagues = await addColleagues(50);
  const threads: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    const threadId = await alice.startThread(cast.acme, colleagues.slice(index, index + 5));
    threads.push(threadId);
    const text = 'Words of a usual length, as people write them to each other all day long, and then some.';
    await alice.pushAll(
      'sendMessage',
      Array.from({ length: 20 }, () => ({ threadId, messageId: uuidv7(), text })),
      threadScope(threadId),
    );
  }
  const fresh = await signedIn(cast.alice);
  const before = fresh.bytes;
  const scopes = [`user:${cast.alice.personId}`, `org:${cast.acme}`, `people.org:${cast.acme}`];
  const all = [...scopes, ...threads.flatMap((id) => [threadScope(id), `people.thread:${id}`])];
  const { answers } = await fresh.pull(all);
  expect(answers.map(({ kind }) => kind)).not.toContain('forbidden');
  const received = fresh.bytes.received - before.received;
  const packed = gzipSync(JSON.stringify(answers)).length;
  // 400 messages, 120 participants, 50 cards, 20 heads.
  expect({ received: received < 300_000, packed: packed < 20_000 }, JSON.stringify({ received, packed })).toEqual({
    received: true,
    packed: true,
  });
  alice.close();
  fresh.close();
});

async function addColleagues(count: number): Promise<string[]> {
  const people = Array.from({ length: count }, (_, index) => ({
    personId: uuidv7(),
    orgId: cast.acme,
    name: `Colleague ${index}`,
    email: `colleague-${index}@example.org`,
    role: 'member' as const,
  }));
  const scopes = {
    write: [orgPeopleScope(cast.acme)],
    create: people.map(({ personId }) => userScope(personId)),
  };
  await server.services.acts.act(null, scopes, async (tx, db) => {
    await db
      .insertInto('person')
      .values(people.map(({ personId, name }) => ({ id: personId, name })))
      .execute();
    for (const person of people) await putMember(tx, person);
  });
  return people.map(({ personId }) => personId);
}

describe('a stream', () => {
  test('opens with hello', async () => {
    const alice = await signedIn(cast.alice);
    expect(alice.hello).toMatchObject({ kind: 'hello', incarnation: expect.any(String) });
    alice.close();
  });

  test('is for the person of the session, of this protocol, over a socket, and not too many of them', async () => {
    const browser = await server.browser().signIn(cast.alice, PASSWORD);
    const socket = await browser.connect();
    const caller = { protocol: PROTOCOL_VERSION, personId: cast.alice.personId, clientId: uuidv7() };
    const refusal = async (input: unknown) => (await socket.subscribe('sync.live', input).failed()).code;
    expect(await refusal({ ...caller, personId: cast.bob.personId })).toBe('WRONG_ACCOUNT');
    expect(await refusal({ ...caller, protocol: 0 })).toBe('OUTDATED');
    expect(await refusal({})).toBe('INVALID');
    for (let count = 0; count < 4; count += 1) await socket.subscribe('sync.live', caller).next();
    expect(await refusal(caller)).toBe('TOO_MANY_STREAMS');
    const overHttp = await browser.call('query', 'sync.live', caller);
    expect(overHttp.code).toBe('SOCKET_ONLY');
    socket.close();
  });

  test('stops when asked, and its place is free again', async () => {
    const alice = await signedIn(cast.alice);
    const before = server.services.hub.connections;
    const other = alice.subscribe();
    await other.next();
    expect(server.services.hub.connections).toBe(before + 1);
    other.stop();
    await other.stopped();
    expect(server.services.hub.connections).toBe(before);
    alice.close();
  });

  test('an idle minute costs a ping and a pong, and nothing else', async () => {
    const quick = await startTestServer({ sockets: { pingMs: 20, pongMs: 1_000 } });
    try {
      const people = await makeCast(quick.services);
      const socket = await (await quick.browser().signIn(people.alice, PASSWORD)).connect();
      const start = socket.bytes;
      const pings = await socket.pings(5);
      const { sent, received } = socket.bytes;
      // A frame's head: 2 bytes from the server, 6 with its mask from a client.
      expect(received - start.received).toBe(pings * ('PING'.length + 2));
      expect(sent - start.sent).toBe(pings * ('PONG'.length + 6));
      socket.close();
    } finally {
      await quick.stop();
    }
  });
});

test('somebody who asks too often is told when to ask again', async () => {
  const limited = await startTestServer({ limits: { sync: { points: 3, seconds: 60 } } });
  try {
    const people = await makeCast(limited.services);
    const socket = await (await limited.browser().signIn(people.alice, PASSWORD)).connect();
    const codes: (string | undefined)[] = [];
    for (let count = 0; count < 3; count += 1) codes.push((await socket.call('mutation', 'sync.pull', {})).code);
    expect(codes).toEqual(['INVALID', 'INVALID', 'INVALID']);
    const { code, error } = await socket.call('mutation', 'sync.pull', {});
    expect(code).toBe('RATE_LIMITED');
    expect(error?.data['retryAfterSeconds']).toBeGreaterThan(0);
    socket.close();
  } finally {
    await limited.stop();
  }
});

describe('a request', () => {
  test('that names another person or another protocol consumes nothing', async () => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    const caller = { protocol: PROTOCOL_VERSION, personId: cast.alice.personId, clientId: uuidv7(), incarnation: null };
    const threadId = uuidv7();
    const args = { threadId, orgId: cast.acme, subject: 'x', participantIds: [] };
    const mutation = { id: uuidv7(), lane: threadScope(threadId), n: 1, name: 'createThread', version: 1, args, at: 0 };
    const push = async (changes: object) =>
      socket.call('mutation', 'sync.push', { ...caller, mutations: [mutation], ...changes });
    expect((await push({ personId: cast.bob.personId })).code).toBe('WRONG_ACCOUNT');
    expect((await push({ protocol: 99 })).code).toBe('OUTDATED');
    const { data } = await push({});
    expect((data as PushResponse).results).toMatchObject([{ status: 'applied' }]);
    expect((await push({ clientId: 'not a uuid' })).code).toBe('INVALID');
    socket.close();
  });

  test('of another account with the same client id is refused: a client belongs to one person', async () => {
    const alice = await signedIn(cast.alice);
    await alice.startThread(cast.acme, []);
    const socket = await (await server.browser().signIn(cast.bob, PASSWORD)).connect();
    const stolen = {
      protocol: PROTOCOL_VERSION,
      personId: cast.bob.personId,
      clientId: alice.clientId,
      incarnation: null,
      mutations: [{ id: uuidv7(), lane: 'x', n: 1, name: 'x', version: 1, args: {}, at: 0 }],
    };
    expect((await socket.call('mutation', 'sync.push', stolen)).code).toBe('WRONG_ACCOUNT');
    socket.close();
    alice.close();
  });

  test('that is too large is refused whole: mutations, bytes, scopes', async () => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    const caller = { protocol: PROTOCOL_VERSION, personId: cast.alice.personId, clientId: uuidv7(), incarnation: null };
    const mutation = (text: string) => ({
      id: uuidv7(),
      lane: 'x',
      n: 1,
      name: 'x',
      version: 1,
      args: { text },
      at: 0,
    });
    const push = async (mutations: unknown[]) =>
      (await socket.call('mutation', 'sync.push', { ...caller, mutations })).code;
    expect(await push(Array.from({ length: 51 }, () => mutation('')))).toBe('INVALID');
    expect(await push(Array.from({ length: 3_000 }, () => mutation('')))).toBe('INVALID');
    expect(await push([mutation('x'.repeat(300 * 1024))])).toBe('TOO_LARGE');
    const scopes = Array.from({ length: 5_001 }, () => ({ scope: `user:${uuidv7()}`, from: null, epoch: null }));
    expect((await socket.call('mutation', 'sync.pull', { ...caller, scopes })).code).toBe('INVALID');
    socket.close();
  });
});

describe('what is forged', () => {
  test("never shows: another's scopes are forbidden, acts in another's thread are refused", async () => {
    const [alice, carol, dave] = [await signedIn(cast.alice), await signedIn(cast.carol), await signedIn(cast.dave)];
    const threadId = await alice.startThread(cast.acme, [cast.bob.personId]);
    const scope = threadScope(threadId);
    const foreign = [
      scope,
      `people.thread:${threadId}`,
      `user:${cast.alice.personId}`,
      `org:${cast.acme}`,
      `people.org:${cast.acme}`,
    ];
    for (const stranger of [carol, dave]) {
      const { answers } = await stranger.pull(foreign);
      expect(answers).toEqual(foreign.map((each) => ({ scope: each, kind: 'forbidden' })));
      const sent = await stranger.push('sendMessage', { threadId, messageId: uuidv7(), text: 'Let me in' }, scope);
      expect(sent).toMatchObject({ status: 'rejected', code: 'not_found' });
    }
    const own = uuidv7();
    const started = await carol.push(
      'createThread',
      { threadId: own, orgId: cast.acme, subject: 'x', participantIds: [] },
      threadScope(own),
    );
    expect(started).toMatchObject({ status: 'rejected', code: 'not_found' });
    for (const client of [alice, carol, dave]) client.close();
  });

  test('names that no database can hold are refused like any other', async () => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    const caller = { protocol: PROTOCOL_VERSION, personId: cast.alice.personId, clientId: uuidv7(), incarnation: null };
    for (const name of ['\0', '\ud800', 'thread:\0', '__proto__', `thread:${'x'.repeat(190)}`]) {
      const mutation = { id: uuidv7(), lane: name, n: 1, name, version: 1, args: { [name]: name }, at: 0 };
      const { code, data } = await socket.call('mutation', 'sync.push', { ...caller, mutations: [mutation] });
      expect(code ?? (data as PushResponse).results[0]?.status).toMatch(/^(INVALID|rejected)$/);
      const ask = { scope: name, from: null, epoch: null };
      const pulled = await socket.call('mutation', 'sync.pull', { ...caller, scopes: [ask] });
      expect(pulled.code ?? (pulled.data as PullResponse).answers[0]?.kind).toMatch(/^(INVALID|forbidden)$/);
      const page = { ...caller, incarnation: name, scope: name, epoch: 1, before: 1, limit: 1 };
      const paged = await socket.call('mutation', 'sync.page', page);
      expect(paged.code ?? (paged.data as { kind: string }).kind).toMatch(/^(INVALID|forbidden|reset)$/);
    }
    socket.close();
  });

  test('author, place and time in the arguments are ignored; the server puts its own', async () => {
    const alice = await signedIn(cast.alice);
    const threadId = await alice.startThread(cast.acme, []);
    const scope = threadScope(threadId);
    const forged = { authorId: cast.bob.personId, seq: 999, createdAt: 1, ownerOrg: cast.globex, kind: 'system' };
    await alice.push('sendMessage', { threadId, messageId: uuidv7(), text: 'mine', ...forged }, scope);
    const { answers, serverTime } = await alice.pull([scope]);
    const [answer] = answers;
    const message = answer?.kind === 'truncated' && answer.rows.find(([table]) => table === 'message')?.[3];
    expect(message).toMatchObject({ authorId: cast.alice.personId, seq: 1, ownerOrg: cast.acme, kind: 'internal' });
    expect(Math.abs((message as { createdAt: number }).createdAt - serverTime)).toBeLessThan(60_000);
    alice.close();
  });
});

test('a drained server tells its sockets to come back, answers what it was asked, and takes nobody new', async () => {
  const drained = await startTestServer();
  const people = await makeCast(drained.services);
  const browser = await drained.browser().signIn(people.alice, PASSWORD);
  const socket = await browser.connect();
  const stopped = drained.stop();
  expect(await socket.closed()).toEqual({ code: 1012, reason: 'restarting' });
  await stopped;
  await expect(browser.call('query', 'accounts.session')).rejects.toThrow();
});

test('a colleague who joins appears in the directory of everybody who looks at it', async () => {
  const alice = await signedIn(cast.alice);
  const directory = `people.org:${cast.acme}`;
  await alice.pull([directory]);
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const invited = await browser.call('mutation', 'organisations.invite', {
    orgId: cast.acme,
    email: 'erin@example.org',
    role: 'member',
  });
  const token = (invited.data as { url: string }).url.split('/').at(-1);
  const joined = await server
    .browser()
    .call('mutation', 'accounts.acceptInvitation', { token, name: 'Erin', password: 'a long enough one' });
  const { person } = joined.data as { person: { id: string } };
  const poke: Extract<LiveEvent, { kind: 'poke' }> = await alice.poke(directory);
  expect(poke.rows).toEqual([
    ['person', person.id, poke.to, expect.objectContaining({ name: 'Erin', role: 'member', active: true })],
  ]);
  alice.close();
});
