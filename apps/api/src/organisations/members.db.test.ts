import { orgPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { describe, expect, test } from 'vitest';
import { putMember } from '../accounts/people.ts';
import { alice, cast, server } from '../testing/acme-server.ts';
import type { Browser } from '../testing/browser.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { addMember, PASSWORD, type Somebody } from '../testing/test-server.ts';
import { v7 as uuidv7 } from 'uuid';

async function newMember(name: string): Promise<Somebody> {
  const person = { personId: uuidv7(), name, email: `${name.toLowerCase()}@example.org` };
  await addMember(server.services, { ...person, orgId: cast.acme, role: 'member' });
  return person;
}

const change = (procedure: string, { personId }: Somebody, more: object = {}) =>
  alice.call('mutation', `organisations.${procedure}`, { orgId: cast.acme, personId, ...more });

test('a role that is changed is seen by those who are connected, and by the person', async () => {
  const mia = await newMember('Mia');
  const client = await SyncClient.connect(await server.browser().signIn(mia, PASSWORD), mia.personId);
  await client.pull([userScope(mia.personId), orgPeopleScope(cast.acme)]);
  expect((await change('changeRole', mia, { role: 'admin' })).status).toBe(200);
  const { rows: cards } = await client.poke(orgPeopleScope(cast.acme));
  expect(cards).toEqual([['person', mia.personId, expect.any(Number), expect.objectContaining({ role: 'admin' })]]);
  const { rows } = await client.poke(userScope(mia.personId));
  expect(rows).toEqual([['membership', cast.acme, expect.any(Number), expect.objectContaining({ role: 'admin' })]]);
  client.close();
});

test('everybody knows the organisations they are in, until they are shut out', async () => {
  const [mona, erin] = [await newMember('Mona'), await newMember('Erin')];
  const inGlobex = { write: [userScope(erin.personId), orgPeopleScope(cast.globex)] };
  const asOwner = { ...erin, orgId: cast.globex, role: 'owner' as const };
  await server.services.acts.act(null, inGlobex, (tx) => putMember(tx, asOwner));
  const mine = async (browser: Browser) => (await browser.call('query', 'organisations.mine')).data;
  const [asMona, asErin] = [
    await server.browser().signIn(mona, PASSWORD),
    await server.browser().signIn(erin, PASSWORD),
  ];
  const acme = { id: cast.acme, name: 'Acme', role: 'member' };
  expect(await mine(asMona)).toEqual([acme]);
  expect(await mine(asErin)).toEqual([acme, { id: cast.globex, name: 'Globex', role: 'owner' }]);
  await change('deactivateMember', erin);
  expect(await mine(asErin)).toEqual([{ id: cast.globex, name: 'Globex', role: 'owner' }]);
});

test('the last owner stays one', async () => {
  const answer = await change('changeRole', cast.alice, { role: 'member' });
  expect([answer.status, answer.code]).toEqual([409, 'LAST_OWNER']);
});

describe('whoever is deactivated', () => {
  test('hears it, loses their connection and their session, and is let in again with what they had', async () => {
    const ned = await newMember('Ned');
    const starter = await SyncClient.connect(alice, cast.alice.personId);
    const threadId = await starter.startThread(cast.acme, [ned.personId]);
    starter.close();
    const browser = await server.browser().signIn(ned, PASSWORD);
    const socket = await browser.connect();
    const client = await SyncClient.connect(browser, ned.personId);
    await client.pull([userScope(ned.personId), threadScope(threadId)]);

    expect((await change('deactivateMember', ned)).status).toBe(200);
    const { rows } = await client.poke(userScope(ned.personId));
    expect(rows?.map(([table, id]) => [table, id])).toEqual([
      ['membership', cast.acme],
      ['participation', threadId],
    ]);
    expect((await browser.call('query', 'accounts.session')).data).toMatchObject({ person: null });
    expect((await socket.closed()).code).toBe(4401);

    const again = await server.browser().signIn(ned, PASSWORD);
    const shut = await SyncClient.connect(again, ned.personId);
    const refused = await shut.pull([threadScope(threadId), orgPeopleScope(cast.acme)]);
    expect(refused.answers.map(({ kind }) => kind)).toEqual(['forbidden', 'forbidden']);

    expect((await change('reactivateMember', ned)).status).toBe(200);
    const back = await shut.pull([threadScope(threadId), orgPeopleScope(cast.acme)]);
    expect(back.answers.map(({ kind }) => kind)).toEqual(['truncated', 'delta']);
    shut.close();
  });

  test('keeps the session where another organisation still has them', async () => {
    const oda = await newMember('Oda');
    const carol = await server.browser().signIn(cast.carol, PASSWORD);
    const { data } = await carol.call('mutation', 'organisations.invite', {
      orgId: cast.globex,
      email: oda.email,
      role: 'member',
    });
    const token = (data as { url: string }).url.split('/').at(-1);
    const browser = await server.browser().signIn(oda, PASSWORD);
    expect((await browser.call('mutation', 'accounts.acceptInvitation', { token })).status).toBe(200);
    expect((await change('deactivateMember', oda)).status).toBe(200);
    expect((await browser.call('query', 'accounts.session')).data).toMatchObject({ person: { name: 'Oda' } });
  });
});

test('owners see when somebody was last here', async () => {
  const pia = await newMember('Pia');
  const quiet = await newMember('Quinn');
  await server.browser().signIn(pia, PASSWORD);
  const { data } = await alice.call('query', 'organisations.lastSeen', { orgId: cast.acme });
  const ids = (data as { personId: string; at: number }[]).map(({ personId }) => personId);
  expect(ids).toContain(pia.personId);
  expect(ids).not.toContain(quiet.personId);
});

test('[GONE1] a device that was away is told when it comes back that its person was shut out, until they are let in', async () => {
  const sid = await newMember('Sid');
  const browser = await server.browser().signIn(sid, PASSWORD);
  const stranger = server.browser();
  const session = async (of: Browser) => (await of.call('query', 'accounts.session')).data;
  expect(await session(browser)).not.toHaveProperty('shutOut');
  await change('deactivateMember', sid);
  const told = { person: null, needsSetup: false, shutOut: sid.personId };
  expect(await session(browser)).toEqual(told);
  // Whichever page of it asks first.
  expect(await session(browser)).toEqual(told);
  expect(await session(stranger)).toEqual({ person: null, needsSetup: false });

  await change('reactivateMember', sid);
  expect(await session(browser)).toEqual({ person: null, needsSetup: false });
});

test('[GONE1] a session that merely ended tells nothing', async () => {
  const quentin = await newMember('Tess');
  const browser = await server.browser().signIn(quentin, PASSWORD);
  await server.services.db.deleteFrom('auth_session').where('user_id', '=', quentin.personId).execute();
  expect((await browser.call('query', 'accounts.session')).data).toEqual({ person: null, needsSetup: false });
});

test('whoever was deactivated and accepts a new invitation finds their threads again', async () => {
  const ron = await newMember('Ron');
  const starter = await SyncClient.connect(alice, cast.alice.personId);
  const threadId = await starter.startThread(cast.acme, [ron.personId]);
  starter.close();
  await change('deactivateMember', ron);
  const { data } = await alice.call('mutation', 'organisations.invite', {
    orgId: cast.acme,
    email: ron.email,
    role: 'guest',
  });
  const browser = await server.browser().signIn(ron, PASSWORD);
  const token = (data as { url: string }).url.split('/').at(-1);
  expect((await browser.call('mutation', 'accounts.acceptInvitation', { token })).status).toBe(200);
  const client = await SyncClient.connect(browser, ron.personId);
  const back = await client.pull([threadScope(threadId), orgPeopleScope(cast.acme)]);
  expect(back.answers.map(({ kind }) => kind)).toEqual(['truncated', 'forbidden']);
  client.close();
});
