/** Threads with partners: SPEC.md, [EXT1] and on. */
import { befriend, endPartnership, partnershipScopes, suspendPartner } from '@parley/core/partners';
import type { MutatorArgs } from '@parley/core/mutators';
import {
  orgPeopleScope,
  orgScope,
  receiptsScope,
  threadPeopleScope,
  threadScope,
  userScope,
} from '@parley/core/scopes';
import type { PushResult, WireRow } from '@parley/sync/protocol';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alignPartners } from '../external-threads.ts';
import { alignGroups } from '../groups.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { addPerson, openInstallation, orgs, people, seed, TestClient, type TestInstallation } from './acme.fixture.ts';
import { Replica } from './replica.fixture.ts';

const { alice, bob, gus, carol, dave, erin } = people;
const { acme, globex, initech } = orgs;
const pair = { orgId: acme, partnerId: globex };

let testDatabase: TestDatabase;
let installation: TestInstallation;
/** Of Globex, and no contact. */
let cleo: string;
let threadId: string;
beforeEach(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
  cleo = newId();
  await addPerson(installation.server, { id: cleo, name: 'cleo', orgId: globex, role: 'member' });
  await meet();
  threadId = newId();
  expect(await start({ threadId })).toMatchObject({ status: 'applied' });
});
afterEach(async () => {
  await installation.close();
  await testDatabase.drop();
});

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);
const meet = (): Promise<void> =>
  installation.server.act(null, partnershipScopes(pair), (tx) =>
    befriend(tx, { orgId: acme, personId: alice }, { orgId: globex, personId: carol }),
  );
const suspend = (actor: string, suspended = true): Promise<void> => {
  const own = actor === carol ? { orgId: globex, partnerId: acme } : pair;
  return installation.server.act(actor, partnershipScopes(own), (tx) => suspendPartner(tx, own, suspended));
};
const end = (actor: string, threads: 'kept' | 'removed'): Promise<void> => {
  const own = actor === carol ? { orgId: globex, partnerId: acme } : pair;
  return installation.server.act(actor, partnershipScopes(own), (tx) => endPartnership(tx, own, threads));
};
const work = (): Promise<number> => alignPartners(installation.database.kysely, installation.server, pair);

const start = (change: Partial<MutatorArgs<'createThread'>> = {}, actor = alice): Promise<PushResult> =>
  clientOf(actor).do('createThread', {
    ...{ threadId: newId(), orgId: acme, subject: 'Delivery', participantIds: [bob, gus, erin] },
    partners: [{ orgId: globex, personIds: [carol], permission: 'invite' }],
    ...change,
  });
const say = (actor: string, text = 'Hello'): Promise<PushResult> =>
  clientOf(actor).do('sendMessage', { threadId, messageId: newId(), text });
const add = (actor: string, orgId: string, personId: string, partner?: { permission: 'post' | 'invite' }) =>
  clientOf(actor).do('addParticipants', {
    ...{ threadId, orgId, messageId: newId(), personIds: [personId] },
    ...(partner && { partner: { homeOrg: acme, ...partner } }),
  });
const takeOut = (actor: string, personId: string): Promise<PushResult> =>
  clientOf(actor).do('removeParticipant', { threadId, messageId: newId(), personId });

async function rowsFor(personId: string, scope: string): Promise<WireRow[] | 'forbidden'> {
  const [answer] = await clientOf(personId).pull({ scope, from: null, epoch: null, window: 100 });
  if (answer?.kind === 'forbidden') return 'forbidden';
  return answer && 'rows' in answer ? answer.rows : [];
}
async function rowIn(table: string, scope: string, id: string, reader = alice): Promise<unknown> {
  const rows = await rowsFor(reader, scope);
  return rows === 'forbidden' ? rows : rows.find((row) => row[0] === table && row[1] === id)?.[3];
}
const stateOf = (orgId: string) => rowIn('threadOrg', threadPeopleScope(threadId), orgId);
const applied = { status: 'applied' };
const refused = (code: string) => ({ status: 'rejected', code });

describe('[EXT1] starting one', () => {
  test('makes it external, with a row for each organisation, and everybody acts for one', async () => {
    expect(await rowIn('thread', threadScope(threadId), threadId, carol)).toMatchObject({ kind: 'external' });
    expect(await stateOf(acme)).toMatchObject({ name: 'acme', state: 'active', permission: 'invite' });
    expect(await stateOf(globex)).toMatchObject({ name: 'globex', state: 'active', permission: 'invite' });
    const card = (id: string) => rowIn('participant', threadPeopleScope(threadId), id);
    expect(await card(carol)).toMatchObject({ name: 'carol', actingOrg: globex, leftAt: null });
    expect(await card(erin)).toMatchObject({ actingOrg: acme });
    expect(await say(carol)).toMatchObject(applied);
    const head = await rowIn('thread', threadScope(threadId), threadId);
    expect(head).toMatchObject({ lastMessage: { kind: 'external', authorId: carol } });
  });

  test.each([
    ['who is no contact', () => [{ orgId: globex, personIds: [cleo], permission: 'post' as const }], 'unknown_person'],
    ['of no partner', () => [{ orgId: initech, personIds: [dave], permission: 'post' as const }], 'no_partner'],
    [
      'of an organisation that is not there',
      () => [{ orgId: newId(), personIds: [dave], permission: 'post' as const }],
      'no_partner',
    ],
  ])('is refused with somebody %s', async (_who, partners, code) => {
    expect(await start({ partners: partners() })).toMatchObject(refused(code));
  });

  test('is refused with somebody for two organisations, by guests, and while the partnership rests', async () => {
    expect(
      await start({
        participantIds: [erin],
        partners: [
          { orgId: globex, personIds: [carol], permission: 'post' },
          { orgId: globex, personIds: [carol], permission: 'post' },
        ],
      }),
    ).toMatchObject(refused('two_sides'));
    expect(await start({}, gus)).toMatchObject(refused('forbidden'));
    expect(await start({}, dave)).toMatchObject(refused('not_found'));
    await suspend(carol);
    expect(await start()).toMatchObject(refused('no_partner'));
  });
});

test('[EXT2] a partner reads the thread as everybody does, and nothing of the other organisation', async () => {
  await say(alice);
  for (const scope of [threadScope(threadId), threadPeopleScope(threadId), receiptsScope(threadId)]) {
    expect(await rowsFor(carol, scope)).toEqual(await rowsFor(alice, scope));
    expect(await rowsFor(cleo, scope)).toBe('forbidden');
    expect(await rowsFor(dave, scope)).toBe('forbidden');
  }
  for (const scope of [orgScope(acme), orgPeopleScope(acme), userScope(alice)])
    expect(await rowsFor(carol, scope)).toBe('forbidden');
  for (const scope of [orgScope(globex), orgPeopleScope(globex)]) expect(await rowsFor(bob, scope)).toBe('forbidden');
});

describe('[EXT3] adding', () => {
  test('is for one’s own organisation where it was invited to, and for the home organisation', async () => {
    expect(await add(carol, globex, cleo)).toMatchObject(applied);
    expect(await rowIn('participant', threadPeopleScope(threadId), cleo)).toMatchObject({ actingOrg: globex });
    // Erin is of both, and here for Acme alone.
    expect(await add(erin, globex, cleo)).toMatchObject(refused('forbidden'));
    expect(await add(carol, acme, dave)).toMatchObject(refused('forbidden'));
    expect(await add(gus, acme, bob)).toMatchObject(refused('forbidden'));
    expect(await add(cleo, acme, bob, { permission: 'invite' })).toMatchObject(refused('forbidden'));
  });

  test('is not for a partner who was only asked to write, and contacts are added by the home organisation', async () => {
    threadId = newId();
    await start({ threadId, partners: [{ orgId: globex, personIds: [carol], permission: 'post' }] });
    expect(await add(carol, globex, cleo)).toMatchObject(refused('forbidden'));
    expect(await takeOut(bob, carol)).toMatchObject(applied);
    expect(await add(bob, globex, cleo, { permission: 'invite' })).toMatchObject(refused('unknown_person'));
    expect(await add(bob, globex, carol, { permission: 'invite' })).toMatchObject(applied);
    // What it may do stays as it was.
    expect(await stateOf(globex)).toMatchObject({ permission: 'post' });
  });

  test('is allowed to a partner, and taken back, by the home organisation', async () => {
    const permit = (actor: string, permission: 'post' | 'invite', orgId = globex) =>
      clientOf(actor).do('changePartnerPermission', { threadId, orgId, permission });
    for (const actor of [carol, gus]) expect(await permit(actor, 'post')).toMatchObject(refused('forbidden'));
    expect(await permit(cleo, 'post')).toMatchObject(refused('not_found'));
    for (const orgId of [acme, initech, newId()])
      expect(await permit(bob, 'post', orgId)).toMatchObject(refused('not_found'));
    expect(await add(carol, globex, cleo)).toMatchObject(applied);

    expect(await permit(bob, 'post')).toMatchObject(applied);
    expect(await stateOf(globex)).toMatchObject({ state: 'active', permission: 'post' });
    expect(await takeOut(carol, cleo)).toMatchObject(applied);
    expect(await add(carol, globex, cleo)).toMatchObject(refused('forbidden'));
    expect(await permit(alice, 'invite')).toMatchObject(applied);
    expect(await add(carol, globex, cleo)).toMatchObject(applied);

    await suspend(carol);
    await work();
    expect(await permit(alice, 'post')).toMatchObject(refused('read_only'));
    threadId = newId();
    await clientOf(alice).do('createThread', { threadId, orgId: acme, subject: 'Plans', participantIds: [] });
    expect(await permit(alice, 'post')).toMatchObject(refused('forbidden'));
  });

  test('never turns an internal thread into an external one', async () => {
    threadId = newId();
    const internal = { threadId, orgId: acme, subject: 'Plans', participantIds: [bob] };
    await clientOf(alice).do('createThread', internal);
    expect(await add(alice, globex, carol, { permission: 'post' })).toMatchObject(refused('forbidden'));
    expect(await rowsFor(carol, threadScope(threadId))).toBe('forbidden');
  });

  test('groups stand for the organisation that they are of, and leave the others alone', async () => {
    const group = { threadId, orgId: globex, messageId: newId(), groupId: globex };
    expect(await clientOf(carol).do('addGroup', group)).toMatchObject(applied);
    await alignGroups(installation.database.kysely, installation.server, { orgId: globex });
    await alignGroups(installation.database.kysely, installation.server, { orgId: acme });
    const card = (id: string) => rowIn('participant', threadPeopleScope(threadId), id);
    expect(await card(cleo)).toMatchObject({ actingOrg: globex, leftAt: null });
    expect(await card(erin)).toMatchObject({ actingOrg: acme, leftAt: null });
    expect(await clientOf(bob).do('removeGroup', { threadId, messageId: newId(), groupId: globex })).toMatchObject(
      applied,
    );
  });
});

test('[EXT4] one takes out one’s own people, and the home organisation anybody', async () => {
  await add(carol, globex, cleo);
  expect(await takeOut(carol, bob)).toMatchObject(refused('forbidden'));
  expect(await takeOut(gus, carol)).toMatchObject(refused('forbidden'));
  expect(await takeOut(carol, cleo)).toMatchObject(applied);
  expect(await takeOut(bob, carol)).toMatchObject(applied);
  await say(alice, 'Among us');
  expect(await rowsFor(carol, threadScope(threadId))).toBe('forbidden');
  expect(await say(carol)).toMatchObject(refused('not_found'));
});

describe('[EXT5] while a partnership rests', () => {
  test.each([alice, carol])('nobody writes, until both resume', async (actor) => {
    const messageId = newId();
    await clientOf(carol).do('sendMessage', { threadId, messageId, text: 'Hello' });
    await suspend(actor);
    await work();
    for (const personId of [alice, carol]) {
      const client = clientOf(personId);
      expect(await say(personId)).toMatchObject(refused('read_only'));
      const acts = [
        await client.do('react', { threadId, messageId, emoji: '👍', on: true }),
        await client.do('editMessage', { threadId, messageId, text: 'Better' }),
        await client.do('pinMessage', { threadId, messageId, on: true }),
        await client.do('renameThread', { threadId, subject: 'Other' }),
        await client.do('scheduleMessage', { threadId, messageId: newId(), text: 'x', replyTo: null, dueAt: 4e12 }),
        await client.do('forwardMessage', {
          threadId,
          messageId: newId(),
          fromThreadId: threadId,
          fromMessageId: messageId,
        }),
      ];
      for (const act of acts) expect(act).toMatchObject(refused('read_only'));
    }
    expect(await add(carol, globex, cleo)).toMatchObject(refused('read_only'));
    expect(await clientOf(carol).do('markRead', { threadId, seq: 1, markEpoch: 0 })).toMatchObject(applied);
    expect(await clientOf(carol).do('deleteMessage', { threadId, messageId })).toMatchObject(applied);
    await suspend(actor, false);
    await work();
    expect(await say(carol)).toMatchObject(applied);
    expect(await say(alice)).toMatchObject(applied);
  });
});

test.each(['rests', 'has ended'])('[NOTE5] where a partnership %s, each side goes on with its notes', async (state) => {
  await (state === 'rests' ? suspend(carol) : end(alice, 'kept'));
  await work();
  for (const [actor, orgId] of [
    [bob, acme],
    [carol, globex],
  ] as const) {
    const note = { threadId, orgId, messageId: newId() };
    const client = clientOf(actor);
    expect(await client.do('sendNote', { ...note, text: 'Between us' })).toMatchObject(applied);
    expect(await client.do('editNote', { ...note, text: 'Better' })).toMatchObject(applied);
    expect(await client.do('reactToNote', { ...note, emoji: '👍', on: true })).toMatchObject(applied);
    expect(await say(actor)).toMatchObject(refused('read_only'));
  }
});

describe('[EXT6] bringing threads in line', () => {
  test('is done once, and is what a newcomer reads', async () => {
    const held = new Replica(clientOf(carol));
    const scopes = [userScope(carol), threadScope(threadId), threadPeopleScope(threadId)];
    await held.pull(scopes);
    await suspend(alice);
    expect(await work()).toBe(1);
    expect(await work()).toBe(0);
    await held.pull(scopes);
    const fresh = new Replica(clientOf(carol));
    await fresh.pull(scopes);
    expect(held.state).toEqual(fresh.state);
    expect(await stateOf(globex)).toMatchObject({ state: 'suspended' });
  });
});

describe('[EXT7] where a partnership has ended', () => {
  test('its threads can be read on where they are kept', async () => {
    await end(alice, 'kept');
    await work();
    expect(await rowsFor(carol, threadScope(threadId))).not.toBe('forbidden');
    expect(await say(carol)).toMatchObject(refused('read_only'));
    await meet();
    await work();
    expect(await say(carol)).toMatchObject(applied);
  });

  test('the partner loses them where they are taken from it, and the others go on', async () => {
    await clientOf(carol).do('addGroup', { threadId, orgId: globex, messageId: newId(), groupId: globex });
    await end(alice, 'removed');
    await work();
    expect(await rowsFor(carol, threadScope(threadId))).toBe('forbidden');
    expect(await rowIn('group', threadPeopleScope(threadId), globex)).toBeUndefined();
    await alignGroups(installation.database.kysely, installation.server, { orgId: globex });
    expect(await rowsFor(cleo, threadScope(threadId))).toBe('forbidden');
    expect(await say(alice)).toMatchObject(applied);
  });

  test('whoever is not at home in a thread takes it from nobody', async () => {
    await end(carol, 'removed');
    await work();
    expect(await rowsFor(bob, threadScope(threadId))).not.toBe('forbidden');
    expect(await rowsFor(carol, threadScope(threadId))).not.toBe('forbidden');
    expect(await say(bob)).toMatchObject(refused('read_only'));
  });
});

test('[EXT8] what is forwarded from another thread holds its words alone', async () => {
  const from = newId();
  await clientOf(alice).do('createThread', { threadId: from, orgId: acme, subject: 'Secret', participantIds: [bob] });
  const [original, copy] = [newId(), newId()];
  await clientOf(bob).do('sendMessage', { threadId: from, messageId: original, text: 'The keys' });
  const forward = { threadId, messageId: copy, fromThreadId: from, fromMessageId: original };
  expect(await clientOf(alice).do('forwardMessage', forward)).toMatchObject(applied);
  const seen = await rowIn('message', threadScope(threadId), copy, carol);
  const origin = { threadId: null, messageId: null, authorId: null, authorName: '' };
  expect(seen).toMatchObject({ text: 'The keys', forwarded: origin });
  for (const secret of [from, original, bob, 'Secret']) expect(JSON.stringify(seen)).not.toContain(secret);
});

test('[EXT9] a thread that goes on with partners says so in the one before, and copies nothing', async () => {
  const old = newId();
  await clientOf(bob).do('createThread', { threadId: old, orgId: acme, subject: 'Plans', participantIds: [alice] });
  await clientOf(bob).do('sendMessage', { threadId: old, messageId: newId(), text: 'Among us' });
  const [next, said] = [newId(), newId()];
  const continues = { threadId: old, messageId: said };
  expect(await start({ threadId: next, participantIds: [], continues })).toMatchObject(applied);
  expect(await rowIn('message', threadScope(old), said)).toMatchObject({
    notice: { type: 'continued', by: alice, threadId: next, partners: ['globex'] },
  });
  const seen = await rowsFor(carol, threadScope(next));
  expect(seen).toMatchObject([['thread', next, expect.anything(), { continuedFrom: old, kind: 'external' }]]);
  // Another partner would learn of this one.
  const [third, saidNext] = [newId(), newId()];
  await installation.server.act(null, partnershipScopes({ orgId: acme, partnerId: initech }), (tx) =>
    befriend(tx, { orgId: acme, personId: alice }, { orgId: initech, personId: dave }),
  );
  const both = [globex, initech].map((orgId) => ({
    ...{ orgId, permission: 'post' as const, personIds: [orgId === globex ? carol : dave] },
  }));
  const again = { threadId: third, participantIds: [], partners: both };
  expect(await start({ ...again, continues: { threadId: next, messageId: saidNext } })).toMatchObject(applied);
  const heard = await rowIn('message', threadScope(next), saidNext, carol);
  expect(heard).toMatchObject({ notice: { type: 'continued', threadId: third, partners: ['globex'] } });
  // Whoever is not in it cannot go on from it.
  expect(await start({ continues: { ...continues, messageId: newId() } }, erin)).toMatchObject(refused('not_found'));
});
