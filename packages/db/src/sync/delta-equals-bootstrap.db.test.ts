/**
 * For every mutator and every kind of person near it: what they held, brought up to date, is what somebody gets who
 * starts from nothing; by pull and by poke; and whoever is not concerned gets nothing.
 */
import { DraftText } from '@parley/core/draft-text';
import { mutators, type MutatorName } from '@parley/core/mutators';
import { receiptsScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { PushResult } from '@parley/sync/protocol';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  addPerson,
  openInstallation,
  orgs,
  people,
  seed,
  settle,
  startPartnerThread,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { Replica } from './replica.fixture.ts';

/** Beside the usual people: those who came, went and came back since they last looked, and one who was never there. */
const others = { ann: newId(), rob: newId(), rey: newId(), zoe: newId() };
const roles = {
  'the actor': people.alice,
  'a fellow participant': people.bob,
  'a guest participant': people.gus,
  'a participant of two organisations': people.erin,
  'somebody of a partner organisation': people.carol,
  'somebody just added': others.ann,
  'somebody just removed': others.rob,
  'somebody removed and added again': others.rey,
  'a stranger of the same organisation': others.zoe,
  'a stranger of another organisation': people.dave,
};
const strangers = new Set([others.zoe, people.dave, people.carol]);

interface Place {
  threadId: string;
  /** Of Acme, with bob; takes part in the thread. */
  teamId: string;
  /** A message of alice's that is to go out later. */
  scheduledId: string;
  /** One of alice's, edited once, with a reaction of bob's, and with a draft of hers under it. */
  messageId: string;
}
/** Does the thing for real; somebody who may not is refused by the same call. */
type Scenario = (client: TestClient, place: Place) => Promise<PushResult>;

const scenarios: Record<MutatorName, Scenario> = {
  createThread: (client) =>
    client.do('createThread', {
      threadId: newId(),
      orgId: orgs.acme,
      subject: 'Another',
      participantIds: [people.bob, people.gus],
      groupIds: [orgs.acme],
    }),
  renameThread: (client, { threadId }) =>
    client.do('renameThread', { threadId, messageId: newId(), subject: `Renamed ${newId()}` }),
  resolveThread: (client, { threadId }) => client.do('resolveThread', { threadId, messageId: newId(), resolved: true }),
  changeThreadSetting: (client, { threadId }) =>
    client.do('changeThreadSetting', { threadId, level: 'mentions', archivedSeq: 1, pinned: true }),
  addParticipants: (client, { threadId }) =>
    client.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: [others.rob] }),
  removeParticipant: (client, { threadId }) =>
    client.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob }),
  markRead: async (client, { threadId }) => {
    const result = await client.do('markRead', { threadId, seq: 1, markEpoch: 0 });
    await settle(installation.server, threadId);
    return result;
  },
  markUnread: (client, { threadId }) => client.do('markUnread', { threadId, seq: 1, markEpoch: 1 }),
  sendMessage: (client, { threadId, messageId }) =>
    client.do('sendMessage', { threadId, messageId: newId(), text: `Hello <@${people.bob}>`, replyTo: messageId }),
  editMessage: (client, { threadId, messageId }) =>
    client.do('editMessage', { threadId, messageId, text: `Better ${newId()}` }),
  deleteMessage: (client, { threadId, messageId }) => client.do('deleteMessage', { threadId, messageId }),
  mergeDraft: (client, { threadId }) =>
    client.do('mergeDraft', {
      ...{ threadId, rootId: null, generation: 0, text: 'Nearly done', added: 'done' },
      updates: [updateOf('Nearly done')],
    }),
  discardDraft: (client, { threadId, messageId }) => client.do('discardDraft', { threadId, rootId: messageId }),
  scheduleMessage: (client, { threadId }) =>
    client.do('scheduleMessage', { threadId, messageId: newId(), text: 'Later', replyTo: null, dueAt: 4e12 }),
  changeScheduled: (client, { threadId, scheduledId }) =>
    client.do('changeScheduled', { threadId, messageId: scheduledId, text: `Later ${newId()}`, dueAt: 4e12 }),
  sendScheduled: (client, { threadId, scheduledId }) =>
    client.do('sendScheduled', { threadId, messageId: scheduledId }),
  cancelScheduled: (client, { threadId, scheduledId }) =>
    client.do('cancelScheduled', { threadId, messageId: scheduledId }),
  react: (client, { threadId, messageId }) => client.do('react', { threadId, messageId, emoji: '👍', on: true }),
  sendNote: (client, { threadId }) =>
    client.do('sendNote', { threadId, orgId: orgs.acme, messageId: newId(), text: `Between us <@${people.bob}>` }),
  editNote: (client, { threadId, messageId }) =>
    client.do('editNote', { threadId, orgId: orgs.acme, messageId, text: `Better ${newId()}` }),
  deleteNote: (client, { threadId, messageId }) => client.do('deleteNote', { threadId, orgId: orgs.acme, messageId }),
  reactToNote: (client, { threadId, messageId }) =>
    client.do('reactToNote', { threadId, orgId: orgs.acme, messageId, emoji: '👍', on: true }),
  forwardMessage: (client, { threadId, messageId }) =>
    client.do('forwardMessage', {
      threadId,
      messageId: newId(),
      fromThreadId: threadId,
      fromMessageId: messageId,
    }),
  pinMessage: (client, { threadId, messageId }) => client.do('pinMessage', { threadId, messageId, on: true }),
  saveMessage: (client, { threadId, messageId }) => client.do('saveMessage', { threadId, messageId }),
  forgetSaved: async (client, { threadId, messageId }) => {
    await client.do('saveMessage', { threadId, messageId });
    return client.do('forgetSaved', { threadId, messageId });
  },
  changeSettings: (client) =>
    client.do('changeSettings', { undoSeconds: 10, invisible: true, doNotDisturbUntil: 2e12 }),
  changeName: (client) => client.do('changeName', { name: `Alice ${newId()}`, orgIds: [orgs.acme] }),
  addGroup: (client, { threadId }) =>
    client.do('addGroup', { threadId, orgId: orgs.acme, messageId: newId(), groupId: orgs.acme }),
  removeGroup: (client, { threadId, teamId }) =>
    client.do('removeGroup', { threadId, messageId: newId(), groupId: teamId }),
  changePartnerPermission: (client, { threadId }) =>
    client.do('changePartnerPermission', { threadId, orgId: orgs.globex, permission: 'post' }),
  createTeam: (client) =>
    client.do('createTeam', { orgId: orgs.acme, teamId: newId(), name: 'Night shift', memberIds: [others.zoe] }),
  changeTeam: (client, { teamId }) =>
    client.do('changeTeam', {
      ...{ orgId: orgs.acme, teamId, name: `Drivers ${newId()}` },
      ...{ add: [others.zoe], remove: [people.bob] },
    }),
  removeTeam: (client, { teamId }) => client.do('removeTeam', { orgId: orgs.acme, teamId }),
};
/** What only those who look after the organisation may do. */
const affairsOfAdmins = new Set([scenarios.createTeam, scenarios.changeTeam, scenarios.removeTeam]);
/** What anybody may do who is somewhere: it touches nobody else. */
const ownAffairs = new Set([scenarios.changeSettings, scenarios.changeName]);
/** What every member of the organisation sees, in its directory or beside it. */
const inDirectory = new Set([scenarios.changeName, ...affairsOfAdmins]);
/** What happens in a partner thread, and the people of one organisation alone see: `messageId` is a note there. */
const amongColleagues = new Set([scenarios.sendNote, scenarios.editNote, scenarios.deleteNote, scenarios.reactToNote]);
/** What happens in a partner thread, and everybody in it sees, carol too. */
const amongPartners = new Set([scenarios.changePartnerPermission]);
const isPartnerIn = (scenario: Scenario, personId: string): boolean =>
  personId === people.carol && (amongColleagues.has(scenario) || amongPartners.has(scenario));
const strangersTo = (scenario: Scenario): string[] =>
  [...strangers].filter((personId) => !inDirectory.has(scenario) || personId !== others.zoe);

/** Whoever has nothing to do with it: with notes also those beside whom they are written. */
const unconcernedBy = (scenario: Scenario): string[] =>
  amongColleagues.has(scenario)
    ? [...strangers, people.gus, people.erin]
    : strangersTo(scenario).filter((personId) => !isPartnerIn(scenario, personId));

const updateOf = (text: string): string => {
  const draft = new DraftText([]);
  draft.edit(text);
  return draft.typed()?.update ?? '';
};

let testDatabase: TestDatabase;
let installation: TestInstallation;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
  for (const [name, id] of Object.entries(others)) {
    await addPerson(installation.server, { id, name, orgId: orgs.acme, role: 'member' });
  }
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

test('every mutator has a scenario', () => {
  expect(Object.keys(scenarios).sort()).toEqual(Object.keys(mutators).sort());
});

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);

/** Threads of earlier tests are left out, to be quick. */
const earlier = new Set<string>();
beforeEach(async () => {
  for (const scope of await everyScope()) if (/thread:|^notes:/.test(scope)) earlier.add(scope);
});

async function everyScope(): Promise<string[]> {
  const rows = await installation.database.kysely.selectFrom('sync_scope').select('id').execute();
  return rows.map(({ id }) => id).filter((scope) => !earlier.has(scope));
}

async function bootstrap(personId: string): Promise<Replica> {
  const replica = new Replica(clientOf(personId));
  await replica.pull(await everyScope());
  return replica;
}

const placeFor = (scenario: Scenario): Promise<Place> =>
  amongColleagues.has(scenario) || amongPartners.has(scenario) ? makePartnerPlace() : makePlace();

async function makePartnerPlace(): Promise<Place> {
  const { alice, bob, gus, carol, erin } = people;
  const ofAcme = [alice, bob, gus, others.rob, others.rey].map((personId) => [personId, orgs.acme] as const);
  const threadId = await startPartnerThread(installation.server, [
    ...ofAcme,
    [carol, orgs.globex],
    [erin, orgs.globex],
  ]);
  const note = { threadId, orgId: orgs.acme, messageId: newId() };
  await clientOf(alice).do('sendNote', { ...note, text: 'First' });
  await clientOf(alice).do('editNote', { ...note, text: 'First, edited' });
  await clientOf(bob).do('reactToNote', { ...note, emoji: '🎉', on: true });
  return { threadId, teamId: newId(), scheduledId: newId(), messageId: note.messageId };
}

async function makePlace(): Promise<Place> {
  const { bob, gus, erin } = people;
  const threadId = await startThread(installation.server, [bob, gus, erin, others.rob, others.rey]);
  const messageId = newId();
  const alice = clientOf(people.alice);
  await alice.do('sendMessage', { threadId, messageId, text: 'First' });
  await alice.do('editMessage', { threadId, messageId, text: 'First, edited' });
  await clientOf(bob).do('react', { threadId, messageId, emoji: '🎉', on: true });
  await alice.do('mergeDraft', {
    ...{ threadId, rootId: messageId, generation: 0, text: 'An answer', added: 'An answer' },
    updates: [updateOf('An answer')],
  });
  const teamId = newId();
  await alice.do('createTeam', { orgId: orgs.acme, teamId, name: 'Drivers', memberIds: [bob] });
  await alice.do('addGroup', { threadId, orgId: orgs.acme, messageId: newId(), groupId: teamId });
  const scheduledId = newId();
  for (const reader of [bob, gus, others.rob])
    await clientOf(reader).do('markRead', { threadId, seq: 1, markEpoch: 0 });
  await settle(installation.server, threadId);
  await alice.do('scheduleMessage', { threadId, messageId: scheduledId, text: 'Later', replyTo: null, dueAt: 4e12 });
  return { threadId, teamId, scheduledId, messageId };
}

/** What happened since everybody last looked, before the thing itself. */
async function comeAndGo({ threadId }: Place): Promise<void> {
  const alice = clientOf(people.alice);
  const remove = (personId: string) => alice.do('removeParticipant', { threadId, messageId: newId(), personId });
  const add = (personId: string) =>
    alice.do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: [personId] });
  for (const result of [
    await add(others.ann),
    await remove(others.rob),
    await remove(others.rey),
    await add(others.rey),
  ]) {
    expect(result.status).toBe('applied');
  }
  await settle(installation.server, threadId);
}

describe.each(Object.entries(scenarios))('[PULL1] after %s', (_name, scenario) => {
  test.each(Object.entries(roles))('what %s held and pulled is what a newcomer would get', async (_role, personId) => {
    const place = await placeFor(scenario);
    const held = await bootstrap(personId);
    const before = structuredClone(held.state);
    await comeAndGo(place);
    expect(await scenario(clientOf(people.alice), place)).toMatchObject({ status: 'applied' });

    await held.pull(await everyScope());
    expect(held.state).toEqual((await bootstrap(personId)).state);
    const isIn = isPartnerIn(scenario, personId);
    if (!isIn && strangersTo(scenario).includes(personId)) expect(held.state).toEqual(before);
    const mayRead = isIn || ![others.rob, ...strangers].includes(personId);
    if (mayRead) expect(held.state).not.toEqual(before);
  });

  test('what everybody held and was poked with is what a newcomer would get', async () => {
    const place = await placeFor(scenario);
    await comeAndGo(place);
    const replicas = new Map<string, Replica>();
    for (const personId of Object.values(roles)) replicas.set(personId, await bootstrap(personId));
    installation.commits.length = 0;
    expect(await scenario(clientOf(people.alice), place)).toMatchObject({ status: 'applied' });

    const changes = installation.commits.flatMap((commit) => commit.changes);
    const told = new Set(changes.flatMap(({ recipients }) => recipients ?? []));
    for (const personId of unconcernedBy(scenario)) expect(told).not.toContain(personId);
    for (const [personId, replica] of replicas) {
      const before = structuredClone(replica.state);
      for (const change of changes) if (change.recipients?.includes(personId)) replica.poke(change);
      const fresh = await bootstrap(personId);
      // What is new to a person or lost by them is said in their own scope, and pulled or purged for that reason.
      await replica.pull([...(await everyScope())].filter((scope) => !replica.scopes.includes(scope)));
      await replica.pull(replica.scopes.filter((scope) => !fresh.scopes.includes(scope)));
      expect(replica.state).toEqual(fresh.state);
      if (unconcernedBy(scenario).includes(personId)) expect(replica.state).toEqual(before);
    }
  });

  test('[PUSH9] its effects are scopes the actor reads, at the versions they have', async () => {
    const place = await placeFor(scenario);
    await comeAndGo(place);
    const result = await scenario(clientOf(people.alice), place);
    const fresh = await bootstrap(people.alice);
    if (result.status !== 'applied') throw new Error('It was refused.');
    expect(result.effects).not.toHaveLength(0);
    for (const { scope, version } of result.effects) expect(fresh.versionOf(scope)).toBe(version);
  });

  test.each([
    ['a stranger of another organisation', people.dave],
    ['somebody just removed', others.rob],
    ['a stranger of the same organisation', others.zoe],
  ])('[PUSH8] %s who tries the same is refused, and nothing is written', async (_role, personId) => {
    // Any colleague starts threads.
    if (scenario === scenarios.createThread && personId !== people.dave) return;
    if (ownAffairs.has(scenario)) return;
    const place = await placeFor(scenario);
    await comeAndGo(place);
    installation.commits.length = 0;
    expect(await scenario(clientOf(personId), place)).toMatchObject({
      status: 'rejected',
      code: affairsOfAdmins.has(scenario) && personId !== people.dave ? 'forbidden' : 'not_found',
    });
    expect(installation.commits.flatMap(({ changes }) => changes)).toEqual([]);
  });
});

test('[SCOPE3] missing and forbidden scopes answer alike', async () => {
  const { threadId } = await makePlace();
  const asks = [
    threadScope(threadId),
    threadPeopleScope(threadId),
    receiptsScope(threadId),
    threadScope(newId()),
    userScope(people.bob),
    'nonsense',
  ];
  const answers = await clientOf(people.dave).pull(
    ...asks.map((scope) => ({ scope, from: null, epoch: null, window: 5 })),
  );
  expect(answers).toEqual(asks.map((scope) => ({ scope, kind: 'forbidden' })));
});

test('[SCOPE4] guests read their threads, and neither their organisation nor its directory', async () => {
  const { threadId } = await makePlace();
  const { scopes } = await bootstrap(people.gus);
  expect(scopes).toContain(threadScope(threadId));
  expect(scopes.filter((scope) => !/^(thread|people\.thread|receipts\.thread):/.test(scope))).toEqual([
    userScope(people.gus),
  ]);
});

test('whoever leaves a thread by their own act says so, and no longer reads it', async () => {
  const { threadId } = await makePlace();
  const bob = clientOf(people.bob);
  const result = await bob.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
  const { scopes } = await bootstrap(people.bob);
  expect(result).toMatchObject({ status: 'applied', effects: [{ scope: userScope(people.bob) }] });
  expect(scopes).not.toContain(threadScope(threadId));
  const alice = await bootstrap(people.alice);
  expect(JSON.stringify(alice.state)).toContain(`"personIds":["${people.bob}"]`);
});

test('a guest leaves a thread, and takes nobody else out of it', async () => {
  const { threadId } = await makePlace();
  const gus = clientOf(people.gus);
  const remove = (personId: string) => gus.do('removeParticipant', { threadId, messageId: newId(), personId });
  expect(await remove(people.bob)).toMatchObject({ status: 'rejected', code: 'forbidden' });
  expect(await remove(people.gus)).toMatchObject({ status: 'applied' });
});
