import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOf } from '../testing/socket.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';
import type { Browser } from '../testing/browser.ts';
import { hashToken, newToken } from './secret-token.ts';

let server: TestServer;
let cast: Cast;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());

const whoIs = async (browser: Browser) => {
  const { data } = await browser.call('query', 'accounts.session');
  return (data as { person: { name: string } | null }).person?.name ?? null;
};

const handshake = async (browser: Browser) => (await endOf(browser.connect()))[0];

test('the cookie opens nothing without the key that signed in with it', async () => {
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const { key } = browser;
  expect([await whoIs(browser), await handshake(browser)]).toEqual(['Alice', 101]);
  for (const other of [null, newToken(), `${key}x`, 'short']) {
    browser.key = other;
    expect([await whoIs(browser), await handshake(browser)]).toEqual([null, 401]);
    expect((await browser.call('query', 'accounts.devices.list')).code).toBe('UNAUTHORISED');
  }
  browser.key = key;
  expect([await whoIs(browser), await handshake(browser)]).toEqual(['Alice', 101]);
});

test('a stranger with the cookie alone neither prolongs the session nor is told the cookie anew', async () => {
  const browser = await server.browser().signIn(cast.bob, PASSWORD);
  const inTenDays = new Date(Date.now() + 10 * 86_400_000);
  const session = () =>
    server.services.db.selectFrom('auth_session').selectAll().where('user_id', '=', cast.bob.personId);
  await server.services.db
    .updateTable('auth_session')
    .set({ expires_at: inTenDays })
    .where('user_id', '=', cast.bob.personId)
    .execute();
  browser.key = null;
  const { headers } = await browser.call('query', 'accounts.session');
  expect(headers.getSetCookie()).toEqual([]);
  expect((await session().executeTakeFirstOrThrow()).expires_at).toEqual(inTenDays);
});

test('only a hash of the key is stored', async () => {
  const browser = await server.browser().signIn(cast.carol, PASSWORD);
  const rows = await server.services.db.selectFrom('auth_session').selectAll().execute();
  expect(rows.map((row) => row.key_hash)).toContain(hashToken(browser.key ?? ''));
  expect(JSON.stringify(rows)).not.toContain(browser.key);
});

test('the handshake says the key back to nobody', async () => {
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const socket = await browser.connect();
  expect(socket.protocol).toBe('parley');
  socket.close();
});

test('a browser that was wiped still ends its session, and its sockets with it', async () => {
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const { key, cookie } = browser;
  const socket = await browser.connect();
  browser.key = null;
  expect((await browser.call('mutation', 'accounts.signOut')).status).toBe(200);
  expect((await socket.closed()).code).toBe(4401);
  const replayed = await fetch(`${server.url}/trpc/accounts.session`, {
    headers: { cookie, 'x-parley-key': key ?? '' },
  });
  expect(await replayed.json()).toMatchObject({ result: { data: { person: null } } });
});
