/** Several people signed in in one browser: each request is made in the name of one of them. */
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from '../testing/browser.ts';
import { endOf } from '../testing/socket.ts';
import { addMember, makeCast, PASSWORD, startTestServer, type Cast, type Somebody } from '../testing/test-server.ts';
import type { TestServer } from '../testing/test-server.ts';
import { newToken } from './secret-token.ts';
import { PEOPLE_PER_BROWSER } from './session-cookies.ts';

let server: TestServer;
let cast: Cast;
beforeAll(async () => {
  const endless = { points: 1_000_000, seconds: 1 };
  server = await startTestServer({ limits: { guessByAddress: endless } });
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());

/** A browser in which these people are signed in, each with a key of their own. */
async function shared(...people: Somebody[]) {
  const browser = server.browser();
  const keys = new Map<string, string>();
  const be = (person: Somebody | null, key = keys.get(person?.personId ?? '') ?? null): Browser => {
    browser.personId = person?.personId ?? null;
    browser.key = key;
    return browser;
  };
  const signIn = async (person: Somebody) => {
    const key = newToken();
    await be(null, key).signIn(person, PASSWORD);
    keys.set(person.personId, key);
  };
  for (const person of people) await signIn(person);
  return { browser, keys, be, signIn };
}

const whoIs = async (browser: Browser) => {
  const { data } = await browser.call('query', 'accounts.session');
  return (data as { person: { name: string } | null }).person?.name ?? null;
};

const handshake = async (browser: Browser) => (await endOf(browser.connect()))[0];

test('each is answered in their own name, over HTTP and over the socket', async () => {
  const { be } = await shared(cast.alice, cast.bob);
  for (const [person, name] of [
    [cast.alice, 'Alice'],
    [cast.bob, 'Bob'],
    [cast.alice, 'Alice'],
  ] as const) {
    expect(await whoIs(be(person))).toBe(name);
    const socket = await be(person).connect();
    expect(socket.protocol).toBe('parley');
    socket.close();
  }
});

test('nobody is answered with the key of another, nor in the name of somebody who is not signed in', async () => {
  const { be, keys } = await shared(cast.alice, cast.bob);
  const bobsKey = keys.get(cast.bob.personId);
  for (const browser of [
    be(cast.alice, bobsKey),
    be(cast.alice, newToken()),
    be(cast.carol, bobsKey),
    be(cast.carol),
  ]) {
    expect([await whoIs(browser), await handshake(browser)]).toEqual([null, 401]);
  }
});

test('a cookie under the name of another opens nothing', async () => {
  const { browser, be, keys } = await shared(cast.bob);
  const value = browser.cookie.split('=').slice(1).join('=');
  browser.setCookie(`parley.session_token.${cast.alice.personId}`, value);
  expect(await whoIs(be(cast.alice, keys.get(cast.bob.personId)))).toBeNull();
  expect(await whoIs(be(cast.bob))).toBe('Bob');
});

test('signing one out leaves the other as they are', async () => {
  const { be } = await shared(cast.alice, cast.bob);
  const bobs = await be(cast.bob).connect();
  const alices = await be(cast.alice).connect();
  await be(cast.alice).call('mutation', 'accounts.signOut');
  expect((await alices.closed()).code).toBe(4401);
  expect(await whoIs(be(cast.alice))).toBeNull();
  expect([await whoIs(be(cast.bob)), server.services.connections.open().length]).toEqual(['Bob', 1]);
  bobs.close();
});

test('who forgot their key before they said so is signed out by name; nobody else is', async () => {
  const { be } = await shared(cast.alice, cast.bob);
  await be(null).call('mutation', 'accounts.signOut');
  expect([await whoIs(be(cast.alice)), await whoIs(be(cast.bob))]).toEqual(['Alice', 'Bob']);
  const wiped = be(cast.alice);
  const { key } = wiped;
  wiped.key = null;
  await wiped.call('mutation', 'accounts.signOut');
  wiped.key = key;
  expect([await whoIs(wiped), await whoIs(be(cast.bob))]).toEqual([null, 'Bob']);
});

test('signing in again ends the session the person had, and no other', async () => {
  const { be, signIn, keys } = await shared(cast.alice, cast.bob);
  const before = keys.get(cast.alice.personId);
  await signIn(cast.alice);
  expect(await whoIs(be(cast.alice, before))).toBeNull();
  expect([await whoIs(be(cast.alice)), await whoIs(be(cast.bob))]).toEqual(['Alice', 'Bob']);
});

test('the cookie of the release before goes on, under its new name', async () => {
  const { browser, be } = await shared(cast.alice);
  const name = `parley.session_token.${cast.alice.personId}`;
  const [, value = ''] = browser.cookie.split('=');
  browser.setCookie(name, null);
  browser.setCookie('parley.session_token', value);
  expect(await handshake(be(cast.alice))).toBe(101);
  expect(await whoIs(be(cast.alice))).toBe('Alice');
  expect(browser.cookie).toBe(`${name}=${value}`);
  expect(await whoIs(be(cast.alice))).toBe('Alice');
});

test('somebody else who signs in beside the cookie of the release before does not end it', async () => {
  const { browser, be, signIn } = await shared(cast.alice);
  const name = `parley.session_token.${cast.alice.personId}`;
  const [, value = ''] = browser.cookie.split('=');
  browser.setCookie(name, null);
  browser.setCookie('parley.session_token', value);
  await signIn(cast.bob);
  expect(browser.cookie).not.toContain('parley.session_token=');
  expect([await whoIs(be(cast.alice)), await whoIs(be(cast.bob))]).toEqual(['Alice', 'Bob']);
});

test('a page of the release before, which names nobody, is answered as the one whose key it brings', async () => {
  const { be, keys } = await shared(cast.alice, cast.bob);
  expect(await whoIs(be(null, keys.get(cast.alice.personId)))).toBe('Alice');
  expect(await whoIs(be(null, keys.get(cast.bob.personId)))).toBe('Bob');
  expect(await whoIs(be(null, newToken()))).toBeNull();
});

test('a browser carries so many people: the one who was here longest ago has to sign in again', async () => {
  const more = Array.from({ length: PEOPLE_PER_BROWSER }, (_, index) => ({
    personId: uuidv7(),
    name: `Extra ${index}`,
    email: `extra-${index}@example.org`,
  }));
  for (const person of more) await addMember(server.services, { ...person, orgId: cast.acme, role: 'member' });
  const { browser, be } = await shared(cast.alice, ...more);
  expect(browser.cookie.split('; ')).toHaveLength(PEOPLE_PER_BROWSER);
  expect(await whoIs(be(cast.alice))).toBeNull();
  for (const person of more) expect(await whoIs(be(person))).toBe(person.name);
});

test('cookies are for the server alone, and travel over TLS where there is any', async () => {
  const { headers } = await server.browser().call('mutation', 'accounts.signIn', {
    email: cast.alice.email,
    password: PASSWORD,
  });
  const [cookie = ''] = headers.getSetCookie();
  expect(cookie).toMatch(new RegExp(`^parley\\.session_token\\.${cast.alice.personId}=`));
  for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(attribute);
});
