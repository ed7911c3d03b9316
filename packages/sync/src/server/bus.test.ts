import { Redis } from 'ioredis';
import { v4 as randomId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLocalBus, type Bus, type BusListener, type Whisper } from './bus.ts';
import type { Commit } from './commit.ts';
import { createRedisBus, createRedisPublisher } from './redis-bus.ts';
import { openTestRedis, type TestRedis } from './redis.fixture.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.stop());

/** Two ends of one bus: two processes of an installation, or the only one twice. */
const adapters: Record<string, () => Promise<[Bus, Bus]>> = {
  'in one process': async () => {
    const bus = createLocalBus();
    return [bus, bus];
  },
  'over Redis': async () => {
    const prefix = `test-${randomId()}`;
    return Promise.all([0, 1].map(() => openRedisBus(prefix))) as Promise<[Bus, Bus]>;
  },
};

describe.each(Object.entries(adapters))('[BUS1] a bus %s', (_name, open) => {
  test('carries every commit once to every listener, the publisher included', async () => {
    const [first, second] = await open();
    const here = listen(first);
    const there = listen(second);
    const commits = Array.from({ length: 50 }, (_, index) => commitOf(`thread:${index}`, index));
    for (const commit of commits) first.publish(commit);
    second.publish(commitOf('thread:back', 1));

    const all = [...commits, commitOf('thread:back', 1)].flatMap(({ changes }) => changes);
    await vi.waitFor(() => expect([here, there].map(sorted)).toEqual([sortChanges(all), sortChanges(all)]));
    await close(first, second);
  });

  test('carries who lost what beside what changed', async () => {
    const [first, second] = await open();
    const there = listen(second);
    const lost = [{ scope: 'thread:a', personId: 'bob' }];
    first.publish({ changes: commitOf('user:bob', 3).changes, lost });
    await vi.waitFor(() => {
      expect(there.flatMap((commit) => commit.lost)).toEqual(lost);
      expect(there.flatMap((commit) => commit.changes)).toEqual(commitOf('user:bob', 3).changes);
    });
    await close(first, second);
  });

  test('says nothing to a listener that has stopped', async () => {
    const [first, second] = await open();
    const commit = vi.fn();
    second.subscribe({ commit, gap: vi.fn() })();
    const there = listen(second);
    first.publish(commitOf('thread:a', 1));
    await vi.waitFor(() => expect(there).toHaveLength(1));
    expect(commit).not.toHaveBeenCalled();
    await close(first, second);
  });
});

describe.each(Object.entries(adapters))('[BUS6] a bus %s', (_name, open) => {
  test('carries whispers beside commits, once to every listener and in their order', async () => {
    const [first, second] = await open();
    const heard = [first, second].map((bus) => {
      const whispers: Whisper[] = [];
      bus.subscribe({
        commit: () => undefined,
        whisper: (whisper) => whispers.push(whisper),
        gap: () => expect.unreachable('a whisper is no gap'),
      });
      return whispers;
    });
    const commits = listen(second);
    const whispers = Array.from({ length: 50 }, (_, said): Whisper => ({ scope: 'thread:a', said: { said } }));
    for (const whisper of whispers) first.whisper(whisper);
    first.publish(commitOf('thread:a', 1));

    await vi.waitFor(() => expect(heard).toEqual([whispers, whispers]));
    await vi.waitFor(() => expect(commits).toEqual([commitOf('thread:a', 1)]));
    await close(first, second);
  });
});

test('[BUS2] a bus over Redis that lost its connection tells of the gap, and carries again', async () => {
  const prefix = `test-${randomId()}`;
  const errors: unknown[] = [];
  const [first, second] = await Promise.all([openRedisBus(prefix, errors), openRedisBus(prefix, errors)]);
  const gaps = vi.fn();
  second.subscribe({ commit: vi.fn(), gap: gaps });
  const there = listen(second);

  const admin = new Redis(redis.url);
  expect(await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')).toBeGreaterThan(0);
  await vi.waitFor(() => expect(gaps).toHaveBeenCalled());
  first.publish(commitOf('thread:a', 1));
  await vi.waitFor(() => expect(there).toHaveLength(1));

  admin.disconnect();
  await close(first, second);
});

test('[BUS3] while Redis is away a process still hears itself', async () => {
  const own = await openTestRedisOfOwn();
  const errors: unknown[] = [];
  const bus = await createRedisBus({ url: own.url, onError: (error) => errors.push(error) });
  const here = listen(bus);
  await own.stop();
  bus.publish(commitOf('thread:a', 1));
  expect(here).toHaveLength(1);
  await vi.waitFor(() => expect(errors).not.toHaveLength(0));
  await bus.close();
});

test('[BUS4] a process does not start with a Redis that is not there', async () => {
  await expect(createRedisBus({ url: 'redis://127.0.0.1:1', onError: vi.fn() })).rejects.toThrow();
});

test('[BUS5] who only writes is heard over Redis, and told what Redis did not take', async () => {
  const own = await openTestRedisOfOwn();
  const bus = await createRedisBus({ url: own.url, onError: vi.fn() });
  const there = listen(bus);
  const undelivered: Commit[] = [];
  const writer = createRedisPublisher({ url: own.url, undelivered: (commit) => undelivered.push(commit) });
  // Until it is connected it gives everything back.
  await vi.waitFor(() => {
    writer.publish(commitOf('thread:a', 1));
    expect(there).not.toHaveLength(0);
  });
  expect(there[0]).toEqual(commitOf('thread:a', 1));

  await own.stop();
  undelivered.length = 0;
  await vi.waitFor(() => {
    writer.publish(commitOf('thread:b', 2));
    expect(undelivered).toContainEqual(commitOf('thread:b', 2));
  });
  writer.close();
  await bus.close();
});

const openRedisBus = (prefix: string, errors: unknown[] = []): Promise<Bus> =>
  createRedisBus({ url: redis.url, prefix, onError: (error) => errors.push(error) });

const openTestRedisOfOwn = (): Promise<TestRedis> => openTestRedis({ isShared: false });

function listen(bus: Bus): Commit[] {
  const heard: Commit[] = [];
  const listener: BusListener = { commit: (commit) => heard.push(commit), gap: () => undefined };
  bus.subscribe(listener);
  return heard;
}

const commitOf = (scope: string, to: number): Commit => ({
  changes: [{ scope, from: to - 1, to, rows: [['message', 'm', to, { text: '🙂' }]], recipients: ['alice'] }],
  lost: [],
});

const sorted = (commits: Commit[]) => sortChanges(commits.flatMap(({ changes }) => changes));
const sortChanges = (changes: Commit['changes']) => changes.toSorted((a, b) => a.scope.localeCompare(b.scope));
const close = (...buses: Bus[]) => Promise.all(buses.map((bus) => bus.close()));
