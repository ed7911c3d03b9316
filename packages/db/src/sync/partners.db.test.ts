/** Two organisations as partners, for every kind of person near them: SPEC.md, [PART1] and on. */
import { changeRole, deactivateMember, memberScopes } from '@parley/core/members';
import { mergeMember, mergeScopes } from '@parley/core/merging';
import { changeOrganisation, organisationScopes } from '@parley/core/organisation-settings';
import {
  befriend,
  CONTACTS,
  endPartnership,
  offerContacts,
  partnershipScopes,
  partnerState,
  suspendPartner,
  type PartnerRow,
  type Partnership,
} from '@parley/core/partners';
import { orgPeopleScope, orgScope, userScope } from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readMemberFacts } from '../members.ts';
import { showPartners } from '../partners.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { addPerson, openInstallation, orgs, people, seed, TestClient, type TestInstallation } from './acme.fixture.ts';
import { Replica } from './replica.fixture.ts';

let testDatabase: TestDatabase;
let installation: TestInstallation;
/** Made anew for each test: a member of Acme. */
let mia: string;

const { alice, bob, gus, carol, dave, erin } = people;
const acmes: Partnership = { orgId: orgs.acme, partnerId: orgs.globex };
const globexes: Partnership = { orgId: orgs.globex, partnerId: orgs.acme };

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
  mia = newId();
  await addPerson(installation.server, { id: mia, name: 'mia', orgId: orgs.acme, role: 'member' });
  const before = await seenBy(alice, acmes);
  if (before && !before.ended) await end(alice, acmes);
});

const scopesNearby = [
  ...Object.values(people).map(userScope),
  ...Object.values(orgs).flatMap((id) => [orgScope(id), orgPeopleScope(id)]),
];
async function bootstrap(personId: string): Promise<Replica> {
  const replica = new Replica(new TestClient(installation.server, personId));
  await replica.pull(scopesNearby);
  return replica;
}
/** What somebody finds in their organisation about the partner. */
async function seenBy(personId: string, { orgId, partnerId }: Partnership): Promise<PartnerRow | undefined> {
  const client = new TestClient(installation.server, personId);
  const [answer] = await client.pull({ scope: orgScope(orgId), from: null, epoch: null, window: 100 });
  const rows = answer && 'rows' in answer ? answer.rows : [];
  return rows.find(([table, id]) => table === 'partner' && id === partnerId)?.[3] as PartnerRow | undefined;
}

const meet = (): Promise<void> =>
  installation.server.act(null, partnershipScopes(acmes), (tx) =>
    befriend(tx, { orgId: orgs.acme, personId: alice }, { orgId: orgs.globex, personId: carol }),
  );
const offer = (actor: string, pair: Partnership, personIds: string[]): Promise<void> =>
  installation.server.act(actor, partnershipScopes(pair), (tx) => offerContacts(tx, pair, personIds));
const suspend = (actor: string, pair: Partnership, suspended = true): Promise<void> =>
  installation.server.act(actor, partnershipScopes(pair), (tx) => suspendPartner(tx, pair, suspended));
const end = (actor: string, pair: Partnership, threads: 'kept' | 'removed' = 'kept'): Promise<void> =>
  installation.server.act(actor, partnershipScopes(pair), (tx) => endPartnership(tx, pair, threads));
/** What the worker does once it is asked to. */
async function work(): Promise<void> {
  const rows = await installation.database.kysely.deleteFrom('job').returning(['kind', 'payload']).execute();
  for (const { kind, payload } of rows) {
    if (kind !== 'partners.shown') continue;
    await showPartners(installation.database.kysely, installation.server, (payload as { orgId: string }).orgId);
  }
}

describe('[PART1] partners', () => {
  test('know each other by name, and who speaks for the other', async () => {
    await meet();
    expect(await seenBy(bob, acmes)).toEqual({
      name: 'globex',
      contacts: [{ id: carol, name: 'carol' }],
      since: expect.any(Number),
      suspendedBy: [],
      ended: null,
    });
    expect(await seenBy(carol, globexes)).toMatchObject({ name: 'acme', contacts: [{ id: alice, name: 'alice' }] });
    await expect(meet()).rejects.toMatchObject({ code: 'partners_already' });
  });

  test('are others: nobody is a partner of their own', async () => {
    const own = { orgId: orgs.acme, partnerId: orgs.acme };
    const alone = installation.server.act(null, partnershipScopes(own), (tx) =>
      befriend(tx, { orgId: orgs.acme, personId: alice }, { orgId: orgs.acme, personId: bob }),
    );
    await expect(alone).rejects.toMatchObject({ code: 'same_organisation' });
  });

  const acts: Record<string, { before?: () => Promise<unknown>; act: () => Promise<unknown> }> = {
    'they met': { act: meet },
    'one offered others': { before: meet, act: () => offer(alice, acmes, [bob, mia]) },
    'one suspended it': { before: meet, act: () => suspend(carol, globexes) },
    'one ended it': { before: meet, act: () => end(alice, acmes, 'removed') },
    'one who was offered was shut out': {
      before: async () => {
        await meet();
        await offer(alice, acmes, [bob, mia]);
      },
      act: async () => {
        await deactivate(mia);
        await work();
      },
    },
  };
  describe.each(Object.entries(acts))('[PULL1] after %s', (_name, { before, act }) => {
    const lookers = { alice, bob, gus, carol, dave, erin };
    test('what everybody held and pulled or was poked with is what a newcomer would get', async () => {
      await before?.();
      const pulling = await Promise.all(Object.values(lookers).map(bootstrap));
      const poked = await Promise.all(Object.values(lookers).map(bootstrap));
      installation.commits.length = 0;
      await act();
      const changes = installation.commits.flatMap((commit) => commit.changes);
      for (const [index, personId] of Object.values(lookers).entries()) {
        const fresh = (await bootstrap(personId)).state;
        await pulling[index]?.pull(scopesNearby);
        expect(pulling[index]?.state).toEqual(fresh);
        for (const change of changes) if (change.recipients?.includes(personId)) poked[index]?.poke(change);
        expect(poked[index]?.state).toEqual(fresh);
      }
    });

    test('guests and third organisations were told nothing', async () => {
      await before?.();
      installation.commits.length = 0;
      const held = await Promise.all([gus, dave].map(bootstrap));
      await act();
      const told = installation.commits.flatMap(({ changes }) => changes.flatMap(({ recipients }) => recipients ?? []));
      expect(told).not.toContain(gus);
      expect(told).not.toContain(dave);
      expect((await Promise.all([gus, dave].map(bootstrap))).map(({ state }) => state)).toEqual(
        held.map(({ state }) => state),
      );
    });
  });
});

describe('[PART2] a partnership', () => {
  test('rests while either side wants it to', async () => {
    await meet();
    const bothSee = async (state: string, suspendedBy: string[]): Promise<void> => {
      for (const row of [await seenBy(alice, acmes), await seenBy(carol, globexes)]) {
        expect(row && partnerState(row)).toBe(state);
        expect(row?.suspendedBy).toEqual(suspendedBy);
      }
    };
    await suspend(alice, acmes);
    await suspend(carol, globexes);
    await suspend(alice, acmes, false);
    await bothSee('suspended', [orgs.globex]);
    await suspend(alice, acmes, false);
    await bothSee('suspended', [orgs.globex]);
    await suspend(carol, globexes, false);
    await bothSee('active', []);
  });

  test('that has ended offers nobody, is not changed, and can be begun anew', async () => {
    await meet();
    await suspend(carol, globexes);
    await end(carol, globexes, 'removed');
    for (const row of [await seenBy(alice, acmes), await seenBy(carol, globexes)]) {
      expect(row).toMatchObject({ contacts: [], ended: { by: orgs.globex, threads: 'removed' } });
    }
    for (const late of [suspend, end, (actor: string, pair: Partnership) => offer(actor, pair, [bob])]) {
      await expect(late(alice, acmes)).rejects.toMatchObject({ code: 'ended' });
    }
    await meet();
    expect(await seenBy(bob, acmes)).toMatchObject({ suspendedBy: [], ended: null, contacts: [{ id: carol }] });
  });

  test('asks for work on the threads that the two share, whenever it changes', async () => {
    await installation.database.kysely.deleteFrom('job').execute();
    await meet();
    await suspend(alice, acmes);
    await end(carol, globexes);
    const jobs = await installation.database.kysely.selectFrom('job').select(['kind', 'payload']).execute();
    expect(jobs).toEqual([acmes, acmes, globexes].map((payload) => ({ kind: 'partners.changed', payload })));
  });
});

describe('[PART3] whom a partner may start threads with', () => {
  const offered = async (): Promise<string[] | undefined> =>
    (await seenBy(carol, globexes))?.contacts.map(({ name }) => name);
  beforeEach(async () => {
    await meet();
    await offer(alice, acmes, [bob, mia, bob]);
  });

  test('are those who were chosen, active and no guests', async () => {
    expect(await offered()).toEqual(['bob', 'mia']);
    const unknown = offer(alice, acmes, [bob, gus]);
    await expect(unknown).rejects.toMatchObject({ code: 'unknown_person' });
    await expect(offer(alice, acmes, [carol])).rejects.toMatchObject({ code: 'unknown_person' });
    const many = Array.from({ length: CONTACTS + 1 }, () => newId());
    await expect(offer(alice, acmes, many)).rejects.toMatchObject({ code: 'too_many' });
    expect(await offered()).toEqual(['bob', 'mia']);
  });

  test.each([
    ['who is shut out', () => deactivate(mia)],
    ['who becomes a guest', () => makeGuest(mia)],
    ['who is merged into another', () => merge(mia, bob)],
  ])('somebody %s is offered no longer', async (_who, act) => {
    await act();
    await work();
    expect(await offered()).toEqual(['bob']);
    const { version } = await scopeOf(orgs.globex);
    await showPartners(installation.database.kysely, installation.server, orgs.acme);
    expect((await scopeOf(orgs.globex)).version).toBe(version);
  });

  test('are shown by their new names, and so is their organisation', async () => {
    await installation.server.act(null, { write: [orgPeopleScope(orgs.acme)] }, async (tx) => {
      const card = await tx.get('person', orgPeopleScope(orgs.acme), mia);
      if (card) tx.put('person', orgPeopleScope(orgs.acme), mia, { ...card, name: 'Mia Li' });
    });
    const rename = (name: string) =>
      installation.server.act(alice, organisationScopes(orgs.acme), (tx) =>
        changeOrganisation(tx, orgs.acme, { name }),
      );
    await rename('Acme Ltd');
    await work();
    expect(await seenBy(carol, globexes)).toMatchObject({ name: 'Acme Ltd', contacts: [{}, { name: 'Mia Li' }] });
    await rename('acme');
    await work();
  });
});

describe('[PART4] partners are looked after', () => {
  beforeEach(meet);
  const ways = {
    'offers people': (actor: string, pair: Partnership) => offer(actor, pair, []),
    'suspends it': (actor: string, pair: Partnership) => suspend(actor, pair),
    'ends it': (actor: string, pair: Partnership) => end(actor, pair),
  };
  test.each(Object.entries(ways))('by their own owners and admins: nobody else %s', async (_way, act) => {
    for (const actor of [bob, gus]) await expect(act(actor, acmes)).rejects.toMatchObject({ code: 'forbidden' });
    for (const actor of [carol, dave]) await expect(act(actor, acmes)).rejects.toMatchObject({ code: 'not_found' });
    await expect(act(alice, globexes)).rejects.toMatchObject({ code: 'not_found' });
    const nobody = { orgId: orgs.acme, partnerId: orgs.initech };
    await expect(act(alice, nobody)).rejects.toMatchObject({ code: 'not_found' });
  });
});

const memberOf = (personId: string) => ({ orgId: orgs.acme, personId });
const deactivate = (personId: string): Promise<void> =>
  installation.server.act(alice, memberScopes(memberOf(personId)), async (tx, trx) =>
    deactivateMember(tx, memberOf(personId), await readMemberFacts(trx, memberOf(personId))),
  );
const makeGuest = (personId: string): Promise<void> =>
  installation.server.act(alice, memberScopes(memberOf(personId)), async (tx, trx) =>
    changeRole(tx, { ...memberOf(personId), role: 'guest' }, await readMemberFacts(trx, memberOf(personId))),
  );
const merge = (fromId: string, intoId: string): Promise<void> => {
  const both = { orgId: orgs.acme, fromId, intoId };
  return installation.server.act(alice, mergeScopes(both), (tx) =>
    mergeMember(tx, both, { otherOwners: 1, isElsewhere: false }),
  );
};
const scopeOf = (orgId: string): Promise<{ version: number }> =>
  installation.database.kysely
    .selectFrom('sync_scope')
    .select('version')
    .where('id', '=', orgScope(orgId))
    .executeTakeFirstOrThrow();
