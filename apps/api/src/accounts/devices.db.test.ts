import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser } from '../testing/browser.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';
import type { Device } from './devices.ts';
import { issueReset } from './password-reset.ts';

let server: TestServer;
let cast: Cast;
beforeAll(async () => {
  server = await startTestServer({ limits: { confirm: { points: 3, seconds: 600 } } });
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.services.db.deleteFrom('auth_session').execute();
});

const listOf = async (browser: Browser) =>
  (await browser.call('query', 'accounts.devices.list')).data as readonly Device[];
const isIn = async (browser: Browser) => (await browser.call('query', 'accounts.devices.list')).status === 200;
const signIn = (person = cast.alice, password = PASSWORD) => server.browser().signIn(person, password);

describe('devices', () => {
  test('are listed with what they are and when they were used, this one first', async () => {
    const [here, there] = [await signIn(), await signIn()];
    await signIn(cast.bob);
    const devices = await listOf(here);
    expect(devices).toHaveLength(2);
    expect(devices[0]).toEqual({
      id: expect.any(String),
      name: 'Another program',
      place: 'The server itself',
      signedInAt: expect.any(Number),
      usedAt: expect.any(Number),
      isThis: true,
    });
    expect(devices[1]).toMatchObject({ isThis: false });
    expect((await listOf(there))[0]?.id).toBe(devices[1]?.id);
  });

  test('when one was used is noted, over HTTP and by an open socket', async () => {
    const [here, there] = [await signIn(), await signIn()];
    const longAgo = new Date(Date.now() - 86_400_000);
    const { db, connections } = server.services;
    const forget = () => db.updateTable('auth_session').set({ used_at: longAgo, ip_address: '' }).execute();
    const usedAt = async () => (await listOf(here)).map((device) => device.usedAt > longAgo.getTime());
    await forget();
    expect(await usedAt()).toEqual([true, false]);
    const socket = await there.connect();
    await forget();
    await connections.recheck();
    expect(await usedAt()).toEqual([true, true]);
    socket.close();
  });

  test('one is signed out: its sockets are cut, the others stay', async () => {
    const [here, there] = [await signIn(), await signIn()];
    const sockets = [await here.connect(), await there.connect()];
    const other = (await listOf(here)).find(({ isThis }) => !isThis);
    expect((await here.call('mutation', 'accounts.devices.signOut', { deviceId: other?.id })).status).toBe(200);
    expect((await sockets[1]?.closed())?.code).toBe(4401);
    expect([await isIn(here), await isIn(there), sockets[0]?.isOpen]).toEqual([true, false, true]);
    const again = await here.call('mutation', 'accounts.devices.signOut', { deviceId: other?.id });
    expect([again.status, again.code]).toEqual([404, 'NOT_FOUND']);
    sockets[0]?.close();
  });

  test('all others are signed out at once; other people are not', async () => {
    const [here, there, further, bob] = [await signIn(), await signIn(), await signIn(), await signIn(cast.bob)];
    const sockets = [await there.connect(), await further.connect()];
    const { data } = await here.call('mutation', 'accounts.devices.signOutOthers');
    expect(data).toEqual({ ended: 2 });
    for (const socket of sockets) expect((await socket.closed()).code).toBe(4401);
    expect(await Promise.all([here, there, further, bob].map(isIn))).toEqual([true, false, false, true]);
  });
});

describe('another password', () => {
  const next = 'four green lanterns';

  test('is set by who knows the old one, and signs the other devices out', async () => {
    const [here, there] = [await signIn(cast.carol), await signIn(cast.carol)];
    const socket = await there.connect();
    const { data } = await here.call('mutation', 'accounts.password.change', { current: PASSWORD, password: next });
    expect(data).toEqual({ ended: 1 });
    expect((await socket.closed()).code).toBe(4401);
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
    const old = await server.browser().call('mutation', 'accounts.signIn', { ...cast.carol, password: PASSWORD });
    expect(old.code).toBe('INVALID_CREDENTIALS');
    expect(await isIn(await signIn(cast.carol, next))).toBe(true);
  });

  test('is refused where it is weak, and where the old one is not known; guessing ends soon', async () => {
    const here = await signIn();
    const change = (current: string, password: string) =>
      here.call('mutation', 'accounts.password.change', { current, password });
    expect((await change(PASSWORD, 'short')).code).toBe('INVALID');
    expect((await change(PASSWORD, 'alice@example.org')).code).toBe('PASSWORD_TOO_WEAK');
    for (let guess = 0; guess < 3; guess += 1) {
      const wrong = await change('not this one', next);
      expect([wrong.status, wrong.code]).toEqual([403, 'PASSWORD_WRONG']);
    }
    expect((await change(PASSWORD, next)).code).toBe('RATE_LIMITED');
    expect(await isIn(await signIn())).toBe(true);
  });

  test('is set with a reset link, once; everybody who was signed in is out', async () => {
    const { db } = server.services;
    const thief = await signIn(cast.bob);
    const socket = await thief.connect();
    const { token } = await issueReset(db, { email: cast.bob.email, now: Date.now() });
    const browser = server.browser();
    expect((await browser.call('query', 'accounts.password.resetLink', { token })).data).toEqual({
      name: 'Bob',
      email: cast.bob.email,
    });
    const weak = await browser.call('mutation', 'accounts.password.reset', { token, password: 'bob@example.org' });
    expect(weak.code).toBe('PASSWORD_TOO_WEAK');
    const answers = await Promise.all(
      [browser, server.browser()].map((each) =>
        each.call('mutation', 'accounts.password.reset', { token, password: next }),
      ),
    );
    expect(answers.map(({ code }) => code ?? 'done').toSorted()).toEqual(['LINK_INVALID', 'done']);
    expect((await socket.closed()).code).toBe(4401);
    expect(await isIn(thief)).toBe(false);
    expect(await isIn(await signIn(cast.bob, next))).toBe(true);
    expect((await browser.call('query', 'accounts.password.resetLink', { token })).code).toBe('LINK_INVALID');
  });

  test('a link that is too old, replaced or guessed opens nothing', async () => {
    const { db } = server.services;
    const anHourAgo = Date.now() - 60 * 60_000;
    const old = await issueReset(db, { email: cast.dave.email, now: anHourAgo });
    const replaced = await issueReset(db, { email: cast.dave.email, now: Date.now() });
    await issueReset(db, { email: cast.dave.email, now: Date.now() });
    for (const token of [old.token, replaced.token, 'guessed']) {
      const answer = await server.browser().call('mutation', 'accounts.password.reset', { token, password: next });
      expect([answer.status, answer.code]).toEqual([404, 'LINK_INVALID']);
    }
    await expect(issueReset(db, { email: 'nobody@example.org', now: 0 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
