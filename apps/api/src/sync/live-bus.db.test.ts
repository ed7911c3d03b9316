import { threadScope } from '@parley/core/scopes';
import { openTestRedis } from '@parley/jobs/testing';
import { v7 as uuidv7 } from 'uuid';
import { expect, onTestFinished, test } from 'vitest';
import { SyncClient } from '../testing/sync-client.ts';
import { makeCast, PASSWORD, startTestServer, type TestServer } from '../testing/test-server.ts';
import { startTwoServers } from '../testing/two-servers.ts';

test('what one process commits is poked by another, over Redis', async () => {
  const { first, second, cast } = await startTwoServers();
  const connect = async (server: TestServer, who: typeof cast.alice) =>
    SyncClient.connect(await server.browser().signIn(who, PASSWORD), who.personId);
  const [alice, bob] = [await connect(first, cast.alice), await connect(second, cast.bob)];
  const threadId = await alice.startThread(cast.acme, [cast.bob.personId]);
  const scope = threadScope(threadId);
  await bob.pull([scope]);
  // The processes join the bus in the background: what is said before is lost, which costs only time.
  const poked = { withMessage: false };
  const listening = (async () => {
    while (!poked.withMessage) {
      const { rows } = await bob.poke(scope);
      poked.withMessage = rows?.some(([table]) => table === 'message') ?? false;
    }
  })();
  while (!poked.withMessage) {
    await alice.push('sendMessage', { threadId, messageId: uuidv7(), text: 'Hello Bob' }, scope);
  }
  await listening;
  expect(poked.withMessage).toBe(true);
  alice.close();
  bob.close();
});

test('a Redis that appears late is joined, and those who listened are told of the gap', async () => {
  const redis = await openTestRedis({ isShared: false });
  await redis.stop();
  const server = await startTestServer({ redisUrl: redis.url });
  onTestFinished(() => server.stop());
  const cast = await makeCast(server.services);
  const alice = await SyncClient.connect(await server.browser().signIn(cast.alice, PASSWORD), cast.alice.personId);
  const threadId = await alice.startThread(cast.acme, []);
  await alice.pull([threadScope(threadId)]);
  await alice.push('sendMessage', { threadId, messageId: uuidv7(), text: 'Without it' }, threadScope(threadId));
  expect((await alice.poke(threadScope(threadId))).to).toBe(2);
  const late = await openTestRedis({ isShared: false, port: Number(new URL(redis.url).port) });
  onTestFinished(() => late.stop());
  await alice.resync();
  alice.close();
});
