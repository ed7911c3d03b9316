/** What is kept of an organisation that is on hold: SPEC.md, [RET4]. */
import { changeOrganisation, organisationScopes } from '@parley/core/organisation-settings';
import { notesScope, threadScope } from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase, type OpenDatabase } from '../connection.ts';
import { expireOldMessages } from '../retention.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  openInstallation,
  orgs,
  people,
  seed,
  startPartnerThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { eraseOrganisation, scopesToErase } from './erase.ts';
import { Replica } from './replica.fixture.ts';

const DAY = 24 * 60 * 60 * 1000;
const { alice, bob, carol } = people;

let testDatabase: TestDatabase;
let installation: TestInstallation;
/** What is kept is the owner's to read alone. */
let owner: OpenDatabase;
let now = Date.UTC(2026, 0, 1);
let threadId: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url, { now: () => now });
  owner = openDatabase(testDatabase.url, { as: 'owner', connections: 1 });
  await seed(installation);
  await installation.server.act(alice, organisationScopes(orgs.acme), (tx) =>
    changeOrganisation(tx, orgs.acme, { retentionDays: 30 }),
  );
});
afterAll(async () => {
  await owner.close();
  await installation.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  threadId = await startPartnerThread(installation.server, [
    [alice, orgs.acme],
    [bob, orgs.acme],
    [carol, orgs.globex],
  ]);
});
afterEach(lift);

const place = (orgId = orgs.acme) =>
  installation.database.kysely
    .insertInto('legal_hold')
    .values({ id: newId(), org_id: orgId, reason: 'A lawsuit', placed_by: alice, placed_at: new Date(now) })
    .execute();

async function lift(): Promise<void> {
  await installation.database.kysely
    .updateTable('legal_hold')
    .set({ lifted_at: new Date(now), lifted_by: alice })
    .where('lifted_at', 'is', null)
    .execute();
}

const clientOf = (personId: string) => new TestClient(installation.server, personId);
const expire = (acts: Parameters<typeof expireOldMessages>[1] = installation.server) =>
  expireOldMessages(installation.database.kysely, acts, now);

async function kept(): Promise<{ org: string; source: string; text: string }[]> {
  const { rows } = await owner.pool.query<{ org: string; source: string; text: string }>(
    `select org_id as org, source, row->>'text' as text from held_text order by source, id`,
  );
  return rows;
}

async function say(personId: string, text: string): Promise<string> {
  const messageId = newId();
  const client = clientOf(personId);
  expect(await client.do('sendMessage', { threadId, messageId, text })).toMatchObject({ status: 'applied' });
  await client.do('editMessage', { threadId, messageId, text: `${text}, edited` });
  return messageId;
}

async function read(personId: string, scope = threadScope(threadId)): Promise<string> {
  const replica = new Replica(clientOf(personId));
  await replica.pull([scope]);
  return JSON.stringify(replica.state);
}

test('[RET4] nothing that the organisation owns goes for its age, and all of it once the hold is lifted', async () => {
  await say(bob, 'Old');
  now += 31 * DAY;
  await place();
  expect(await expire()).toBe(0);
  expect(await read(bob)).toContain('Old, edited');
  await lift();
  expect(await expire()).toBeGreaterThan(0);
  expect(await read(bob)).not.toContain('Old');
  expect(await kept()).toEqual([]);
});

test('[RET4] a hold that is placed while messages are being taken away saves those that are left', async () => {
  await say(bob, 'Old');
  now += 31 * DAY;
  let acts = 0;
  const taken = await expire({
    async act(...asked) {
      acts += 1;
      await place();
      return installation.server.act(...asked);
    },
  });
  expect([acts, taken]).toEqual([1, 0]);
  expect(await read(bob)).toContain('Old, edited');
});

test('[RET4] of what is deleted nobody reads anything, and the texts are put aside until the hold is lifted', async () => {
  await place();
  const messageId = await say(bob, 'Mine');
  await clientOf(bob).do('deleteMessage', { threadId, messageId });
  const note = { threadId, orgId: orgs.acme, messageId: newId() };
  await clientOf(bob).do('sendNote', { ...note, text: 'Ours' });
  await clientOf(bob).do('editNote', { ...note, text: 'Ours, edited' });
  await clientOf(bob).do('deleteNote', note);
  for (const scope of [threadScope(threadId), notesScope(threadId, orgs.acme)]) {
    expect(await read(bob, scope)).not.toMatch(/Mine|Ours/);
  }
  const org = orgs.acme;
  expect(await kept()).toEqual([
    { org, source: 'message', text: 'Mine, edited' },
    { org, source: 'note', text: 'Ours, edited' },
    { org, source: 'note_revision', text: 'Ours' },
    { org, source: 'revision', text: 'Mine' },
  ]);
  for (const text of ['select * from held_text', 'delete from held_text', 'truncate held_text']) {
    await expect(installation.database.pool.query(text)).rejects.toThrow('permission denied');
  }
  await lift();
  expect(await kept()).toEqual([]);
});

test('[RET4] a hold is the organisation’s own: what a partner owns goes as ever', async () => {
  await place();
  const messageId = await say(carol, 'Theirs');
  await clientOf(carol).do('deleteMessage', { threadId, messageId });
  expect(await kept()).toEqual([]);
  await lift();
  const own = await say(bob, 'Without a hold');
  await clientOf(bob).do('deleteMessage', { threadId, messageId: own });
  expect(await kept()).toEqual([]);
});

test('[RET4] an organisation on hold is not erased', async () => {
  await place(orgs.initech);
  const erasable = { orgId: orgs.initech, personIds: [] };
  const write = await scopesToErase(installation.database.kysely, erasable);
  const erase = () => installation.server.act(null, { write }, (_tx, trx) => eraseOrganisation(trx, erasable));
  await expect(erase()).rejects.toMatchObject({ code: 'on_hold' });
  await lift();
  await erase();
  const { kysely } = installation.database;
  expect(await kysely.selectFrom('org').select('id').where('id', '=', orgs.initech).execute()).toEqual([]);
});
