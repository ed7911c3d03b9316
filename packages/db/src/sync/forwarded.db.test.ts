import { threadScope } from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { openInstallation, people, seed, startThread, TestClient, type TestInstallation } from './acme.fixture.ts';

let testDatabase: TestDatabase;
let installation: TestInstallation;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);

async function messageIn(threadId: string, messageId: string): Promise<unknown> {
  const [answer] = await clientOf(people.alice).pull({
    scope: threadScope(threadId),
    from: null,
    epoch: null,
    window: 100,
  });
  const rows = answer && 'rows' in answer ? answer.rows : [];
  return rows.find(([table, id]) => table === 'message' && id === messageId)?.[3];
}

test('a copy names the first author and place, mentions nobody, and cannot be made to say something else', async () => {
  const [from, to, further] = [
    await startThread(installation.server, [people.bob]),
    await startThread(installation.server, [people.erin]),
    await startThread(installation.server, []),
  ];
  const alice = clientOf(people.alice);
  const [original, copy, copyOfCopy] = [newId(), newId(), newId()];
  const text = `Ask <@${people.alice}> about the keys`;
  await clientOf(people.bob).do('sendMessage', { threadId: from, messageId: original, text });
  const forward = { threadId: to, messageId: copy, fromThreadId: from, fromMessageId: original };
  expect(await alice.do('forwardMessage', forward)).toMatchObject({ status: 'applied' });
  expect(
    await alice.do('forwardMessage', {
      threadId: further,
      messageId: copyOfCopy,
      fromThreadId: to,
      fromMessageId: copy,
    }),
  ).toMatchObject({ status: 'applied' });

  const origin = { threadId: from, messageId: original, authorId: people.bob, authorName: 'bob' };
  for (const [threadId, messageId] of [
    [to, copy],
    [further, copyOfCopy],
  ] as const) {
    expect(await messageIn(threadId, messageId)).toMatchObject({
      text,
      authorId: people.alice,
      mentions: [],
      forwarded: origin,
    });
  }
  expect(await alice.do('editMessage', { threadId: to, messageId: copy, text: 'Lies' })).toMatchObject({
    status: 'rejected',
    code: 'forbidden',
  });
  expect(await alice.do('deleteMessage', { threadId: to, messageId: copy })).toMatchObject({ status: 'applied' });
  expect(await messageIn(to, copy)).toMatchObject({ text: '', forwarded: null });
});

test('nobody forwards out of a thread they do not read, into one they are not in, or what is deleted', async () => {
  const [from, to] = [
    await startThread(installation.server, [people.bob]),
    await startThread(installation.server, [people.erin]),
  ];
  const messageId = newId();
  await clientOf(people.alice).do('sendMessage', { threadId: from, messageId, text: 'Between us' });
  const forward = () => ({ threadId: to, messageId: newId(), fromThreadId: from, fromMessageId: messageId });
  for (const personId of [people.erin, people.bob, people.dave]) {
    expect(await clientOf(personId).do('forwardMessage', forward())).toMatchObject({
      status: 'rejected',
      code: 'not_found',
    });
  }
  await clientOf(people.alice).do('deleteMessage', { threadId: from, messageId });
  expect(await clientOf(people.alice).do('forwardMessage', forward())).toMatchObject({ code: 'not_found' });
});
