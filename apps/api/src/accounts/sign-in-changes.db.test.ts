import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser } from '../testing/browser.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';
import { issueReset } from './password-reset.ts';
import { totpCode } from './totp.ts';

let server: TestServer;
let cast: Cast;
let now = Date.now();
let alice: Browser;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
  server.services.now = () => now;
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.services.db.deleteFrom('job').execute();
  alice = await server.browser().signIn(cast.alice, PASSWORD);
});

const told = async () => {
  const { db } = server.services;
  const jobs = await db
    .selectFrom('job')
    .select('payload')
    .where('kind', '=', 'sign-in.changed')
    .orderBy('id')
    .execute();
  const payloads = jobs.map(({ payload }) => payload as { personId: string; change: string });
  expect(payloads.every(({ personId }) => personId === cast.alice.personId)).toBe(true);
  return payloads.map(({ change }) => change);
};
const does = async (path: string, input: object) => {
  const { status, data } = await alice.call('mutation', `accounts.${path}`, input);
  expect(status).toBe(200);
  return data;
};

test('another password is told of, by whom it was changed and with a link; a refused one is not', async () => {
  await alice.call('mutation', 'accounts.password.change', { current: 'not this one', password: PASSWORD });
  await alice.call('mutation', 'accounts.password.change', { current: PASSWORD, password: 'qwertyuiop' });
  expect(await told()).toEqual([]);
  await does('password.change', { current: PASSWORD, password: PASSWORD });
  const { token } = await issueReset(server.services.db, { email: cast.alice.email, now });
  await does('password.reset', { token, password: PASSWORD });
  expect(await told()).toEqual(['password', 'password']);
});

test('so is the second step, when it counts and when it no longer does', async () => {
  const { secret } = (await does('twoStep.begin', { current: PASSWORD })) as { secret: string };
  await does('twoStep.end', { current: PASSWORD });
  expect(await told()).toEqual([]);
  const begun = (await does('twoStep.begin', { current: PASSWORD })) as { secret: string };
  expect(begun.secret).not.toBe(secret);
  now += 30_000;
  await does('twoStep.confirm', { code: totpCode(begun.secret, Math.floor(now / 30_000)) });
  await does('twoStep.renewCodes', { current: PASSWORD });
  await does('twoStep.end', { current: PASSWORD });
  expect(await told()).toEqual(['two-step-on', 'recovery-codes', 'two-step-off']);
});

test('so is a passkey that is removed', async () => {
  const passkey = { id: 'known', name: 'Laptop', public_key: Buffer.from('no key'), counter: 0, transports: [] };
  await server.services.db
    .insertInto('passkey')
    .values({ ...passkey, person_id: cast.alice.personId, synced: false })
    .execute();
  await does('passkeys.remove', { id: 'known', current: PASSWORD });
  expect(await told()).toEqual(['passkey-removed']);
});
