import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from '../testing/browser.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
let now = Date.now();
beforeAll(async () => {
  server = await startTestServer({ limits: { ceremony: { points: 10, seconds: 600 } } });
  cast = await makeCast(server.services);
  server.services.now = () => now;
});
afterAll(() => server.stop());

const answer = (id: string) => ({
  id,
  rawId: id,
  type: 'public-key',
  clientExtensionResults: {},
  response: { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA', attestationObject: 'AAAA' },
});

const begin = async (browser: Browser) =>
  (await browser.call('mutation', 'accounts.passkeys.begin', { current: PASSWORD })).data as {
    token: string;
    options: { challenge: string; rp: { id: string }; user: { name: string } };
  };
const add = (browser: Browser, token: string) =>
  browser.call('mutation', 'accounts.passkeys.add', { token, name: 'Laptop', response: answer('abc') });

test('making one takes the password, and names the site and the person', async () => {
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const refused = await browser.call('mutation', 'accounts.passkeys.begin', { current: 'not this one' });
  expect(refused.code).toBe('PASSWORD_WRONG');
  const { options } = await begin(browser);
  expect(options).toMatchObject({
    rp: { id: '127.0.0.1' },
    user: { name: cast.alice.email },
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
});

test('what does not answer the challenge is refused, and each challenge is answered once, by whom it was for', async () => {
  const [alice, bob] = [
    await server.browser().signIn(cast.alice, PASSWORD),
    await server.browser().signIn(cast.bob, PASSWORD),
  ];
  for (const token of [(await begin(alice)).token, 'guessed']) {
    expect((await add(alice, token)).code).toBe('PASSKEY_REFUSED');
    expect((await add(alice, token)).code).toBe('PASSKEY_REFUSED');
  }
  expect((await add(bob, (await begin(alice)).token)).code).toBe('PASSKEY_REFUSED');
  const { token } = await begin(alice);
  now += 5 * 60_000;
  expect((await add(alice, token)).code).toBe('PASSKEY_REFUSED');
  expect((await alice.call('query', 'accounts.passkeys.list')).data).toEqual([]);
});

test('a forged answer signs nobody in, known passkey or not', async () => {
  const { db } = server.services;
  const passkey = { id: 'known', name: 'Laptop', public_key: Buffer.from('no key'), counter: 0, transports: [] };
  await db
    .insertInto('passkey')
    .values({ ...passkey, person_id: cast.alice.personId, synced: false })
    .execute();
  for (const id of ['known', 'unknown']) {
    const browser = server.browser();
    const { data } = await browser.call('mutation', 'accounts.passkeys.beginSignIn');
    const { token } = data as { token: string };
    const { status, code } = await browser.call('mutation', 'accounts.passkeys.signIn', {
      token,
      response: answer(id),
    });
    expect([status, code]).toEqual([401, 'PASSKEY_REFUSED']);
    expect((await browser.call('query', 'accounts.session')).data).toMatchObject({ person: null });
  }
});

test('one is renamed and removed by its owner alone', async () => {
  const [alice, bob] = [
    await server.browser().signIn(cast.alice, PASSWORD),
    await server.browser().signIn(cast.bob, PASSWORD),
  ];
  for (const act of ['rename', 'remove']) {
    const path = `accounts.passkeys.${act}`;
    const input = { id: 'known', name: 'Mine', current: PASSWORD };
    expect((await bob.call('mutation', path, input)).code).toBe('NOT_FOUND');
    expect((await alice.call('mutation', path, input)).status).toBe(200);
  }
  expect((await alice.call('query', 'accounts.passkeys.list')).data).toEqual([]);
});

test('removing one takes the password', async () => {
  const { db } = server.services;
  const passkey = { id: 'kept', name: 'Laptop', public_key: Buffer.from('no key'), counter: 0, transports: [] };
  await db
    .insertInto('passkey')
    .values({ ...passkey, person_id: cast.alice.personId, synced: false })
    .execute();
  const alice = await server.browser().signIn(cast.alice, PASSWORD);
  const remove = (input: object) => alice.call('mutation', 'accounts.passkeys.remove', { id: 'kept', ...input });
  expect((await remove({})).code).toBe('INVALID');
  expect((await remove({ current: 'not this one' })).code).toBe('PASSWORD_WRONG');
  expect((await alice.call('query', 'accounts.passkeys.list')).data).toMatchObject([{ id: 'kept' }]);
  expect((await remove({ current: PASSWORD })).status).toBe(200);
});

test('challenges are not given without end', async () => {
  const browser = server.browser();
  const codes = [];
  for (let more = 0; more < 11; more += 1) {
    codes.push((await browser.call('mutation', 'accounts.passkeys.beginSignIn')).code);
  }
  expect(codes.at(-1)).toBe('RATE_LIMITED');
});
