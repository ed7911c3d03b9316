import { request } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HandshakeRefused, type Socket } from '../testing/socket.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());

async function refusalOf(opening: Promise<Socket>): Promise<[number, string | undefined]> {
  try {
    (await opening).close();
  } catch (error) {
    if (error instanceof HandshakeRefused) return [error.status, error.code];
    throw error;
  }
  return [101, undefined];
}

describe('a handshake', () => {
  test.each([
    ['another site', () => 'https://evil.example'],
    ['another port of this machine', () => `http://127.0.0.1:${server.port + 1}`],
    ['a name that only begins like ours', () => `http://127.0.0.1:${server.port}.evil.example`],
    ['a name that only ends like ours', () => 'http://evil-localhost:3000'],
    ['another scheme', () => `https://127.0.0.1:${server.port}`],
    ['nowhere that can be named', () => 'null'],
    ['something that is no origin', () => `http://127.0.0.1:${server.port}/trpc`],
  ])('from %s is refused, whatever cookie it brings', async (_name, origin) => {
    const alice = await server.browser().signIn(cast.alice, PASSWORD);
    expect(await refusalOf(alice.connect({ origin: origin() }))).toEqual([403, 'CROSS_ORIGIN']);
  });

  test('from our own pages is accepted: under the address asked, and under the public one', async () => {
    const alice = await server.browser().signIn(cast.alice, PASSWORD);
    expect(await refusalOf(alice.connect())).toEqual([101, undefined]);
    expect(await refusalOf(alice.connect({ origin: 'http://localhost:3000' }))).toEqual([101, undefined]);
  });

  test('of nobody, or with a cookie that is none, is refused', async () => {
    expect(await refusalOf(server.browser().connect())).toEqual([401, 'UNAUTHORISED']);
    expect(await refusalOf(server.browser().connect({ cookie: 'parley.session_token=x.y' }))).toEqual([
      401,
      'UNAUTHORISED',
    ]);
    const alice = await server.browser().signIn(cast.alice, PASSWORD);
    const { cookie } = alice;
    await alice.call('mutation', 'accounts.signOut');
    expect(await refusalOf(server.browser().connect({ cookie }))).toEqual([401, 'UNAUTHORISED']);
  });

  test('without an origin comes from no page, and is refused', async () => {
    const alice = await server.browser().signIn(cast.alice, PASSWORD);
    const headers = {
      cookie: alice.cookie,
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
    };
    const asked = request(`${server.url}/trpc`, {
      headers: { ...headers, 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' },
    });
    asked.end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(403);
  });

  test('of a session that has twenty sockets is refused, until one of them closes', async () => {
    const alice = await server.browser().signIn(cast.alice, PASSWORD);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => alice.connect()));
    expect(await refusalOf(alice.connect())).toEqual([429, 'TOO_MANY_CONNECTIONS']);
    const [first] = sockets;
    first?.close();
    await first?.closed();
    expect(await refusalOf(alice.connect())).toEqual([101, undefined]);
    for (const socket of sockets) socket.close();
  });

  test('at another path finds nothing', async () => {
    const asked = request(`${server.url}/elsewhere`, { headers: { connection: 'upgrade', upgrade: 'websocket' } });
    asked.end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(404);
  });
});

describe('a malformed frame', () => {
  const call = (changes: object) =>
    JSON.stringify({ id: 1, method: 'mutation', params: { path: 'sync.pull', input: {} }, ...changes });
  const frames: [string, string | Buffer][] = [
    ['empty', ''],
    ['white space', '  '],
    ['not JSON', 'hello'],
    ['half of JSON', '{"id":1,"method":'],
    ['two JSON texts', `${call({})}${call({})}`],
    ['a string', '"x"'],
    ['a number', '42'],
    ['null', 'null'],
    ['true', 'true'],
    ['an empty object', '{}'],
    ['an empty batch', '[]'],
    ['a batch of nulls', '[null,null]'],
    ['a batch in a batch', `[[${call({})}]]`],
    ['a batch of eleven', JSON.stringify(Array.from({ length: 11 }, () => JSON.parse(call({})) as object))],
    ['a batch of ten thousand', `[${Array.from({ length: 10_000 }, () => '1').join(',')}]`],
    ['no id', call({ id: undefined })],
    ['id null', call({ id: null })],
    ['id an object', call({ id: {} })],
    ['id true', call({ id: true })],
    ['no method', call({ method: undefined })],
    ['an unknown method', call({ method: 'delete' })],
    ['a method of Object', call({ method: 'constructor' })],
    ['method a number', call({ method: 1 })],
    ['no params', call({ params: undefined })],
    ['params null', call({ params: null })],
    ['params a list', call({ params: [] })],
    ['params without a path', call({ params: { input: {} } })],
    ['path a number', call({ params: { path: 1 } })],
    ['path empty', call({ params: { path: '' } })],
    ['path unknown', call({ params: { path: 'sync.nothing' } })],
    ['path __proto__', call({ params: { path: '__proto__' } })],
    ['path of a prototype', call({ params: { path: 'sync.constructor' } })],
    ['path of inner parts', call({ params: { path: '_def.procedures' } })],
    ['path very long', call({ params: { path: 'x'.repeat(100_000) } })],
    ['a query of a mutation', call({ method: 'query' })],
    ['a subscription of a mutation', call({ method: 'subscription' })],
    ['a mutation of a subscription', call({ params: { path: 'sync.live', input: {} } })],
    ['another JSON-RPC', call({ jsonrpc: '1.0' })],
    ['lastEventId a number', call({ params: { path: 'sync.live', lastEventId: 1 } })],
    ['deep nesting', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['bytes', Buffer.from([0, 1, 2, 255])],
    ['JSON as bytes', Buffer.from(call({}))],
    [
      'input with __proto__',
      '{"id":1,"method":"mutation","params":{"path":"sync.pull","input":{"__proto__":{"personId":1}}}}',
    ],
    ['stopping what never began', JSON.stringify({ id: 77, method: 'subscription.stop' })],
  ];

  test.each(frames)('%s: is answered with a code or ignored, and the socket lives on', async (name, frame) => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    socket.sendRaw(frame);
    if (name !== 'stopping what never began') {
      const { error } = await socket.frame((answer) => answer.error !== undefined);
      expect(error?.data['code']).toMatch(/^(PARSE_ERROR|NOT_FOUND|INVALID|METHOD_NOT_SUPPORTED|BAD_REQUEST)$/);
    }
    const alive = await socket.call('query', 'accounts.session');
    expect(alive.data).toMatchObject({ person: { name: 'Alice' } });
    socket.close();
  });

  test('that is larger than a megabyte ends the socket, and nothing else', async () => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    socket.sendRaw(`"${'x'.repeat(1_100_000)}"`);
    expect((await socket.closed()).code).toBe(1009);
    expect((await server.browser().fetch('/healthz')).status).toBe(200);
  });
});
