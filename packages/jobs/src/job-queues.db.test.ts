import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openJobCounts } from './job-counts.ts';
import { openJobQueues, QueueUnavailable, type JobQueues } from './job-queues.ts';
import { openTestRedis, type TestRedis } from './redis.fixture.ts';

let database: TestDatabase;
let redis: TestRedis;
beforeAll(async () => {
  database = await createTestDatabase();
  redis = await openTestRedis();
});
afterAll(async () => {
  await redis.stop();
  await database.drop();
});

describe.each(['PostgreSQL', 'Redis'] as const)('jobs on %s', (store) => {
  const prefix = `test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const options = () => ({
    databaseUrl: database.url,
    ...(store === 'Redis' && { redisUrl: redis.url }),
    prefix,
    onError: () => undefined,
  });

  function openQueues(): JobQueues {
    const queues = openJobQueues(options());
    onTestFinished(() => queues.close());
    return queues;
  }

  test('run, once for each id, until they succeed', async () => {
    const queues = openQueues();
    const runs: string[] = [];
    const both = Promise.withResolvers<void>();
    queues.work('housekeeping', async (_payload, { id }) => {
      runs.push(id);
      if (id === 'flaky' && runs.filter((run) => run === id).length === 1) throw new Error('not yet');
      if (runs.length === 3) both.resolve();
    });
    await queues.add('housekeeping', {}, { id: 'once' });
    await queues.add('housekeeping', {}, { id: 'once' });
    await queues.add('housekeeping', {}, { id: 'flaky' });
    await both.promise;
    expect(runs.toSorted()).toEqual(['flaky', 'flaky', 'once']);
  });

  test('are made again and again, by one schedule however often it is asked for', async () => {
    const queues = openQueues();
    const third = Promise.withResolvers<void>();
    const runs = new Set<string>();
    // Before anybody works: a run that is under way plans the next one by the schedule it was made by.
    await queues.repeat('housekeeping', {}, { everyMs: 3_600_000 });
    await queues.repeat('housekeeping', {}, { everyMs: 200 });
    queues.work('housekeeping', async (_payload, { id }) => {
      runs.add(id);
      if (runs.size === 3) third.resolve();
    });
    await third.promise;
    expect(runs.size).toBe(3);
    // The schedule outlives the test's queue otherwise.
    await queues.repeat('housekeeping', {}, { everyMs: 3_600_000 });
  });

  test('are counted, in every state, by somebody who takes none', async () => {
    const queues = openQueues();
    const counts = openJobCounts(options());
    onTestFinished(() => counts.close());
    const ofMail = async () => {
      const read = await counts.read();
      const own = read.filter(({ queue }) => queue === 'sign-in-link.asked');
      return Object.fromEntries(own.map(({ state, jobs }) => [state, jobs]));
    };
    expect(await ofMail()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
    const linkId = '0198c7a0-0000-7000-8000-000000000000';
    await queues.add('sign-in-link.asked', { linkId }, { id: 'counted' });
    expect(await ofMail()).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    queues.work('sign-in-link.asked', async () => {
      begun.resolve();
      await end.promise;
      throw new Error('not yet');
    });
    await begun.promise;
    expect(await ofMail()).toEqual({ waiting: 0, active: 1, delayed: 0, failed: 0 });
    end.resolve();
    await vi.waitFor(async () => expect(await ofMail()).toMatchObject({ active: 0, delayed: 1 }), { timeout: 5_000 });
  });

  test('of a worker that was killed run again', async () => {
    const script = new URL('./stuck-worker.fixture.ts', import.meta.url).pathname;
    const { databaseUrl, redisUrl = '' } = options();
    const stuck = spawn(process.execPath, [script, databaseUrl, redisUrl, prefix], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const queues = openQueues();
    await queues.add('housekeeping', {}, { id: `killed-${store}` });
    await once(stuck.stdout, 'data');
    stuck.kill('SIGKILL');
    await once(stuck, 'exit');
    const again = Promise.withResolvers<string>();
    queues.work('housekeeping', async (_payload, { id }) => {
      if (id.startsWith('killed')) again.resolve(id);
    });
    expect(await again.promise).toBe(`killed-${store}`);
  });
});

test('a store that does not answer is an error, not a wait for ever', async () => {
  const own = await openTestRedis({ isShared: false });
  const queues = openJobQueues({ databaseUrl: database.url, redisUrl: own.url, onError: () => undefined });
  await queues.add('housekeeping', {}, { id: 'first' });
  await own.stop();
  await expect(queues.add('housekeeping', {}, { id: 'second' })).rejects.toThrow(QueueUnavailable);
  await queues.close();
});
