/** Two servers on one database, with a Redis between them, until the test is over. */
import { openTestRedis } from '@parley/jobs/testing';
import { onTestFinished } from 'vitest';
import { makeCast, startTestServer } from './test-server.ts';

export async function startTwoServers() {
  const redis = await openTestRedis();
  const first = await startTestServer({ redisUrl: redis.url });
  const second = await startTestServer({ redisUrl: redis.url, databaseUrl: first.databaseUrl });
  onTestFinished(async () => {
    await second.stop();
    await first.stop();
    await redis.stop();
  });
  return { first, second, cast: await makeCast(first.services) };
}
