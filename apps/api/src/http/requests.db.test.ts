import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCast, PASSWORD, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await makeCast(server.services);
});
afterAll(() => server.stop());

const json = { 'content-type': 'application/json' };
const post = (path: string, init: RequestInit = {}) =>
  server.browser().fetch(path, { method: 'POST', headers: json, body: '{}', ...init });

describe('a batch', () => {
  test.each([
    ['/trpc/,,,,?batch=1', 400, 'BAD_REQUEST'],
    ['/trpc/?batch=1', 400, 'BAD_REQUEST'],
    ['/trpc/%2C%2C%2C?batch=1', 400, 'BAD_REQUEST'],
    ['/trpc/accounts.session,?batch=1', 400, 'BAD_REQUEST'],
    [`/trpc/${Array.from({ length: 11 }, () => 'accounts.session').join(',')}?batch=1`, 400, 'BATCH_TOO_LARGE'],
    [`/trpc/${Array.from({ length: 5_000 }, () => 'a').join(',')}?batch=1`, 400, 'BATCH_TOO_LARGE'],
    ['/trpc/nothing,accounts.nothing?batch=1', 404, undefined],
    ['/trpc/accounts.session,accounts.signOut?batch=1', 400, 'BAD_REQUEST'],
    ['/trpc/accounts.session?batch=1&input=%7B', 200, undefined],
    ['/trpc/accounts.invitation?batch=1&input=[]', 400, undefined],
  ])('%s is answered clearly', async (path, status, code) => {
    const answer = await server.browser().fetch(path);
    expect([answer.status, answer.code]).toEqual([status, code]);
  });

  test('of ten is answered', async () => {
    const path = Array.from({ length: 10 }, () => 'accounts.session').join(',');
    const response = await fetch(`${server.url}/trpc/${path}?batch=1`);
    expect(await response.json()).toHaveLength(10);
  });
});

describe('a request', () => {
  test.each([
    ['/trpc/%E0%A4%A', 400, 'BAD_REQUEST'],
    ['/trpc/accounts.invitation?input=%7Bbroken', 400, 'PARSE_ERROR'],
    ['/trpc/accounts.invitation?input=%22%E0%A4%A', 400, 'PARSE_ERROR'],
    ['/trpc/__proto__', 404, 'NOT_FOUND'],
    ['/trpc/accounts.constructor', 404, 'NOT_FOUND'],
    ['/trpc/accounts.session?connectionParams=x', 400, 'BAD_REQUEST'],
    ['/trpc/accounts.signOut', 405, 'METHOD_NOT_SUPPORTED'],
    ['/trpc/sync.live?input={}', 405, 'SOCKET_ONLY'],
    ['/trpc', 400, 'BAD_REQUEST'],
    ['/trpc/../../etc/passwd', 404, 'NOT_FOUND'],
    ['/nothing', 404, 'NOT_FOUND'],
    ['//', 404, 'NOT_FOUND'],
  ])('GET %s is answered clearly', async (path, status, code) => {
    const answer = await server.browser().fetch(path);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.headers.get('x-request-id')).toBeTruthy();
  });

  test('with a body that is no JSON, or no JSON at all, is refused', async () => {
    expect((await post('/trpc/accounts.signIn', { body: '{"email":' })).code).toBe('PARSE_ERROR');
    expect((await post('/trpc/accounts.signIn', { headers: { 'content-type': 'text/plain' } })).code).toBe(
      'UNSUPPORTED_MEDIA_TYPE',
    );
    const form = new FormData();
    form.set('email', 'alice@example.org');
    expect((await server.browser().fetch('/trpc/accounts.signIn', { method: 'POST', body: form })).code).toBe(
      'UNSUPPORTED_MEDIA_TYPE',
    );
    expect((await post('/trpc/accounts.signIn', { method: 'DELETE' })).code).toBe('METHOD_NOT_SUPPORTED');
  });

  test('with too large a body is refused, whether it says its length or not', async () => {
    const body = JSON.stringify({ email: 'a@example.org', password: 'x'.repeat(600_000) });
    expect((await post('/trpc/accounts.signIn', { body })).code).toBe('TOO_LARGE');
    const chunked = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 20; index += 1) controller.enqueue(new TextEncoder().encode(' '.repeat(50_000)));
        controller.close();
      },
    });
    const init = { body: chunked, duplex: 'half' } as RequestInit;
    expect((await post('/trpc/accounts.signIn', init)).code).toBe('TOO_LARGE');
  });

  test('from another site changes nothing', async () => {
    const credentials = JSON.stringify({ email: 'alice@example.org', password: PASSWORD });
    for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`]) {
      const { code } = await post('/trpc/accounts.signIn', { headers: { ...json, origin }, body: credentials });
      expect(code).toBe('CROSS_ORIGIN');
    }
    const site = await fetch(`${server.url}/trpc/accounts.signIn`, {
      method: 'POST',
      headers: { ...json, 'sec-fetch-site': 'cross-site' },
      body: credentials,
    });
    expect(site.status).toBe(403);
  });

  test.each([
    ['a greeting of TLS', '\u0016\u0003\u0001 nonsense'],
    ['another version', 'GET / HTTP/9.9\r\nHost: x'],
    ['no address', 'GET // HTTP/1.1\r\nHost: x\r\nConnection: close'],
    ['half an address', 'GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close'],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close'],
    ['a host that is none', 'GET /nothing HTTP/1.1\r\nHost: [\r\nConnection: close'],
    [
      'two lengths',
      'POST /trpc/accounts.signIn HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked',
    ],
    ['a header without an end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`],
  ])('that is %s, not HTTP, is refused and does not disturb the others', async (_name, head) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.end(`${head}\r\n\r\n`);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'close');
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect((await server.browser().fetch('/healthz')).status).toBe(200);
  });
});

describe('every answer', () => {
  test.each(['/healthz', '/nothing', '/trpc/accounts.session', '/trpc/,,,'])(
    '%s carries the headers of safety',
    async (path) => {
      const { headers } = await server.browser().fetch(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain(`default-src 'none'`);
      expect(policy).toContain(`frame-ancestors 'none'`);
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('*');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );

  test('a forged Host does not get into the policy', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`GET /healthz HTTP/1.1\r\nHost: x; script-src *\r\nConnection: close\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'close');
    expect(text).not.toContain('script-src *');
  });
});

describe('health', () => {
  test('the process is there, and ready with its database', async () => {
    const alive = await fetch(`${server.url}/healthz`);
    expect(await alive.json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, checks: { database: 'ok', migrations: 'ok' } },
    ]);
  });

  test('without Redis, where one is configured, it is not ready, and works on', async () => {
    const lame = await startTestServer({ redisUrl: 'redis://127.0.0.1:1' });
    try {
      const ready = await fetch(`${lame.url}/readyz`);
      expect([ready.status, await ready.json()]).toEqual([
        503,
        { ready: false, checks: { database: 'ok', migrations: 'ok', redis: 'down' } },
      ]);
      const cast = await makeCast(lame.services);
      await lame.browser().signIn(cast.alice, PASSWORD);
    } finally {
      await lame.stop();
    }
  });
});
