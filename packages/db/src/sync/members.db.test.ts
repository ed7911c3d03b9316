/** Changing members, for every kind of person near them: by pull and by poke they get what a newcomer would get. */
import { Refusal } from '@parley/sync/mutator';
import { changeRole, deactivateMember, memberScopes, reactivateMember, type Member } from '@parley/core/members';
import { changeOrganisation, organisationScopes } from '@parley/core/organisation-settings';
import type { Role } from '@parley/core/organisations';
import {
  notesScope,
  orgPeopleScope,
  orgScope,
  scopesOfThread,
  threadPeopleScope,
  threadScope,
  userScope,
} from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readMemberFacts } from '../members.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  addPerson,
  openInstallation,
  orgs,
  people,
  seed,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { Replica } from './replica.fixture.ts';

let testDatabase: TestDatabase;
let installation: TestInstallation;
/** Made anew for each test: who is changed, and those who look on. */
let mia: string;
let adam: string;
let gwen: string;
let zoe: string;
let threadId: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  const join = async (name: string, role: Role): Promise<string> => {
    const id = newId();
    await addPerson(installation.server, { id, name, orgId: orgs.acme, role });
    return id;
  };
  mia = await join('mia', 'member');
  adam = await join('adam', 'admin');
  gwen = await join('gwen', 'guest');
  zoe = await join('zoe', 'member');
  threadId = await startThread(installation.server, [people.bob, people.erin, mia, gwen]);
});

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);
const memberOf = (personId: string): Member => ({ orgId: orgs.acme, personId });

const setRole = (actorId: string, personId: string, role: Role): Promise<void> =>
  installation.server.act(actorId, memberScopes(memberOf(personId)), async (tx, trx) =>
    changeRole(tx, { ...memberOf(personId), role }, await readMemberFacts(trx, memberOf(personId))),
  );
const deactivate = (actorId: string, personId: string): Promise<void> =>
  installation.server.act(actorId, memberScopes(memberOf(personId)), async (tx, trx) =>
    deactivateMember(tx, memberOf(personId), await readMemberFacts(trx, memberOf(personId))),
  );
const reactivate = (actorId: string, personId: string): Promise<void> =>
  installation.server.act(actorId, memberScopes(memberOf(personId)), async (tx, trx) =>
    reactivateMember(tx, memberOf(personId), await readMemberFacts(trx, memberOf(personId))),
  );
const changeOrg = (actorId: string, change: Parameters<typeof changeOrganisation>[2]): Promise<void> =>
  installation.server.act(actorId, organisationScopes(orgs.acme), (tx) => changeOrganisation(tx, orgs.acme, change));
const say = (personId: string, text: string) =>
  clientOf(personId).do('sendMessage', { threadId, messageId: newId(), text });

async function scopesNearby(): Promise<string[]> {
  const everybody = [...Object.values(people), mia, adam, gwen, zoe].map(userScope);
  return [
    ...everybody,
    ...Object.values(orgs).flatMap((id) => [orgScope(id), orgPeopleScope(id)]),
    threadScope(threadId),
    threadPeopleScope(threadId),
  ];
}

async function bootstrap(personId: string): Promise<Replica> {
  const replica = new Replica(clientOf(personId));
  await replica.pull(await scopesNearby());
  return replica;
}

const acts: Record<string, { before?: () => Promise<unknown>; act: () => Promise<unknown> }> = {
  'a member became an admin': { act: () => setRole(people.alice, mia, 'admin') },
  'a member became a guest': { act: () => setRole(people.alice, mia, 'guest') },
  'a guest became a member': {
    before: () => setRole(people.alice, mia, 'guest'),
    act: () => setRole(adam, mia, 'member'),
  },
  'a member was deactivated': { act: () => deactivate(adam, mia) },
  'the organisation was changed': {
    act: () => changeOrg(adam, { name: `Acme ${newId()}` }),
  },
  'a member was reactivated': {
    before: () => deactivate(people.alice, mia),
    act: () => reactivate(adam, mia),
  },
};

const lookers = {
  'the member': () => mia,
  'an owner': () => people.alice,
  'an admin': () => adam,
  'a fellow participant': () => people.bob,
  'a participant of two organisations': () => people.erin,
  'a guest in the same thread': () => gwen,
  'a colleague outside the thread': () => zoe,
  'a stranger of another organisation': () => people.dave,
} satisfies Record<string, () => string>;

describe.each(Object.entries(acts))('[PULL1] after %s', (_name, { before, act }) => {
  test.each(Object.entries(lookers))('what %s held and pulled is what a newcomer would get', async (_who, looker) => {
    await before?.();
    const held = await bootstrap(looker());
    await act();
    await say(people.bob, 'Afterwards');
    await held.pull(await scopesNearby());
    expect(held.state).toEqual((await bootstrap(looker())).state);
  });

  test('what everybody held and was poked with is what a newcomer would get', async () => {
    await before?.();
    const replicas = new Map<string, Replica>();
    for (const looker of Object.values(lookers)) replicas.set(looker(), await bootstrap(looker()));
    installation.commits.length = 0;
    await act();
    await say(people.bob, 'Afterwards');
    const changes = installation.commits.flatMap((commit) => commit.changes);
    for (const [personId, replica] of replicas) {
      for (const change of changes) if (change.recipients?.includes(personId)) replica.poke(change);
      const fresh = await bootstrap(personId);
      const isNew = (scope: string) => !replica.scopes.includes(scope);
      await replica.pull(fresh.scopes.filter(isNew));
      await replica.pull(replica.scopes.filter((scope) => !fresh.scopes.includes(scope)));
      // Rights given anew are said in one's own scope, by the epoch, and those scopes are fetched again.
      if (personId === mia) await replica.pull(fresh.scopes);
      expect(replica.state).toEqual(fresh.state);
    }
    const told = changes.flatMap(({ recipients }) => recipients ?? []);
    expect(told).not.toContain(people.dave);
  });
});

describe('whoever is deactivated', () => {
  test('[SCOPE5] reads and hears nothing of the organisation and its threads, and nothing they do is taken', async () => {
    await deactivate(people.alice, mia);
    expect((await bootstrap(mia)).scopes).toEqual([userScope(mia)]);
    expect(await say(mia, 'Still here?')).toMatchObject({ status: 'rejected', code: 'not_found' });
    const { commits } = installation;
    const lost = commits.flatMap((commit) => commit.lost.filter(({ personId }) => personId === mia));
    expect(new Set(lost.map(({ scope }) => scope))).toEqual(
      new Set([
        orgScope(orgs.acme),
        orgPeopleScope(orgs.acme),
        ...scopesOfThread(threadId),
        notesScope(threadId, orgs.acme),
      ]),
    );
    commits.length = 0;
    await say(people.bob, 'Without her');
    expect(commits.flatMap(({ changes }) => changes.flatMap(({ recipients }) => recipients ?? []))).not.toContain(mia);
  });

  test('stays among the people of their threads, and finds them again, but not those they were taken out of', async () => {
    const other = await startThread(installation.server, [mia]);
    await deactivate(people.alice, mia);
    const card = (replica: Replica) => JSON.stringify(replica.state).includes(`"participant ${mia}"`);
    expect(card(await bootstrap(people.bob))).toBe(true);
    const alice = clientOf(people.alice);
    await alice.do('removeParticipant', { threadId: other, messageId: newId(), personId: mia });
    await reactivate(people.alice, mia);
    expect(await say(mia, 'Here again')).toMatchObject({ status: 'applied' });
    const back = await clientOf(mia).do('sendMessage', { threadId: other, messageId: newId(), text: 'And here?' });
    expect(back).toMatchObject({ status: 'rejected', code: 'not_found' });
  });

  test('keeps what they have in another organisation', async () => {
    await deactivate(people.alice, people.erin);
    const { scopes } = await bootstrap(people.erin);
    expect(scopes).toEqual([orgScope(orgs.globex), orgPeopleScope(orgs.globex), userScope(people.erin)].sort());
    await reactivate(people.alice, people.erin);
  });
});

describe('who may change whom', () => {
  const refusal = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => {
        if (error instanceof Refusal) return error.code;
        throw error;
      },
    );

  test.each([
    ['a member', () => people.bob, 'forbidden'],
    ['a guest', () => gwen, 'forbidden'],
    ['a stranger', () => people.dave, 'not_found'],
    ['an owner of another organisation', () => people.carol, 'not_found'],
  ])('%s nobody', async (_who, actor, code) => {
    expect(await refusal(setRole(actor(), mia, 'guest'))).toBe(code);
    expect(await refusal(deactivate(actor(), mia))).toBe(code);
    expect(await refusal(reactivate(actor(), mia))).toBe(code);
    expect(await refusal(changeOrg(actor(), { name: 'Theirs' }))).toBe(code);
  });

  test('an admin, once deactivated, nobody', async () => {
    await deactivate(people.alice, adam);
    expect(await refusal(deactivate(adam, mia))).toBe('not_found');
  });

  test('an admin neither touches owners nor makes them', async () => {
    expect(await refusal(setRole(adam, people.alice, 'member'))).toBe('forbidden');
    expect(await refusal(deactivate(adam, people.alice))).toBe('forbidden');
    expect(await refusal(setRole(adam, mia, 'owner'))).toBe('forbidden');
    expect(await refusal(setRole(adam, adam, 'owner'))).toBe('forbidden');
    expect(await refusal(setRole(adam, mia, 'admin'))).toBe('done');
  });

  test('the last owner stays one; nobody deactivates themselves', async () => {
    expect(await refusal(setRole(people.alice, people.alice, 'admin'))).toBe('last_owner');
    expect(await refusal(deactivate(people.alice, people.alice))).toBe('forbidden');
    await setRole(people.alice, mia, 'owner');
    expect(await refusal(deactivate(mia, mia))).toBe('forbidden');
    expect(await refusal(setRole(mia, mia, 'member'))).toBe('done');
    expect(await refusal(setRole(people.alice, people.alice, 'member'))).toBe('last_owner');
  });

  test('of two owners who demote each other at the same time, one stays', async () => {
    await setRole(people.alice, mia, 'owner');
    const outcomes = await Promise.all([
      refusal(setRole(people.alice, mia, 'member')),
      refusal(setRole(mia, people.alice, 'member')),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    const owners = await installation.database.kysely
      .selectFrom('org_person')
      .select('person_id')
      .where('org_id', '=', orgs.acme)
      .where('role', '=', 'owner')
      .execute();
    expect(owners).toHaveLength(1);
    if (owners[0]?.person_id === mia) {
      await setRole(mia, people.alice, 'owner');
      await setRole(mia, mia, 'member');
    }
  });

  test('somebody without an account looks after nobody', async () => {
    const id = newId();
    await addPerson(installation.server, { id, name: 'Imported', orgId: orgs.acme, role: 'member', placeholder: true });
    expect(await refusal(setRole(people.alice, id, 'admin'))).toBe('forbidden');
    expect(await refusal(setRole(people.alice, id, 'guest'))).toBe('done');
  });

  test('nobody who is not there', async () => {
    expect(await refusal(setRole(people.alice, newId(), 'admin'))).toBe('not_found');
    expect(await refusal(setRole(people.alice, people.dave, 'admin'))).toBe('not_found');
  });
});

test('where only admins start threads, members are refused and guests stay so', async () => {
  const start = (personId: string) =>
    clientOf(personId).do('createThread', { threadId: newId(), orgId: orgs.acme, subject: 'Mine', participantIds: [] });
  await changeOrg(people.alice, { threadStarters: 'admins' });
  expect(await start(mia)).toMatchObject({ status: 'rejected', code: 'forbidden' });
  expect(await start(adam)).toMatchObject({ status: 'applied' });
  await changeOrg(people.alice, { threadStarters: 'members' });
  expect(await start(mia)).toMatchObject({ status: 'applied' });
  expect(await start(gwen)).toMatchObject({ status: 'rejected', code: 'forbidden' });
});
