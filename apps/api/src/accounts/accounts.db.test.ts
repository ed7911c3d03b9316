import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';
import { KEY_HEADER } from './identity.ts';
import { hashToken } from './secret-token.ts';

const first = {
  organisationName: 'Acme',
  name: 'Alice',
  email: 'Alice@Example.org ',
  password: 'correct horse battery',
};

describe('setting up', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
    token = new URL(server.setUpUrl ?? '').hash.replace('#token=', '');
  });
  afterAll(() => server.stop());

  test('a fresh installation says so, and stores only the hash of the token of its link', async () => {
    const { data } = await server.browser().call('query', 'accounts.session');
    expect(data).toEqual({ person: null, needsSetup: true });
    const { set_up_token_hash: stored } = await server.services.db
      .selectFrom('installation')
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(stored).toBe(hashToken(token));
    expect(stored).not.toContain(token);
  });

  test('another token is refused', async () => {
    const { status, code } = await server
      .browser()
      .call('mutation', 'accounts.setUp', { ...first, token: 'x'.repeat(43) });
    expect([status, code]).toEqual([403, 'SET_UP_TOKEN_INVALID']);
  });

  test('weak passwords are refused, with words at the field', async () => {
    const browser = server.browser();
    const short = await browser.call('mutation', 'accounts.setUp', { ...first, token, password: 'too short' });
    expect([short.status, short.code]).toEqual([400, 'INVALID']);
    expect(short.error?.data['issues']).toEqual([{ path: 'password', message: 'Use at least 10 characters.' }]);
    for (const password of ['alice@example.org', 'aaaaaaaaaaaaa']) {
      const answer = await browser.call('mutation', 'accounts.setUp', { ...first, token, password });
      expect(answer.code).toBe('PASSWORD_TOO_WEAK');
    }
  });

  test('of two at the same time one makes the first account, and is signed in', async () => {
    const browsers = [server.browser(), server.browser()];
    const answers = await Promise.all(
      browsers.map((browser) => browser.call('mutation', 'accounts.setUp', { ...first, token })),
    );
    expect(answers.map(({ code }) => code ?? 'done').toSorted()).toEqual(['ALREADY_SET_UP', 'done']);
    const winner = browsers[answers.findIndex(({ code }) => code === undefined)];
    const session = await winner?.call('query', 'accounts.session');
    expect(session?.data).toEqual({
      person: { id: expect.any(String), name: 'Alice', email: 'alice@example.org' },
      needsSetup: false,
    });
    const again = await server.browser().call('mutation', 'accounts.setUp', { ...first, token });
    expect(again.code).toBe('ALREADY_SET_UP');
    const { db } = server.services;
    expect(await db.selectFrom('auth_user').selectAll().execute()).toHaveLength(1);
    expect(await db.selectFrom('org').selectAll().execute()).toHaveLength(1);
    expect(await db.selectFrom('membership').select(['role', 'active']).execute()).toEqual([
      { role: 'owner', active: true },
    ]);
  });
});

describe('sessions', () => {
  let server: TestServer;
  let cast: Cast;
  beforeAll(async () => {
    server = await startTestServer();
    cast = await makeCast(server.services);
  });
  afterAll(() => server.stop());

  test('the cookie is out of reach of scripts and of other sites; only its hash is stored', async () => {
    const browser = server.browser();
    const { headers, data } = await browser.call('mutation', 'accounts.signIn', {
      email: cast.alice.email,
      password: PASSWORD,
    });
    expect(data).toEqual({
      person: { id: cast.alice.personId, name: 'Alice', email: 'alice@example.org' },
      secondStep: null,
    });
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/; HttpOnly/i);
    expect(cookie).toMatch(/; SameSite=Lax/i);
    expect(cookie).toMatch(/; Max-Age=2592000/i);
    expect(cookie).not.toMatch(/; Secure/i);
    const token = decodeURIComponent(cookie.split('=')[1] ?? '').split('.')[0] ?? '';
    const rows = await server.services.db.selectFrom('auth_session').select('token').execute();
    expect(rows.map((row) => row.token)).toEqual([hashToken(token)]);
  });

  test('wrong password and unknown address answer alike', async () => {
    const answers = await Promise.all(
      [
        { email: cast.alice.email, password: 'not this one' },
        { email: 'nobody@example.org', password: 'not this one' },
      ].map((credentials) => server.browser().call('mutation', 'accounts.signIn', credentials)),
    );
    for (const { status, error } of answers) {
      expect([status, error?.data['code']]).toEqual([401, 'INVALID_CREDENTIALS']);
    }
    expect(answers[0]?.error?.message).toBe(answers[1]?.error?.message);
  });

  test('a forged or altered cookie is nobody', async () => {
    const browser = await server.browser().signIn(cast.alice, PASSWORD);
    const { key } = browser;
    for (const cookie of [
      `${browser.cookie}x`,
      browser.cookie.replace(/=(.)/, (_, first) => (first === 'A' ? '=B' : '=A')),
      'parley.session_token=%00',
    ]) {
      const response = await fetch(`${server.url}/trpc/accounts.session`, {
        headers: { cookie, [KEY_HEADER]: key ?? '' },
      });
      expect(await response.json()).toEqual({ result: { data: { person: null, needsSetup: false } } });
    }
  });

  test('signing out ends the session here and closes its sockets, and no other', async () => {
    const [browser, elsewhere] = [
      await server.browser().signIn(cast.alice, PASSWORD),
      await server.browser().signIn(cast.alice, PASSWORD),
    ];
    const [socket, other] = [await browser.connect(), await elsewhere.connect()];
    const { cookie, key } = browser;
    expect((await browser.call('mutation', 'accounts.signOut')).status).toBe(200);
    expect(await socket.closed()).toEqual({ code: 4401, reason: 'signed out' });
    const replayed = await fetch(`${server.url}/trpc/accounts.session`, {
      headers: { cookie, [KEY_HEADER]: key ?? '' },
    });
    expect(await replayed.json()).toMatchObject({ result: { data: { person: null } } });
    expect((await browser.call('mutation', 'accounts.signOut')).status).toBe(200);
    expect((await elsewhere.call('query', 'accounts.session')).data).toMatchObject({ person: { name: 'Alice' } });
    expect(other.isOpen).toBe(true);
    other.close();
  });

  test('a session that ended elsewhere, or expired, loses its sockets', async () => {
    const browser = await server.browser().signIn(cast.bob, PASSWORD);
    const socket = await browser.connect();
    await server.services.connections.recheck();
    expect((await socket.call('mutation', 'sync.pull', {})).code).toBe('INVALID');
    await server.services.db
      .updateTable('auth_session')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('user_id', '=', cast.bob.personId)
      .execute();
    await server.services.connections.recheck();
    expect((await socket.closed()).code).toBe(4401);
    expect((await browser.call('query', 'accounts.session')).data).toMatchObject({ person: null });
  });

  test('a session in use is prolonged, and its cookie with it', async () => {
    const browser = await server.browser().signIn(cast.bob, PASSWORD);
    const { db } = server.services;
    const inTenDays = new Date(Date.now() + 10 * 86_400_000);
    await db
      .updateTable('auth_session')
      .set({ expires_at: inTenDays })
      .where('user_id', '=', cast.bob.personId)
      .execute();
    const { headers } = await browser.call('query', 'accounts.session');
    expect(headers.getSetCookie()[0]).toMatch(/Max-Age=2592000/i);
    const [row] = await db
      .selectFrom('auth_session')
      .select('expires_at')
      .where('user_id', '=', cast.bob.personId)
      .where('expires_at', '>', inTenDays)
      .execute();
    expect(row).toBeDefined();
  });

  test('[ACC2] a socket that stays open does not let its session end: it is told to come back, which prolongs it', async () => {
    const browser = await server.browser().signIn(cast.dave, PASSWORD);
    const { db, connections } = server.services;
    const socket = await browser.connect();
    await connections.recheck();
    expect(socket.isOpen).toBe(true);
    const inTenDays = new Date(Date.now() + 10 * 86_400_000);
    const ofDave = () => db.updateTable('auth_session').where('user_id', '=', cast.dave.personId);
    await ofDave().set({ expires_at: inTenDays }).execute();
    await connections.recheck();
    expect((await socket.closed()).code).toBe(1012);
    const again = browser.shakeHands('/trpc');
    const opened = once(again, 'open');
    const [{ headers }] = (await once(again, 'upgrade')) as [IncomingMessage];
    expect(headers['set-cookie']?.[0]).toMatch(/Max-Age=2592000/i);
    await opened;
    await connections.recheck();
    expect(again.readyState).toBe(again.OPEN);
    // Too old to be prolonged: it stays until its end, and not a moment longer.
    await ofDave()
      .set({ expires_at: inTenDays, created_at: new Date(Date.now() - 85 * 86_400_000) })
      .execute();
    await connections.recheck();
    expect(again.readyState).toBe(again.OPEN);
    await ofDave()
      .set({ expires_at: new Date(Date.now() - 1) })
      .execute();
    const closed = once(again, 'close');
    await connections.recheck();
    expect((await closed)[0]).toBe(4401);
  });

  test('a session is never prolonged beyond ninety days after it began', async () => {
    const browser = await server.browser().signIn(cast.carol, PASSWORD);
    const { db } = server.services;
    const inTenDays = new Date(Date.now() + 10 * 86_400_000);
    const expiry = async (daysOld: number) => {
      const began = new Date(Date.now() - daysOld * 86_400_000);
      await db
        .updateTable('auth_session')
        .set({ expires_at: inTenDays, created_at: began })
        .where('user_id', '=', cast.carol.personId)
        .execute();
      const { headers } = await browser.call('query', 'accounts.session');
      const own = db.selectFrom('auth_session').select('expires_at').where('user_id', '=', cast.carol.personId);
      return { cookies: headers.getSetCookie(), ...(await own.executeTakeFirstOrThrow()), began };
    };
    const old = await expiry(61);
    expect([old.cookies, old.expires_at]).toEqual([[], inTenDays]);
    const young = await expiry(59);
    expect(young.cookies).toHaveLength(1);
    expect(young.expires_at > inTenDays).toBe(true);
    expect(young.expires_at.getTime()).toBeLessThanOrEqual(young.began.getTime() + 90 * 86_400_000);
  });
});

test('with https the cookie is Secure, and only the public origin may change anything', async () => {
  const server = await startTestServer({ publicUrl: 'https://chat.example.org' });
  try {
    const cast = await makeCast(server.services);
    const credentials = JSON.stringify({ email: cast.alice.email, password: PASSWORD });
    const signIn = (origin: string) =>
      server.browser().fetch('/trpc/accounts.signIn', {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: credentials,
      });
    expect((await signIn(server.url)).code).toBe('CROSS_ORIGIN');
    const { status, headers } = await signIn('https://chat.example.org');
    expect(status).toBe(200);
    expect(headers.getSetCookie()[0]).toMatch(/^__Secure-.*; Secure/i);
    expect(headers.get('strict-transport-security')).toMatch(/max-age=/);
  } finally {
    await server.stop();
  }
});

describe('limits', () => {
  let server: TestServer;
  let cast: Cast;
  beforeAll(async () => {
    server = await startTestServer({ limits: { guessByAccountAndAddress: { points: 3, seconds: 600 } } });
    cast = await makeCast(server.services);
  });
  afterAll(() => server.stop());

  test('guessing passwords ends after a few, for that account; successes do not count', async () => {
    const browser = server.browser();
    for (let attempt = 0; attempt < 6; attempt += 1) await browser.signIn(cast.bob, PASSWORD);
    const wrong = { email: cast.alice.email, password: 'not this one' };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect((await browser.call('mutation', 'accounts.signIn', wrong)).code).toBe('INVALID_CREDENTIALS');
    }
    const limited = await browser.call('mutation', 'accounts.signIn', { ...wrong, password: PASSWORD });
    expect([limited.status, limited.code]).toEqual([429, 'RATE_LIMITED']);
    expect(limited.error?.data['retryAfterSeconds']).toBeGreaterThan(0);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    await browser.signIn(cast.bob, PASSWORD);
  });
});
