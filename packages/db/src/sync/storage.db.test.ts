import { threadScope, userScope } from '@parley/core/scopes';
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

test('a message sent is a message pulled', async () => {
  const { server } = installation;
  const threadId = await startThread(server, [people.bob]);
  const alice = new TestClient(server, people.alice);
  const messageId = newId();
  expect(await alice.do('sendMessage', { threadId, messageId, text: 'Good morning' })).toMatchObject({
    status: 'applied',
    effects: [{ scope: threadScope(threadId), version: 2 }],
  });
  const bob = new TestClient(server, people.bob);
  const [thread, own] = await bob.pull(
    { scope: threadScope(threadId), from: null, epoch: null, window: 10 },
    { scope: userScope(people.bob), from: null, epoch: null },
  );
  expect(thread).toMatchObject({ kind: 'truncated', to: 2, low: 1, epoch: 1 });
  expect(thread?.kind === 'truncated' && thread.rows.map(([table]) => table).sort()).toEqual(['message', 'thread']);
  expect(own).toMatchObject({ kind: 'delta', from: 0 });
});
