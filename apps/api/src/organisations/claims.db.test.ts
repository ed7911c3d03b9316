import { orgPeopleScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acmeZip } from '../imports/slack/export.fixture.ts';
import { importSlack } from '../imports/slack/import-slack.ts';
import type { Browser } from '../testing/browser.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { makeCast, PASSWORD, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

/** The address of one of the users of the export, whose messages are in it. */
const EMAIL = 'alice@acme.example';

let server: TestServer;
let cast: Cast;
let owner: Browser;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
  owner = await server.browser().signIn(cast.alice, PASSWORD);
  folder = await mkdtemp(join(tmpdir(), 'parley-claims-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function importExport(orgId: string): Promise<void> {
  const file = join(folder, 'export.zip');
  await writeFile(file, acmeZip());
  await importSlack(server.services.db, { file, organisation: { id: orgId, name: 'Acme' } });
}

async function invite(orgId: string, by: Browser): Promise<string> {
  const { data } = await by.call('mutation', 'organisations.invite', { orgId, email: EMAIL, role: 'member' });
  return (data as { url: string }).url.split('/').at(-1) ?? '';
}

const placeholderOf = (orgId: string) =>
  server.services.db
    .selectFrom('org_person')
    .select(['person_id as id', 'placeholder', 'name'])
    .where('org_id', '=', orgId)
    .where('email', '=', EMAIL)
    .executeTakeFirstOrThrow();

test('whoever accepts an invitation for the address of a placeholder becomes that person, with all they wrote', async () => {
  await importExport(cast.acme);
  const { id } = await placeholderOf(cast.acme);
  const onlooker = await SyncClient.connect(owner, cast.alice.personId);
  await onlooker.pull([orgPeopleScope(cast.acme)]);

  const browser = server.browser();
  const accepted = await browser.call('mutation', 'accounts.acceptInvitation', {
    token: await invite(cast.acme, owner),
    name: 'Alice Weber',
    password: 'a long enough one',
  });
  expect(accepted.data).toMatchObject({ person: { id, name: 'Alice Weber', email: EMAIL } });
  const card = ['person', id, expect.any(Number), expect.objectContaining({ name: 'Alice Weber', placeholder: false })];
  expect((await onlooker.poke(orgPeopleScope(cast.acme))).rows).toEqual([card]);
  onlooker.close();

  const client = await SyncClient.connect(browser, id);
  const own = await client.pull([userScope(id)]);
  const rows = own.answers.flatMap((answer) => ('rows' in answer ? answer.rows : []));
  const threadIds = rows.filter(([table]) => table === 'participation').map(([, threadId]) => threadId);
  expect(threadIds).toHaveLength(2);
  const { answers } = await client.pull(threadIds.map(threadScope));
  const messages = answers.flatMap((answer) => ('rows' in answer ? answer.rows : [])).map(([, , , data]) => data);
  expect(messages).toContainEqual(expect.objectContaining({ authorId: id, text: expect.stringContaining('Hello') }));
  const lastSeqs = new Map(
    answers
      .flatMap((answer) => ('rows' in answer ? answer.rows : []))
      .flatMap(([table, threadId, , data]) => {
        return table === 'thread' && data !== null && 'lastSeq' in data ? [[threadId, data.lastSeq] as const] : [];
      }),
  );
  const read = rows.flatMap(([table, threadId, , data]) => {
    return table === 'readPosition' && data !== null && 'seq' in data ? [[threadId, data.seq] as const] : [];
  });
  expect(new Map(read)).toEqual(lastSeqs);
  const [threadId = ''] = threadIds;
  const people = await client.pull([threadPeopleScope(threadId)]);
  expect(JSON.stringify(people.answers)).toContain('"name":"Alice Weber"');

  const spoken = await client.push(
    'sendMessage',
    { threadId, messageId: crypto.randomUUID(), text: 'Here I am' },
    threadScope(threadId),
  );
  expect(spoken?.status).toBe('applied');
  client.close();

  await importExport(cast.acme);
  expect(await placeholderOf(cast.acme)).toEqual({ id, placeholder: false, name: 'Alice Weber' });
});

test('somebody with an account of their own joins with that; the placeholder stays', async () => {
  await importExport(cast.globex);
  const { id } = await placeholderOf(cast.globex);
  const carol = await server.browser().signIn(cast.carol, PASSWORD);
  const token = await invite(cast.globex, carol);
  const browser = server.browser();
  const account = { email: EMAIL, password: 'a long enough one' };
  expect((await browser.call('mutation', 'accounts.signIn', account)).status).toBe(200);
  const { data } = await browser.call('mutation', 'accounts.acceptInvitation', { token });
  expect((data as { person: { id: string } }).person.id).not.toBe(id);
  const client = await SyncClient.connect(browser, (data as { person: { id: string } }).person.id);
  const own = await client.pull([userScope((data as { person: { id: string } }).person.id)]);
  const memberships = own.answers.flatMap((answer) => ('rows' in answer ? answer.rows : []));
  const orgIds = memberships.filter(([table]) => table === 'membership').map(([, orgId]) => orgId);
  expect(new Set(orgIds)).toEqual(new Set([cast.acme, cast.globex]));
  client.close();
});
