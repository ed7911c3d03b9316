import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser } from '../testing/browser.ts';
import {
  PASSWORD,
  makeCast,
  startTestServer,
  type Cast,
  type Somebody,
  type TestServer,
} from '../testing/test-server.ts';
import { issueReset } from './password-reset.ts';
import { totpCode } from './totp.ts';

let server: TestServer;
let cast: Cast;
let now = Date.now();
beforeAll(async () => {
  server = await startTestServer({ limits: { confirm: { points: 4, seconds: 600 } } });
  cast = await makeCast(server.services);
  server.services.now = () => now;
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.services.db.deleteFrom('two_step').execute();
});

/** Half a minute later there is a new code. */
const codeOf = (secret: string): string => {
  now += 30_000;
  return totpCode(secret, Math.floor(now / 30_000));
};

const whoIs = async (browser: Browser) =>
  ((await browser.call('query', 'accounts.session')).data as { person: { name: string } | null }).person?.name ?? null;

async function turnOn(person: Somebody): Promise<{ browser: Browser; secret: string; codes: string[] }> {
  const browser = await server.browser().signIn(person, PASSWORD);
  const begun = await browser.call('mutation', 'accounts.twoStep.begin', { current: PASSWORD });
  const { secret } = begun.data as { secret: string };
  const confirmed = await browser.call('mutation', 'accounts.twoStep.confirm', { code: codeOf(secret) });
  return { browser, secret, codes: (confirmed.data as { codes: string[] }).codes };
}

/** The first step; the browser is not signed in after it. */
async function firstStep(person: Somebody): Promise<{ browser: Browser; token: string }> {
  const browser = server.browser();
  const { data, headers } = await browser.call('mutation', 'accounts.signIn', {
    email: person.email,
    password: PASSWORD,
  });
  expect(headers.getSetCookie()).toEqual([]);
  expect(data).toEqual({ person: null, secondStep: expect.any(String) });
  return { browser, token: (data as { secondStep: string }).secondStep };
}

const secondStep = ({ browser, token }: { browser: Browser; token: string }, code: string) =>
  browser.call('mutation', 'accounts.twoStep.signIn', { token, code });

test('a password alone no longer signs in: a code of the app does, and each works once', async () => {
  const { secret } = await turnOn(cast.alice);
  const first = await firstStep(cast.alice);
  expect(await whoIs(first.browser)).toBeNull();
  const code = codeOf(secret);
  expect((await secondStep(first, code)).status).toBe(200);
  expect(await whoIs(first.browser)).toBe('Alice');
  expect((await secondStep(first, codeOf(secret))).code).toBe('STEP_OVER');
  const again = await secondStep(await firstStep(cast.alice), code);
  expect([again.status, again.code]).toEqual([403, 'CODE_WRONG']);
  const { data } = await first.browser.call('query', 'audit.list', { orgId: cast.acme, limit: 2 });
  expect(data).toMatchObject({ items: [{ kind: 'second_step_failed' }, { kind: 'signed_in' }] });
});

test('of two with the same code at the same time one passes', async () => {
  const { secret } = await turnOn(cast.carol);
  const steps = [await firstStep(cast.carol), await firstStep(cast.carol)];
  const code = codeOf(secret);
  const answers = await Promise.all(steps.map((step) => secondStep(step, code)));
  expect(answers.map((answer) => answer.code ?? 'in').toSorted()).toEqual(['CODE_WRONG', 'in']);
});

test('recovery codes work once each, are stored as hashes, and new ones end the old', async () => {
  const { browser, codes } = await turnOn(cast.dave);
  expect(new Set(codes).size).toBe(10);
  // 24 characters of 32: 120 bits.
  for (const code of codes) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){5}$/);
  const rows = await server.services.db.selectFrom('recovery_code').selectAll().execute();
  for (const code of codes) expect(JSON.stringify(rows)).not.toContain(code);
  const [first = '', second = ''] = codes;
  expect((await secondStep(await firstStep(cast.dave), first.toUpperCase().replaceAll('-', ' '))).status).toBe(200);
  expect((await secondStep(await firstStep(cast.dave), first)).code).toBe('CODE_WRONG');
  expect((await browser.call('query', 'accounts.twoStep.status')).data).toEqual({ on: true, codesLeft: 9 });
  await browser.call('mutation', 'accounts.twoStep.renewCodes', { current: PASSWORD });
  expect((await secondStep(await firstStep(cast.dave), second)).code).toBe('CODE_WRONG');
});

test('the secret is sealed, needs the password, and counts only once a code was given', async () => {
  const browser = await server.browser().signIn(cast.bob, PASSWORD);
  const begin = (current: string) => browser.call('mutation', 'accounts.twoStep.begin', { current });
  expect((await begin('not this one')).code).toBe('PASSWORD_WRONG');
  const { secret, uri } = (await begin(PASSWORD)).data as { secret: string; uri: string };
  expect(uri).toBe(`otpauth://totp/Parley:bob%40example.org?secret=${secret}&issuer=Parley`);
  const rows = await server.services.db.selectFrom('two_step').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(secret);
  await server.browser().signIn(cast.bob, PASSWORD);
  expect((await browser.call('mutation', 'accounts.twoStep.confirm', { code: '000000' })).code).toBe('CODE_WRONG');
  expect((await browser.call('query', 'accounts.twoStep.status')).data).toEqual({ on: false, codesLeft: 0 });
});

test('guessing codes ends after a few, for that person alone', async () => {
  const { browser, secret } = await turnOn(cast.bob);
  const step = await firstStep(cast.bob);
  // What went wrong before counts too.
  const codes = [];
  for (let guess = 0; guess < 5; guess += 1) codes.push((await secondStep(step, `00000${guess}`)).code);
  expect(codes.at(-1)).toBe('RATE_LIMITED');
  const limited = await secondStep(step, codeOf(secret));
  expect([limited.status, limited.code]).toEqual([429, 'RATE_LIMITED']);
  expect((await browser.call('mutation', 'accounts.twoStep.end', { current: PASSWORD })).code).toBe('RATE_LIMITED');
  await server.browser().signIn(cast.alice, PASSWORD);
});

test('five minutes after the password the second step is over', async () => {
  const { secret } = await turnOn(cast.carol);
  const step = await firstStep(cast.carol);
  now += 5 * 60_000;
  expect((await secondStep(step, codeOf(secret))).code).toBe('STEP_OVER');
});

test('a new password does not do without the second step', async () => {
  const { secret } = await turnOn(cast.dave);
  const { token } = await issueReset(server.services.db, { email: cast.dave.email, now });
  const browser = server.browser();
  const reset = await browser.call('mutation', 'accounts.password.reset', { token, password: PASSWORD });
  expect([reset.status, reset.headers.getSetCookie()]).toEqual([200, []]);
  const step = await firstStep(cast.dave);
  expect((await secondStep(step, '000000')).code).toBe('CODE_WRONG');
  expect((await secondStep(step, codeOf(secret))).status).toBe(200);
});

test('turned off with the password, the password is enough again', async () => {
  const { browser } = await turnOn(cast.alice);
  expect((await browser.call('mutation', 'accounts.twoStep.end', { current: 'not this one' })).code).toBe(
    'PASSWORD_WRONG',
  );
  expect((await browser.call('mutation', 'accounts.twoStep.end', { current: PASSWORD })).status).toBe(200);
  expect(await whoIs(await server.browser().signIn(cast.alice, PASSWORD))).toBe('Alice');
  expect(
    await server.services.db
      .selectFrom('recovery_code')
      .select('code_hash')
      .where('person_id', '=', cast.alice.personId)
      .execute(),
  ).toEqual([]);
});
