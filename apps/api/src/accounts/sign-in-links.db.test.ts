import { signInLinkToken } from '@parley/jobs/sign-in-link';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser } from '../testing/browser.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
let now = Date.now();
beforeAll(async () => {
  server = await startTestServer({ limits: { linkByAccount: { points: 4, seconds: 3600 } } });
  cast = await makeCast(server.services);
  server.services.now = () => now;
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.services.db.deleteFrom('job').execute();
});

const ask = (email: string) => server.browser().call('mutation', 'accounts.link.ask', { email });

/** What the worker would write into the mail. */
async function tokenAskedFor(email: string): Promise<string> {
  expect((await ask(email)).status).toBe(200);
  const jobs = await server.services.db
    .selectFrom('job')
    .select('payload')
    .where('kind', '=', 'sign-in-link.asked')
    .orderBy('id', 'desc')
    .execute();
  const [{ linkId } = { linkId: '' }] = jobs.map(({ payload }) => payload as { linkId: string });
  return signInLinkToken(server.services.settings.authSecret, linkId);
}

const open = (browser: Browser, token: string) => browser.call('mutation', 'accounts.link.signIn', { token });

test('a link signs in, once: of two at the same time one gets in', async () => {
  const token = await tokenAskedFor(cast.alice.email);
  const answers = await Promise.all([open(server.browser(), token), open(server.browser(), token)]);
  expect(answers.map(({ code }) => code ?? 'in').toSorted()).toEqual(['LINK_INVALID', 'in']);
  expect(answers.find(({ code }) => code === undefined)?.data).toEqual({
    person: { id: cast.alice.personId, name: 'Alice', email: cast.alice.email },
    secondStep: null,
  });
});

test('an address that nobody signs in with is answered alike, leaves the same rows, and opens nothing', async () => {
  const [known, unknown] = [await ask(cast.bob.email), await ask('nobody@example.org')];
  expect([unknown.status, unknown.data]).toEqual([known.status, known.data]);
  const jobs = await server.services.db
    .selectFrom('job')
    .select('id')
    .where('kind', '=', 'sign-in-link.asked')
    .execute();
  expect(jobs).toHaveLength(2);
  const token = await tokenAskedFor('nobody@example.org');
  expect((await open(server.browser(), token)).code).toBe('LINK_INVALID');
});

test('only a hash of the link is stored; after ten minutes it is over', async () => {
  const token = await tokenAskedFor(cast.carol.email);
  const rows = await server.services.db.selectFrom('auth_verification').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(token);
  now += 10 * 60_000;
  const late = await open(server.browser(), token);
  expect([late.status, late.code]).toEqual([404, 'LINK_INVALID']);
});

test('who has two steps is asked for the second one', async () => {
  const { db } = server.services;
  const token = await tokenAskedFor(cast.dave.email);
  await db
    .insertInto('two_step')
    .values({ person_id: cast.dave.personId, secret: 'sealed', confirmed_at: new Date() })
    .execute();
  const browser = server.browser();
  expect((await open(browser, token)).data).toEqual({ person: null, secondStep: expect.any(String) });
  expect((await browser.call('query', 'accounts.session')).data).toMatchObject({ person: null });
});

test('nobody’s mailbox is filled: asking ends after a few, also for addresses that are unknown', async () => {
  for (const email of ['frank@example.org', cast.bob.email]) {
    let answer = await ask(email);
    for (let more = 0; more < 4; more += 1) answer = await ask(email);
    expect([answer.status, answer.code]).toEqual([429, 'RATE_LIMITED']);
  }
  await server.browser().signIn(cast.bob, PASSWORD);
});
