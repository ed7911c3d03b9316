/** How long organisations keep messages: SPEC.md, [RET1] to [RET3]. */
import { changeOrganisation, organisationScopes } from '@parley/core/organisation-settings';
import type { ThreadRow } from '@parley/core/threads';
import { notesScope, threadScope } from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expireOldMessages } from '../retention.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  openInstallation,
  orgs,
  people,
  seed,
  startPartnerThread,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { Replica } from './replica.fixture.ts';

const DAY = 24 * 60 * 60 * 1000;
const { alice, bob } = people;

let testDatabase: TestDatabase;
let installation: TestInstallation;
let now = Date.UTC(2026, 0, 1);
let threadId: string;
let bobs: Replica;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url, { now: () => now });
  await seed(installation);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  await keep(null);
  threadId = await startThread(installation.server, [bob]);
  bobs = new Replica(clientOf(bob));
});

const clientOf = (personId: string) => new TestClient(installation.server, personId);
const keep = (retentionDays: number | null) =>
  installation.server.act(alice, organisationScopes(orgs.acme), (tx) =>
    changeOrganisation(tx, orgs.acme, { retentionDays }),
  );
const expire = () => expireOldMessages(installation.database.kysely, installation.server, now);

async function say(text: string): Promise<string> {
  const messageId = newId();
  expect(await clientOf(bob).do('sendMessage', { threadId, messageId, text })).toMatchObject({ status: 'applied' });
  return messageId;
}

/** What a device of Bob's holds that was there all the time, which is what one holds that is new. */
async function held(): Promise<{ texts: string[]; head: ThreadRow | undefined; rows: string[] }> {
  const scope = threadScope(threadId);
  await bobs.pull([scope]);
  const fresh = new Replica(clientOf(bob));
  await fresh.pull([scope]);
  expect(bobs.state).toEqual(fresh.state);
  const [{ rows }] = fresh.state as [{ rows: [key: string, { data: object }][] }];
  const of = (table: string) => rows.filter(([key]) => key.startsWith(`${table} `)).map(([, { data }]) => data);
  return {
    texts: of('message').map((data) => (data as { text: string }).text),
    head: of('thread')[0] as ThreadRow | undefined,
    rows: rows.map(([key]) => key.split(' ')[0] ?? ''),
  };
}

test('[RET1] what is too old leaves every device, with its earlier texts and its pin; what is not stays', async () => {
  const old = await say('Old');
  await clientOf(bob).do('editMessage', { threadId, messageId: old, text: 'Old, edited' });
  await clientOf(bob).do('pinMessage', { threadId, messageId: old, on: true });
  await held();
  now += 31 * DAY;
  await say('New');
  await keep(30);
  expect(await expire()).toBeGreaterThan(0);
  const { texts, rows } = await held();
  expect(texts).toEqual(['New']);
  expect(rows).not.toContain('revision');
  const { rows: stored } = await installation.database.pool.query(
    'select text from message where id = $1 union all select text from revision where message_id = $1',
    [old],
  );
  expect(stored.every(({ text }: { text: string | null }) => text === null)).toBe(true);
});

test('[RET1] nothing is taken away where everything is kept, nor before its time', async () => {
  await say('Kept');
  now += 29 * DAY;
  expect(await expire()).toBe(0);
  await keep(30);
  expect(await expire()).toBe(0);
  now += 2 * DAY;
  expect(await expire()).toBeGreaterThan(0);
});

test('[RET2] the rule of an organisation holds for what it owns, also beside messages of another', async () => {
  await say('Of Acme');
  const theirs = await say('Of Globex');
  await installation.server.act(null, { write: [threadScope(threadId)] }, async (tx) => {
    const message = await tx.get('message', threadScope(threadId), theirs);
    if (message) tx.put('message', threadScope(threadId), theirs, { ...message, ownerOrg: orgs.globex });
  });
  const last = await say('Last');
  expect((await held()).head?.lastMessage?.id).toBe(last);
  now += 400 * DAY;
  await keep(365);
  await expire();
  const { texts, head } = await held();
  expect(texts).toEqual(['Of Globex']);
  expect(head?.lastMessage).toMatchObject({ id: theirs, snippet: 'Of Globex', authorId: bob });
});

test('[RET3] a thread of which nothing is left goes on at its next place', async () => {
  await say('One');
  await say('Two');
  const { head: before } = await held();
  now += 31 * DAY;
  await keep(30);
  await expire();
  expect((await held()).head).toMatchObject({ lastMessage: null, lastSeq: before?.lastSeq });
  await say('Three');
  const { texts, head } = await held();
  expect(texts).toEqual(['Three']);
  expect(head?.lastSeq).toBe((before?.lastSeq ?? 0) + 1);
});

test('[RET3] more than one act takes away is taken by several, and doing it again changes nothing', async () => {
  const alices = clientOf(alice);
  const messages = Array.from({ length: 450 }, (_, index) =>
    alices.mutation('sendMessage', { threadId, messageId: newId(), text: `Message ${index}` }),
  );
  for (let start = 0; start < messages.length; start += 50) await alices.push(...messages.slice(start, start + 50));
  now += 31 * DAY;
  await keep(30);
  expect(await expire()).toBeGreaterThanOrEqual(450);
  expect((await held()).texts).toEqual([]);
  installation.commits.length = 0;
  expect(await expire()).toBe(0);
  expect(installation.commits).toEqual([]);
});

test('[RET2] notes go by the rule of the organisation whose they are, and the head speaks of one that stays', async () => {
  const partners = await startPartnerThread(installation.server, [
    [alice, orgs.acme],
    [bob, orgs.acme],
    [people.carol, orgs.globex],
  ]);
  const write = async (personId: string, orgId: string, text: string) => {
    const note = { threadId: partners, orgId, messageId: newId() };
    expect(await clientOf(personId).do('sendNote', { ...note, text })).toMatchObject({ status: 'applied' });
    await clientOf(personId).do('editNote', { ...note, text: `${text}, edited` });
  };
  const [ours, theirs] = [notesScope(partners, orgs.acme), notesScope(partners, orgs.globex)];
  const rowsOf = async (personId: string, scope: string) => {
    const replica = new Replica(clientOf(personId));
    await replica.pull([scope]);
    return JSON.stringify(replica.state);
  };
  const device = new Replica(clientOf(bob));
  await write(alice, orgs.acme, 'Old');
  await write(people.carol, orgs.globex, 'Of Globex');
  await device.pull([ours]);
  now += 31 * DAY;
  await write(alice, orgs.acme, 'New');
  await keep(30);
  expect(await expire()).toBeGreaterThan(0);
  await device.pull([ours]);
  expect(JSON.stringify(device.state)).toBe(await rowsOf(bob, ours));
  expect(await rowsOf(bob, ours)).not.toContain('Old');
  expect(await rowsOf(bob, ours)).toContain('"snippet":"New, edited"');
  expect(await rowsOf(people.carol, theirs)).toContain('Of Globex, edited');

  now += 31 * DAY;
  await expire();
  expect(await rowsOf(bob, ours)).not.toContain('noteHead');
  await write(alice, orgs.acme, 'Another');
  expect(await rowsOf(bob, ours)).toContain('"lastSeq":3');
});
