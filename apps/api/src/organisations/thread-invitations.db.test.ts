/** Invitations of guests to one thread. */
import { orgPeopleScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alice as browser, cast, server } from '../testing/acme-server.ts';
import type { Browser } from '../testing/browser.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { addMember, PASSWORD } from '../testing/test-server.ts';

let alice: SyncClient;
beforeAll(async () => {
  alice = await SyncClient.connect(browser, cast.alice.personId);
});
afterAll(() => alice.close());

const inviteTo = (threadId: string, email: string, by = browser) =>
  by.call('mutation', 'organisations.inviteToThread', { orgId: cast.acme, threadId, email });
const tokenOf = ({ data }: { data?: unknown }) => (data as { url: string }).url.split('/').at(-1) ?? '';
const accept = (guest: Browser, token: string) =>
  guest.call('mutation', 'accounts.acceptInvitation', { token, name: 'Gil', password: 'a long enough one' });

test('[SCOPE4] whoever accepts is a guest of this thread at once, reads it whole, and nothing else', async () => {
  const threadId = await alice.startThread(cast.acme, []);
  const other = await alice.startThread(cast.acme, []);
  const token = tokenOf(await inviteTo(threadId, 'gil@elsewhere.example'));
  await alice.pull([threadPeopleScope(threadId)]);

  const guest = server.browser();
  const { data } = await accept(guest, token);
  const { id } = (data as { person: { id: string } }).person;
  const { rows } = await alice.poke(threadPeopleScope(threadId));
  expect(rows).toEqual([
    ['participant', id, expect.any(Number), expect.objectContaining({ name: 'Gil', leftAt: null })],
  ]);
  const gil = await SyncClient.connect(guest, id);
  const asked = [userScope(id), threadScope(threadId), threadPeopleScope(threadId)];
  const forbidden = [threadScope(other), threadPeopleScope(other), orgPeopleScope(cast.acme), `org:${cast.acme}`];
  const { answers } = await gil.pull([...asked, ...forbidden]);
  expect(answers.map(({ kind }) => kind)).toEqual(['delta', 'truncated', 'delta', ...forbidden.map(() => 'forbidden')]);
  expect(JSON.stringify(answers)).toContain('"role":"guest"');
  gil.close();
  expect((await accept(server.browser(), token)).code).toBe('INVITATION_USED');
});

test('somebody who has an account elsewhere comes in with it', async () => {
  const threadId = await alice.startThread(cast.acme, []);
  const token = tokenOf(await inviteTo(threadId, cast.carol.email));
  const carols = await server.browser().signIn(cast.carol, PASSWORD);
  expect((await carols.call('mutation', 'accounts.acceptInvitation', { token })).code).toBeUndefined();
  const carol = await SyncClient.connect(carols, cast.carol.personId);
  const { answers } = await carol.pull([threadScope(threadId), orgPeopleScope(cast.acme)]);
  expect(answers.map(({ kind }) => kind)).toEqual(['truncated', 'forbidden']);
  carol.close();
});

test('nobody is let in by somebody who could not add them when the link is opened', async () => {
  const threadId = await alice.startThread(cast.acme, [cast.bob.personId]);
  const token = tokenOf(await inviteTo(threadId, 'late@elsewhere.example'));
  const leaving = { threadId, messageId: uuidv7(), personId: cast.alice.personId };
  const left = await alice.push('removeParticipant', leaving, threadScope(threadId));
  expect(left?.status).toBe('applied');
  const late = server.browser();
  expect((await accept(late, token)).code).toBe('INVITATION_INVALID');
  expect((await late.call('query', 'accounts.session')).data).toMatchObject({ person: null });
  const { db } = server.services;
  const made = await db.selectFrom('auth_user').select('id').where('email', '=', 'late@elsewhere.example').execute();
  expect(made).toEqual([]);
});

test('only an administrator who may add people to the thread makes such a link', async () => {
  const threadId = await alice.startThread(cast.acme, [cast.bob.personId]);
  const bob = await server.browser().signIn(cast.bob, PASSWORD);
  expect((await inviteTo(threadId, 'x@elsewhere.example', bob)).code).toBe('FORBIDDEN');
  const ada = { personId: uuidv7(), name: 'Ada', email: 'ada@example.org' };
  await addMember(server.services, { ...ada, orgId: cast.acme, role: 'admin' });
  const admin = await server.browser().signIn(ada, PASSWORD);
  expect((await inviteTo(threadId, 'x@elsewhere.example', admin)).code).toBe('NOT_FOUND');
  expect((await inviteTo(threadId, cast.bob.email)).code).toBe('ALREADY_MEMBER');
});
