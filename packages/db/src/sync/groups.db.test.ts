/** Groups in threads, and the people they bring: SPEC.md, [GRP1] and on. */
import type { GroupChange } from '@parley/core/groups';
import { changeRole, deactivateMember, memberScopes, reactivateMember } from '@parley/core/members';
import type { Role } from '@parley/core/organisations';
import { orgPeopleScope, orgScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { PushResult } from '@parley/sync/protocol';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { alignGroups } from '../groups.ts';
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
/** Made anew for each test: mia of the team, zoe who is not, gwen who is a guest, a thread that the team is in. */
let mia: string;
let zoe: string;
let gwen: string;
let teamId: string;
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
  mia = await newMember('mia', 'member');
  zoe = await newMember('zoe', 'member');
  gwen = await newMember('gwen', 'guest');
  teamId = await makeTeam([mia]);
  threadId = await startThread(installation.server, [people.bob]);
  await say('Before the team');
  expect(await addGroup(teamId)).toMatchObject({ status: 'applied' });
  await work();
});

const { alice, bob, erin, dave } = people;
const orgId = orgs.acme;
const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);

async function newMember(name: string, role: Role, placeholder = false): Promise<string> {
  const id = newId();
  await addPerson(installation.server, { id, name, orgId, role, placeholder });
  return id;
}
async function makeTeam(memberIds: string[]): Promise<string> {
  const id = newId();
  const made = await clientOf(alice).do('createTeam', { orgId, teamId: id, name: 'Drivers', memberIds });
  expect(made).toMatchObject({ status: 'applied' });
  return id;
}
const addGroup = (groupId: string, actor = alice): Promise<PushResult> =>
  clientOf(actor).do('addGroup', { threadId, orgId, messageId: newId(), groupId });
const removeGroup = (groupId: string, actor = alice): Promise<PushResult> =>
  clientOf(actor).do('removeGroup', { threadId, messageId: newId(), groupId });
const changeTeam = (change: { name?: string; add?: string[]; remove?: string[] }): Promise<PushResult> =>
  clientOf(alice).do('changeTeam', { orgId, teamId, ...change });
const addSingly = (personId: string): Promise<PushResult> =>
  clientOf(alice).do('addParticipants', { threadId, orgId, messageId: newId(), personIds: [personId] });
const takeOut = (personId: string, actor = alice): Promise<PushResult> =>
  clientOf(actor).do('removeParticipant', { threadId, messageId: newId(), personId });
const say = (text: string, actor = alice): Promise<PushResult> =>
  clientOf(actor).do('sendMessage', { threadId, messageId: newId(), text });
const member = (personId: string) => ({ orgId, personId });
const setRole = (personId: string, role: Role): Promise<void> =>
  installation.server.act(alice, memberScopes(member(personId)), async (tx, trx) =>
    changeRole(tx, { ...member(personId), role }, await readMemberFacts(trx, member(personId))),
  );
const deactivate = (personId: string): Promise<void> =>
  installation.server.act(alice, memberScopes(member(personId)), async (tx, trx) =>
    deactivateMember(tx, member(personId), await readMemberFacts(trx, member(personId))),
  );
const reactivate = (personId: string): Promise<void> =>
  installation.server.act(alice, memberScopes(member(personId)), async (tx, trx) =>
    reactivateMember(tx, member(personId), await readMemberFacts(trx, member(personId))),
  );

/** As the worker does: what has been left to do is done, and forgotten. */
async function work(acts: Parameters<typeof alignGroups>[1] = installation.server): Promise<void> {
  const { kysely } = installation.database;
  const jobs = await kysely.selectFrom('job').selectAll().where('kind', '=', 'groups.changed').orderBy('id').execute();
  for (const { id, payload } of jobs) {
    await alignGroups(kysely, acts, payload as GroupChange);
    await kysely.deleteFrom('job').where('id', '=', id).execute();
  }
}

/** Of the ids given, those who read the thread, by their own rows and by those of the others. */
async function readers(...personIds: string[]): Promise<string[]> {
  const scopes = [threadScope(threadId), threadPeopleScope(threadId)];
  const seen = await Promise.all(
    personIds.map(async (personId) => {
      const answers = await clientOf(personId).pull(
        ...scopes.map((scope) => ({ scope, from: null, epoch: null, window: 50 })),
      );
      return answers.every(({ kind }) => kind !== 'forbidden');
    }),
  );
  const listed = await installation.database.kysely
    .selectFrom('participant')
    .select('person_id')
    .where('thread_id', '=', threadId)
    .where('left_at', 'is', null)
    .execute();
  const reading = personIds.filter((_, index) => seen[index]);
  const among = new Set(listed.map(({ person_id: id }) => id));
  expect(personIds.filter((id) => among.has(id))).toEqual(reading);
  return reading;
}

const notices = async (): Promise<unknown[]> => {
  const rows = await installation.database.kysely
    .selectFrom('message')
    .select('notice')
    .where('thread_id', '=', threadId)
    .where('kind', '=', 'system')
    .orderBy('seq')
    .execute();
  return rows.map(({ notice }) => notice);
};

describe('[GRP1] who may', () => {
  const team = () => ({ orgId, teamId });
  test.each([
    ['a member', () => bob, 'forbidden'],
    ['a guest', () => gwen, 'forbidden'],
    ['a stranger', () => dave, 'not_found'],
  ])('%s makes, changes and removes no team', async (_who, actor, code) => {
    const client = clientOf(actor());
    const refused = { status: 'rejected', code };
    expect(await client.do('createTeam', { orgId, teamId: newId(), name: 'Mine', memberIds: [] })).toMatchObject(
      refused,
    );
    expect(await client.do('changeTeam', { ...team(), name: 'Mine' })).toMatchObject(refused);
    expect(await client.do('removeTeam', team())).toMatchObject(refused);
  });

  test('an admin does, with colleagues only, once, and never as large as it likes', async () => {
    await setRole(zoe, 'admin');
    const admin = clientOf(zoe);
    const id = newId();
    const create = (memberIds: string[]) => admin.do('createTeam', { orgId, teamId: id, name: 'Ours', memberIds });
    for (const stranger of [gwen, dave, newId()]) {
      expect(await create([stranger])).toMatchObject({ status: 'rejected', code: 'unknown_person' });
    }
    expect(await create([bob, bob])).toMatchObject({ status: 'applied' });
    expect(await create([])).toMatchObject({ status: 'rejected', code: 'id_taken' });
    const another = { orgId, teamId: orgId, name: 'Everybody', memberIds: [] };
    expect(await admin.do('createTeam', another)).toMatchObject({ status: 'rejected', code: 'id_taken' });
    const added = await admin.do('changeTeam', { orgId, teamId: id, add: [gwen] });
    expect(added).toMatchObject({ status: 'rejected', code: 'unknown_person' });
    const nowhere = await admin.do('changeTeam', { orgId, teamId: newId(), name: 'Nowhere' });
    expect(nowhere).toMatchObject({ status: 'rejected', code: 'not_found' });
    await installation.database.kysely
      .updateTable('team')
      .set({ member_ids: JSON.stringify(Array.from({ length: 1_000 }, () => newId())) })
      .where('id', '=', id)
      .execute();
    const full = await admin.do('changeTeam', { orgId, teamId: id, add: [zoe] });
    expect(full).toMatchObject({ status: 'rejected', code: 'too_many' });
    expect(await admin.do('removeTeam', { orgId, teamId: id })).toMatchObject({ status: 'applied' });
  });

  test('members add groups to their threads and take them out; guests, strangers and those elsewhere do not', async () => {
    await addSingly(gwen);
    expect(await addGroup(orgId, gwen)).toMatchObject({ status: 'rejected', code: 'forbidden' });
    expect(await removeGroup(teamId, gwen)).toMatchObject({ status: 'rejected', code: 'forbidden' });
    for (const outside of [zoe, dave]) {
      expect(await addGroup(orgId, outside)).toMatchObject({ status: 'rejected', code: 'not_found' });
      expect(await removeGroup(teamId, outside)).toMatchObject({ status: 'rejected', code: 'not_found' });
    }
    expect(await addGroup(orgId, bob)).toMatchObject({ status: 'applied' });
    expect(await removeGroup(orgId, bob)).toMatchObject({ status: 'applied' });
  });

  test('nobody adds a group of another organisation, or one that is not there', async () => {
    await addSingly(erin);
    const other = { threadId, orgId: orgs.globex, messageId: newId(), groupId: orgs.globex };
    expect(await clientOf(erin).do('addGroup', other)).toMatchObject({ status: 'rejected', code: 'forbidden' });
    expect(await addGroup(orgs.globex)).toMatchObject({ status: 'rejected', code: 'unknown_group' });
    expect(await addGroup(newId())).toMatchObject({ status: 'rejected', code: 'unknown_group' });
    const args = { threadId: newId(), orgId, subject: 'Plans', participantIds: [], groupIds: [newId()] };
    expect(await clientOf(bob).do('createThread', args)).toMatchObject({ status: 'rejected', code: 'unknown_group' });
  });
});

describe('[GRP2] the organisation in a thread stands', () => {
  test('for active members with accounts, and neither for guests nor for others', async () => {
    const ghost = await newMember('ghost', 'member', true);
    const gone = await newMember('gone', 'member');
    await deactivate(gone);
    await addGroup(orgId);
    await work();
    expect(await readers(alice, bob, erin, mia, zoe, gwen, gone, ghost, people.gus, dave, people.carol)).toEqual([
      alice,
      bob,
      erin,
      mia,
      zoe,
    ]);
  });

  test('for whoever it stands for, also where a team lists them that they are no guest of any more', async () => {
    await setRole(mia, 'guest');
    await work();
    expect(await readers(mia)).toEqual([]);
    await setRole(mia, 'member');
    await work();
    expect(await readers(mia)).toEqual([mia]);
  });
});

describe('[GRP3] whoever comes later reads the whole history:', () => {
  const comings: Record<string, () => Promise<unknown>> = {
    'the person was put into the team': () => changeTeam({ add: [zoe] }),
    'the organisation was added': () => addGroup(orgId),
    'they were let in again': async () => {
      await changeTeam({ add: [zoe] });
      await deactivate(zoe);
      await work();
      await reactivate(zoe);
    },
    'they are no guest any more': async () => {
      await changeTeam({ add: [zoe] });
      await setRole(zoe, 'guest');
      await work();
      await setRole(zoe, 'member');
    },
    'their team went out and came back': async () => {
      await changeTeam({ add: [zoe] });
      await work();
      await removeGroup(teamId);
      await work();
      await addGroup(teamId);
    },
  };
  test.each(Object.entries(comings))('%s', async (_what, come) => {
    await come();
    await work();
    expect(await readers(mia, zoe, gwen)).toEqual([mia, zoe]);
    const replica = new Replica(clientOf(zoe));
    await replica.pull([threadScope(threadId)]);
    expect(JSON.stringify(replica.state)).toContain('Before the team');
  });

  test('a thread can be started with groups', async () => {
    threadId = newId();
    const args = { threadId, orgId, subject: 'Plans', participantIds: [gwen], groupIds: [teamId] };
    expect(await clientOf(bob).do('createThread', args)).toMatchObject({ status: 'applied' });
    await work();
    expect(await readers(alice, bob, mia, zoe, gwen)).toEqual([bob, mia, gwen]);
  });
});

describe('[GRP4] whoever no group stands for any longer', () => {
  const goings: Record<string, () => Promise<unknown>> = {
    'is taken out of the team': () => changeTeam({ remove: [mia] }),
    'sees the team taken out of the thread': () => removeGroup(teamId),
    'sees the team removed': () => clientOf(alice).do('removeTeam', { orgId, teamId }),
    'becomes a guest': () => setRole(mia, 'guest'),
    'is deactivated': () => deactivate(mia),
  };
  test.each(Object.entries(goings))('%s, and loses the thread', async (_what, go) => {
    expect(await readers(mia, bob)).toEqual([mia, bob]);
    const { commits } = installation;
    commits.length = 0;
    await go();
    await work();
    expect(await readers(mia, bob)).toEqual([bob]);
    const lost = commits.flatMap((commit) => commit.lost.filter(({ personId }) => personId === mia));
    expect(lost.map(({ scope }) => scope)).toEqual(
      expect.arrayContaining([threadScope(threadId), threadPeopleScope(threadId)]),
    );
    commits.length = 0;
    expect(await say('Still here?', mia)).toMatchObject({ status: 'rejected', code: 'not_found' });
    await say('Without her');
    expect(commits.flatMap(({ changes }) => changes.flatMap(({ recipients }) => recipients ?? []))).not.toContain(mia);
  });

  test.each([
    ['becomes a guest', () => setRole(mia, 'guest')],
    ['is deactivated', () => deactivate(mia)],
  ])('%s, and loses it before the worker hears of it', async (_what, go) => {
    await go();
    const [answer] = await clientOf(mia).pull({ scope: threadScope(threadId), from: null, epoch: null, window: 5 });
    expect(answer).toMatchObject({ kind: 'forbidden' });
  });

  test.each([
    ['a guest and a member again', () => setRole(mia, 'guest'), () => setRole(mia, 'member')],
    ['deactivated and let in again', () => deactivate(mia), () => reactivate(mia)],
  ])('has it at once where they were %s before the worker heard of it', async (_what, go, come) => {
    await go();
    await come();
    expect(await readers(mia)).toEqual([mia]);
    await work();
    expect(await readers(mia)).toEqual([mia]);
  });

  test('but another one does, keeps it', async () => {
    await addGroup(orgId);
    await work();
    await removeGroup(teamId);
    await work();
    expect(await readers(mia)).toEqual([mia]);
    await removeGroup(orgId);
    await work();
    expect(await readers(alice, bob, mia, zoe)).toEqual([alice, bob]);
  });
});

describe('[GRP5] whoever was added singly', () => {
  test('before their group came, stays when it goes', async () => {
    await changeTeam({ add: [bob] });
    await work();
    await removeGroup(teamId);
    await work();
    expect(await readers(bob, mia)).toEqual([bob]);
  });

  test('after their group had brought them, stays when it goes, and nothing is said of it', async () => {
    const said = (await notices()).length;
    expect(await addSingly(mia)).toMatchObject({ status: 'applied' });
    expect(await notices()).toHaveLength(said);
    await changeTeam({ remove: [mia] });
    await work();
    expect(await readers(mia)).toEqual([mia]);
  });

  test('stays as a guest', async () => {
    await addSingly(mia);
    await setRole(mia, 'guest');
    await work();
    expect(await readers(mia)).toEqual([mia]);
  });
});

describe('[GRP5] whoever left, or was taken out,', () => {
  test.each([
    ['left', () => takeOut(mia, mia)],
    ['was taken out', () => takeOut(mia)],
  ])('%s stays out, whatever happens to others, until they or their group are added anew', async (_what, go) => {
    await go();
    await changeTeam({ add: [zoe] });
    await deactivate(mia);
    await reactivate(mia);
    await work();
    expect(await readers(mia, zoe)).toEqual([zoe]);
    await removeGroup(teamId);
    await work();
    await addGroup(teamId);
    await work();
    expect(await readers(mia, zoe)).toEqual([mia, zoe]);
    await takeOut(mia);
    await addSingly(mia);
    await work();
    expect(await readers(mia)).toEqual([mia]);
  });
});

describe('[GRP6] bringing people in line', () => {
  test('writes nothing where all is in line', async () => {
    const { kysely } = installation.database;
    await alignGroups(kysely, installation.server, { orgId });
    installation.commits.length = 0;
    expect(await alignGroups(kysely, installation.server, { orgId })).toBe(0);
    expect(installation.commits).toEqual([]);
  });

  test(
    'may be cut short, begun again and done by several at once, 500 people an act',
    { timeout: 120_000 },
    async () => {
      await addCrowd(1_100);
      await addGroup(orgId);
      let acts = 0;
      const dying = {
        act: ((...args: Parameters<typeof installation.server.act>) => {
          acts += 1;
          if (acts > 1) throw new Error('killed');
          return installation.server.act(...args);
        }) as typeof installation.server.act,
      };
      await expect(work(dying)).rejects.toThrow('killed');
      expect(await countOf(threadId)).toBeLessThan(600);

      installation.commits.length = 0;
      const { kysely } = installation.database;
      await Promise.all([1, 2, 3].map(() => alignGroups(kysely, installation.server, { orgId, threadId })));
      expect(await countOf(threadId)).toBeGreaterThan(1_100);
      for (const { changes } of installation.commits) {
        const scopes = changes.map(({ scope }) => scope);
        expect(scopes.filter((scope) => scope.startsWith('user:')).length).toBeLessThanOrEqual(500);
        expect(scopes.filter((scope) => scope.startsWith('people.thread:')).length).toBeLessThanOrEqual(1);
      }
      // Each of them was added once.
      expect(new Set(await epochsOf(threadId))).toEqual(new Set([1]));
      await removeGroup(orgId);
      await work();
      expect(await readers(alice, bob, mia, zoe)).toEqual([alice, bob, mia]);
      await shrinkCrowd();
    },
  );

  const crowd: string[] = [];
  async function addCrowd(count: number): Promise<void> {
    crowd.push(...Array.from({ length: count }, () => newId()));
    const scopes = { create: crowd.map(userScope), write: [orgPeopleScope(orgId)], lock: [orgScope(orgId)] };
    await installation.server.act(null, scopes, async (tx, trx) => {
      await trx
        .insertInto('person')
        .values(crowd.map((id) => ({ id, name: 'One of many' })))
        .execute();
      const common = { role: 'member' as const, active: true, joinedAt: tx.now };
      for (const id of crowd) {
        tx.put('membership', userScope(id), orgId, { ...common, epoch: 1 });
        tx.put('person', orgPeopleScope(orgId), id, {
          ...common,
          name: 'One of many',
          email: null,
          placeholder: false,
        });
      }
    });
  }
  async function shrinkCrowd(): Promise<void> {
    const { kysely } = installation.database;
    await kysely.updateTable('org_person').set({ active: false }).where('person_id', 'in', crowd).execute();
  }
});

async function countOf(id: string): Promise<number> {
  const rows = await installation.database.kysely
    .selectFrom('participant')
    .select('person_id')
    .where('thread_id', '=', id)
    .where('left_at', 'is', null)
    .execute();
  return rows.length;
}
async function epochsOf(id: string): Promise<number[]> {
  const rows = await installation.database.kysely
    .selectFrom('participation')
    .select('epoch')
    .where('thread_id', '=', id)
    .execute();
  return rows.map(({ epoch }) => epoch);
}

test('[GRP7] a thread says once that a group came or went', async () => {
  await changeTeam({ add: [zoe] });
  await work();
  expect(await addGroup(teamId)).toMatchObject({ status: 'applied' });
  await removeGroup(teamId);
  await work();
  expect(await removeGroup(teamId)).toMatchObject({ status: 'applied' });
  const group = { kind: 'team', name: 'Drivers' };
  expect(await notices()).toEqual([
    { type: 'added', by: alice, personIds: [teamId], group },
    { type: 'removed', by: alice, personIds: [teamId], group },
  ]);
});

describe('[GRP8] in the threads it takes part in, a team', () => {
  const groups = async () => {
    const replica = new Replica(clientOf(bob));
    await replica.pull([threadPeopleScope(threadId)]);
    const [scope] = replica.state as { rows: [string, { data: unknown }][] }[];
    return scope?.rows.flatMap(([key, { data }]) => (key.startsWith('group ') ? [data] : []));
  };
  test('has the name that it is given', async () => {
    await changeTeam({ name: 'Night drivers' });
    await work();
    expect(await groups()).toMatchObject([{ name: 'Night drivers' }]);
  });
  test('is no more once it is removed', async () => {
    await clientOf(alice).do('removeTeam', { orgId, teamId });
    await work();
    expect(await groups()).toEqual([]);
  });
});

describe('[PULL1] after people were brought in line,', () => {
  const changes: Record<string, () => Promise<unknown>> = {
    'because a team was filled and emptied': () => changeTeam({ add: [zoe], remove: [mia], name: 'Others' }),
    'because the organisation was added': () => addGroup(orgId),
    'because a team was taken out': () => removeGroup(teamId),
    'because a team was removed': () => clientOf(alice).do('removeTeam', { orgId, teamId }),
    'because somebody became a guest': () => setRole(mia, 'guest'),
    'because somebody was deactivated': () => deactivate(mia),
  };
  const lookers = {
    'the actor': () => alice,
    'a participant': () => bob,
    'a member of the team': () => mia,
    'a colleague': () => zoe,
    'a guest in the thread': () => gwen,
    'a stranger': () => dave,
  };
  const scopes = () => [
    ...[alice, bob, mia, zoe, gwen, dave].map(userScope),
    ...[orgScope(orgId), orgPeopleScope(orgId), threadScope(threadId), threadPeopleScope(threadId)],
  ];
  const bootstrap = async (personId: string): Promise<Replica> => {
    const replica = new Replica(clientOf(personId));
    await replica.pull(scopes());
    return replica;
  };

  describe.each(Object.entries(changes))('%s,', (_why, change) => {
    test.each(Object.entries(lookers))('what %s held and pulled is what a newcomer would get', async (_who, looker) => {
      await addSingly(gwen);
      const held = await bootstrap(looker());
      await change();
      await work();
      await say('Afterwards');
      await held.pull(scopes());
      expect(held.state).toEqual((await bootstrap(looker())).state);
    });

    test('what all held and were poked with is what a newcomer would get', async () => {
      await addSingly(gwen);
      const replicas = new Map<string, Replica>();
      for (const looker of Object.values(lookers)) replicas.set(looker(), await bootstrap(looker()));
      const { commits } = installation;
      commits.length = 0;
      await change();
      await work();
      const pokes = commits.flatMap((commit) => commit.changes);
      expect(pokes.flatMap(({ recipients }) => recipients ?? [])).not.toContain(dave);
      for (const [personId, replica] of replicas) {
        for (const poke of pokes) if (poke.recipients?.includes(personId)) replica.poke(poke);
        const fresh = await bootstrap(personId);
        await replica.pull(fresh.scopes.filter((scope) => !replica.scopes.includes(scope)));
        await replica.pull(replica.scopes.filter((scope) => !fresh.scopes.includes(scope)));
        // Pokes of many rows are bare.
        await replica.pull(fresh.scopes.filter((scope) => pokes.some((poke) => poke.scope === scope && !poke.rows)));
        expect(replica.state).toEqual(fresh.state);
      }
    });
  });
});
