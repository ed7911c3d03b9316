import { orgScope } from '@parley/core/scopes';
import { IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { queryObjects } from 'node:v8';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { RoomClient } from '../testing/room-client.ts';
import { endOf } from '../testing/socket.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());

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
    expect(await endOf(alice.connect({ origin: origin() }))).toEqual([403, 'CROSS_ORIGIN']);
  });

  test('from our own pages is accepted: under the address asked, and under the public one', async () => {
    const alice = await server.browser().signIn(cast.alice, PASSWORD);
    expect(await endOf(alice.connect())).toEqual([101, undefined]);
    expect(await endOf(alice.connect({ origin: 'http://localhost:3000' }))).toEqual([101, undefined]);
  });

  test('of nobody, or with a cookie that is none, is refused', async () => {
    expect(await endOf(server.browser().connect())).toEqual([401, 'UNAUTHORISED']);
    expect(await endOf(server.browser().connect({ cookie: 'parley.session_token=x.y' }))).toEqual([
      401,
      'UNAUTHORISED',
    ]);
    const alice = await server.browser().signIn(cast.alice, PASSWORD);
    const { cookie } = alice;
    await alice.call('mutation', 'accounts.signOut');
    expect(await endOf(server.browser().connect({ cookie }))).toEqual([401, 'UNAUTHORISED']);
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
    expect(await endOf(alice.connect())).toEqual([429, 'TOO_MANY_CONNECTIONS']);
    const [first] = sockets;
    first?.close();
    await first?.closed();
    expect(await endOf(alice.connect())).toEqual([101, undefined]);
    for (const socket of sockets) socket.close();
  });

  test.each(['/elsewhere', '/trpc/', '//', '//[', '/%zz', '*'])('at %s finds nothing', async (path) => {
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    const asked = request({ host: '127.0.0.1', port: server.port, path, headers });
    asked.end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(404);
  });
});

test('a request is let go once its socket is open', async () => {
  const alice = await server.browser().signIn(cast.alice, PASSWORD);
  const inMemory = () => queryObjects(IncomingMessage, { format: 'count' });
  await vi.waitFor(() => expect(inMemory()).toBe(0), { timeout: 5_000 });
  const [socket, room] = [await alice.connect(), await RoomClient.enter(alice, orgScope(cast.acme))];
  await vi.waitFor(() => expect(inMemory()).toBe(0), { timeout: 5_000 });
  expect([socket.isOpen, room.isOpen]).toEqual([true, true]);
  socket.close();
  room.close();
});
