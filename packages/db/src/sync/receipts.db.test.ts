/** How far others have read: SPEC.md, Receipts. */
import { RECEIPTS_PEOPLE } from '@parley/core/receipts';
import { orgScope, receiptsScope, threadScope, userScope } from '@parley/core/scopes';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  openInstallation,
  orgs,
  people,
  seed,
  settle,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { Barrier, beforeCommit, someoneWaits } from './cursor-proof.fixture.ts';

const { alice, bob, gus, erin, dave } = people;

let testDatabase: TestDatabase;
let installation: TestInstallation;
let threadId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
});
beforeEach(async () => {
  threadId = await startThread(installation.server, [bob, gus, erin]);
  for (const text of ['one', 'two', 'three']) {
    await clientOf(alice).do('sendMessage', { threadId, messageId: newId(), text });
  }
});
afterEach(async () => {
  for (const personId of [bob, gus]) await clientOf(personId).do('changeSettings', { receipts: true });
  await switchOrg(true);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);
const read = (personId: string, seq: number, markEpoch = 0) =>
  clientOf(personId).do('markRead', { threadId, seq, markEpoch });
const remove = (personId: string) =>
  clientOf(alice).do('removeParticipant', { threadId, messageId: newId(), personId });
const add = (personId: string) =>
  clientOf(alice).do('addParticipants', { threadId, orgId: orgs.acme, messageId: newId(), personIds: [personId] });
const switchOrg = (receipts: boolean) =>
  installation.server.act(null, { write: [orgScope(orgs.acme)] }, async (tx) => {
    const org = await tx.get('org', orgScope(orgs.acme), orgs.acme);
    if (org) tx.put('org', orgScope(orgs.acme), orgs.acme, { ...org, receipts });
  });

/** Receipts of the thread as somebody is given them who starts from nothing. */
async function receipts(reader = alice): Promise<Record<string, number> | 'forbidden'> {
  const [answer] = await clientOf(reader).pull({ scope: receiptsScope(threadId), from: null, epoch: null });
  if (answer?.kind !== 'delta') return 'forbidden';
  return Object.fromEntries(answer.rows.map(([, id, , data]) => [id, (data as { upTo: number }).upTo]));
}
const version = async (): Promise<number | undefined> => {
  const [answer] = await clientOf(alice).pull({ scope: receiptsScope(threadId), from: null, epoch: null });
  return answer?.kind === 'delta' ? answer.to : undefined;
};

describe('[RCPT1] a receipt', () => {
  test('follows the read position forward, and nobody is told before the server has seen to it', async () => {
    await read(bob, 2);
    expect(await receipts()).toEqual({});
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 2 });
    await read(bob, 3);
    await read(gus, 1);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 3, [gus]: 1 });
  });

  test('stays where it is when something is marked unread, and goes on from there', async () => {
    await read(bob, 3);
    await settle(installation.server, threadId);
    await clientOf(bob).do('markUnread', { threadId, seq: 1, markEpoch: 1 });
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 3 });
    await read(bob, 2, 1);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 3 });
  });

  test('is read by whoever reads the thread, and by nobody else', async () => {
    await read(bob, 2);
    await settle(installation.server, threadId);
    for (const reader of [alice, bob, gus, erin]) expect(await receipts(reader)).toEqual({ [bob]: 2 });
    expect(await receipts(dave)).toBe('forbidden');
    await remove(erin);
    expect(await receipts(erin)).toBe('forbidden');
  });

  test('is poked to those who read the thread when it changes, and to nobody else', async () => {
    await remove(erin);
    await read(bob, 2);
    installation.commits.length = 0;
    await settle(installation.server, threadId);
    const [change] = installation.commits.flatMap(({ changes }) => changes);
    expect(change?.rows).toEqual([['receipt', bob, 2, { upTo: 2 }]]);
    expect(change?.recipients?.toSorted()).toEqual([alice, bob, gus].toSorted());
  });

  test('does not reach somebody whose removal was under way when it was made', async () => {
    await read(bob, 2);
    const barrier = new Barrier();
    const slow = openInstallation(testDatabase.url, { wrap: beforeCommit(() => barrier.wait()) });
    const removing = new TestClient(slow.server, alice).do('removeParticipant', {
      ...{ threadId, messageId: newId(), personId: bob },
    });
    await barrier.reached;
    installation.commits.length = 0;
    const settling = settle(installation.server, threadId);
    await someoneWaits(installation.database);
    barrier.open();
    expect((await removing).status).toBe('applied');
    await settling;
    await slow.close();
    // Nor is there a receipt of theirs.
    expect(installation.commits.flatMap(({ changes }) => changes)).toEqual([]);
    expect(await receipts()).toEqual({});
  });
});

describe('[RCPT2] the receipts of a thread', () => {
  test('get one version for all who read, and none where nothing is behind', async () => {
    const before = (await version()) ?? 0;
    await Promise.all([alice, bob, gus, erin].map((reader) => read(reader, 3)));
    await settle(installation.server, threadId);
    expect(await version()).toBe(before + 1);
    await Promise.all([1, 2, 3].map(() => settle(installation.server, threadId)));
    expect(await version()).toBe(before + 1);
    expect(await receipts()).toEqual({ [alice]: 3, [bob]: 3, [gus]: 3, [erin]: 3 });
  });
});

describe('[RCPT3] there is no receipt', () => {
  beforeEach(async () => {
    for (const reader of [bob, gus]) await read(reader, 2);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 2, [gus]: 2 });
  });

  test('of somebody who left, until they are back', async () => {
    await remove(bob);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [gus]: 2 });
    await add(bob);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 2, [gus]: 2 });
  });

  test('of somebody who switched them off, until they are switched on', async () => {
    await clientOf(bob).do('changeSettings', { receipts: false });
    await settle(installation.server, threadId);
    const [answer] = await clientOf(alice).pull({ scope: receiptsScope(threadId), from: 2, epoch: 1 });
    expect(answer).toMatchObject({ kind: 'delta', rows: [['receipt', bob, 3, null]] });
    await read(bob, 3);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [gus]: 2 });
    await clientOf(bob).do('changeSettings', { receipts: true });
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 3, [gus]: 2 });
  });

  test('of those whose organisation switched them off, until it is switched on', async () => {
    await switchOrg(false);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({});
    await switchOrg(true);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 2, [gus]: 2 });
  });

  test('in a thread of too many people, until they are fewer', async () => {
    const { kysely } = installation.database;
    const crowd = Array.from({ length: RECEIPTS_PEOPLE - 4 }, () => newId());
    const put = (ids: string[]) =>
      sql`insert into participant (home_org, thread_id, person_id, name, acting_org, placeholder, joined_at, version)
        select ${orgs.acme}, ${threadId}, id, 'somebody', ${orgs.acme}, false, now(), 1
        from unnest(${ids}::uuid[]) as id`.execute(kysely);
    await put(crowd);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 2, [gus]: 2 });
    await put([newId()]);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({});
    await remove(erin);
    await settle(installation.server, threadId);
    expect(await receipts()).toEqual({ [bob]: 2, [gus]: 2 });
  });
});

test('[RCPT1] no act that a client can push names the scope of receipts to write into, save the one that makes it', async () => {
  const scope = receiptsScope(threadId);
  const before = await version();
  installation.commits.length = 0;
  await read(bob, 3);
  await add(dave);
  await clientOf(bob).do('sendMessage', { threadId, messageId: newId(), text: 'four' });
  await clientOf(bob).do('changeSettings', { receipts: false });
  const written = installation.commits.flatMap(({ changes }) => changes).map((change) => change.scope);
  expect(written).toContain(threadScope(threadId));
  expect(written).toContain(userScope(bob));
  expect(written).not.toContain(scope);
  expect(await version()).toBe(before);
});
