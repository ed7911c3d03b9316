import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orgPeopleScope, userScope } from '@parley/core/scopes';
import type { Role } from '@parley/core/organisations';
import type { Browser } from '../testing/browser.ts';
import { addMember, makeCast, PASSWORD, startTestServer, type Cast, type Somebody } from '../testing/test-server.ts';
import type { TestServer } from '../testing/test-server.ts';
import { putMember } from '../accounts/people.ts';

let server: TestServer;
let cast: Cast;
let alice: Browser;
beforeAll(async () => {
  server = await startTestServer({ limits: { guessByAddress: { points: 1_000_000, seconds: 1 } } });
  cast = await makeCast(server.services);
  alice = await server.browser().signIn(cast.alice, PASSWORD);
});
afterAll(() => server.stop());

let count = 0;
async function aMember(role: Role = 'member'): Promise<Somebody> {
  const name = `Member ${(count += 1)}`;
  const somebody = { personId: uuidv7(), name, email: `member-${count}@example.org` };
  await addMember(server.services, { ...somebody, orgId: cast.acme, role });
  return somebody;
}
const merge = (browser: Browser, from: Somebody, into: Somebody) =>
  browser.call('mutation', 'organisations.mergePeople', {
    orgId: cast.acme,
    fromId: from.personId,
    intoId: into.personId,
  });
const cardOf = (personId: string) =>
  server.services.db.selectFrom('org_person').selectAll().where('person_id', '=', personId).execute();

test('the one who goes cannot sign in any more, is shut out, and is carried over by the worker', async () => {
  const [from, into] = [await aMember(), await aMember()];
  const theirs = await server.browser().signIn(from, PASSWORD);
  const socket = await theirs.connect();
  expect((await merge(alice, from, into)).status).toBe(200);
  expect((await socket.closed()).code).toBe(4401);
  const again = { email: from.email, password: PASSWORD };
  expect((await server.browser().call('mutation', 'accounts.signIn', again)).code).toBe('INVALID_CREDENTIALS');
  expect((await theirs.call('query', 'accounts.devices.list')).code).toBe('UNAUTHORISED');
  expect(await cardOf(from.personId)).toMatchObject([{ active: false, placeholder: false, email: null }]);
  const { db } = server.services;
  const person = await db.selectFrom('person').select('merged_into').where('id', '=', from.personId).execute();
  expect(person).toEqual([{ merged_into: into.personId }]);
  const jobs = await db.selectFrom('job').select('payload').where('kind', '=', 'person.merged').execute();
  expect(jobs).toContainEqual({ payload: { personId: from.personId } });
  expect((await merge(alice, into, await aMember())).status).toBe(200);
  const chained = await db.selectFrom('person').select('merged_into').where('id', '=', from.personId).execute();
  expect(chained).not.toEqual([{ merged_into: into.personId }]);
});

describe('refused', () => {
  test('to whoever looks after nobody, and in another organisation', async () => {
    const [from, into] = [await aMember(), await aMember()];
    const bob = await server.browser().signIn(cast.bob, PASSWORD);
    const carol = await server.browser().signIn(cast.carol, PASSWORD);
    expect((await merge(bob, from, into)).code).toBe('FORBIDDEN');
    expect((await merge(carol, from, into)).code).toBe('NOT_FOUND');
    expect(await cardOf(from.personId)).toMatchObject([{ active: true, email: from.email }]);
  });

  test('to an admin, where one of the two is an owner', async () => {
    const [admin, member, owner] = [await aMember('admin'), await aMember(), await aMember('owner')];
    const browser = await server.browser().signIn(admin, PASSWORD);
    expect((await merge(browser, owner, member)).code).toBe('FORBIDDEN');
    expect((await merge(browser, member, owner)).code).toBe('FORBIDDEN');
  });

  test('of oneself, of one person, of strangers, into somebody who is shut out', async () => {
    const [from, into] = [await aMember(), await aMember()];
    expect((await merge(alice, cast.alice, into)).code).toBe('FORBIDDEN');
    expect((await merge(alice, from, from)).code).toBe('SAME_PERSON');
    expect((await merge(alice, cast.carol, into)).code).toBe('NOT_FOUND');
    expect((await merge(alice, from, cast.carol)).code).toBe('NOT_FOUND');
    const out = { orgId: cast.acme, personId: into.personId };
    await alice.call('mutation', 'organisations.deactivateMember', out);
    expect((await merge(alice, from, into)).code).toBe('UNKNOWN_PERSON');
  });

  test('of somebody whom another organisation has, too', async () => {
    const [from, into] = [await aMember(), await aMember()];
    const scopes = { write: [userScope(from.personId), orgPeopleScope(cast.globex)] };
    await server.services.acts.act(null, scopes, (tx) =>
      putMember(tx, { ...from, orgId: cast.globex, role: 'member' }),
    );
    const { code, error } = await merge(alice, from, into);
    expect([code, error?.message]).toEqual([
      'BELONGS_ELSEWHERE',
      'They belong to another organisation, too, which has a say in this.',
    ]);
  });
});
