import { expect, test } from 'vitest';
import type { LiveEvent, WireRow } from '../protocol.ts';
import { createLocalBus } from './bus.ts';
import type { ScopeChange } from './commit.ts';
import { createHub, type Hub } from './live.ts';

const T = 'thread:t';
const rows: WireRow[] = [['message', 'm', 2, { text: 'hello' }]];

test('[LIVE1] a stream begins with hello, and ends with its signal', async () => {
  const hub = openHub();
  const alice = connect(hub, 'alice');
  expect(await alice.next()).toEqual({ kind: 'hello', incarnation: 'i', serverTime: 7 });
  expect(hub.connections).toBe(1);
  alice.abort();
  expect(await alice.next()).toBeUndefined();
  expect(hub.connections).toBe(0);
});

test('[LIVE2] a change reaches those who pulled its scope, with rows for those who are named', async () => {
  const hub = openHub();
  const alice = await follow(hub, 'alice', [T]);
  const bob = await follow(hub, 'bob', ['thread:other']);
  hub.publish(changeOf(T, 1, { rows, recipients: ['alice', 'bob'] }));
  expect(await alice.next()).toEqual({ kind: 'poke', scope: T, from: 1, to: 2, rows });
  expect(await bob.isSilent()).toBe(true);
});

test('[LIVE3] where readers are too many to name, the poke is bare', async () => {
  const hub = openHub();
  const alice = await follow(hub, 'alice', [T]);
  hub.publish(changeOf(T, 1, { rows, recipients: null }));
  expect(await alice.next()).toEqual({ kind: 'poke', scope: T, from: 1, to: 2, rows: null });
});

test('[LIVE4] whoever is not a reader hears nothing, although they pulled the scope before', async () => {
  const hub = openHub();
  const carol = await follow(hub, 'carol', [T]);
  hub.publish(changeOf(T, 1, { rows, recipients: ['alice'] }));
  expect(await carol.isSilent()).toBe(true);
});

test('[LIVE5] whoever loses a scope does not even hear of the change that removed them, nor of later ones', async () => {
  const hub = openHub();
  const carol = await follow(hub, 'carol', [T, 'user:carol']);
  const own = changeOf('user:carol', 4, { rows: [], recipients: ['carol'] });
  hub.publish({
    changes: [...changeOf(T, 1, { rows: null, recipients: null }).changes, ...own.changes],
    lost: [{ scope: T, personId: 'carol' }],
  });
  hub.publish(changeOf(T, 2, { rows: null, recipients: null }));
  expect(await carol.next()).toMatchObject({ kind: 'poke', scope: 'user:carol' });
  expect(await carol.isSilent()).toBe(true);
});

test('[LIVE6] a change between a pull and its answer is told after the answer, bare', async () => {
  const hub = openHub();
  const alice = await connected(hub, 'alice');
  const settle = hub.begin('alice', 'client-of-alice', [T]);
  hub.publish(changeOf(T, 1, { rows, recipients: ['alice'] }));
  expect(await alice.isSilent()).toBe(true);
  settle(new Set([T]));
  expect(await alice.next()).toEqual({ kind: 'poke', scope: T, from: 1, to: 2, rows: null });
});

test('[LIVE7] a scope that may not be read is never heard of', async () => {
  const hub = openHub();
  const dave = await connected(hub, 'dave');
  const settle = hub.begin('dave', 'client-of-dave', [T]);
  hub.publish(changeOf(T, 1, { rows: null, recipients: null }));
  settle(new Set());
  hub.publish(changeOf(T, 2, { rows: null, recipients: null }));
  expect(await dave.isSilent()).toBe(true);
});

test('[LIVE8] a connection too slow for its pokes loses them all and is told to resync once', async () => {
  const hub = openHub(3);
  const alice = await follow(hub, 'alice', [T]);
  for (let version = 1; version <= 10; version += 1) {
    hub.publish(changeOf(T, version, { rows, recipients: ['alice'] }));
  }
  expect(await alice.next()).toEqual({ kind: 'resync' });
  expect(await alice.isSilent()).toBe(true);
  hub.publish(changeOf(T, 11, { rows, recipients: ['alice'] }));
  expect(await alice.next()).toMatchObject({ from: 11, to: 12 });
});

test('[LIVE9] a gap of the bus makes every connection resync', async () => {
  const bus = createLocalBus();
  const gaps: (() => void)[] = [];
  const hub = createHub({
    bus: {
      ...bus,
      subscribe: (listener) => {
        gaps.push(() => listener.gap());
        return bus.subscribe(listener);
      },
    },
    incarnation: async () => 'i',
  });
  const alice = await connected(hub, 'alice');
  gaps.forEach((gap) => gap());
  expect(await alice.next()).toEqual({ kind: 'resync' });
});

test('[LIVE10] all resync at random moments, those who wait for theirs once, and who has gone not at all', async () => {
  const due: { ms: number; act: () => void }[] = [];
  let dice = 0;
  const hub = createHub({
    bus: createLocalBus(),
    incarnation: async () => 'i',
    random: () => (dice = (dice + 0.37) % 1),
    after: (ms, act) => void due.push({ ms, act }),
  });
  const people = await Promise.all(Array.from({ length: 100 }, (_, index) => connected(hub, `person ${index}`)));
  const [alice, bob] = people;
  hub.resync();
  hub.resync();
  expect(due).toHaveLength(100);
  const inQuarter = (quarter: number) => due.filter(({ ms }) => Math.floor(ms / 50) === quarter).length;
  for (const quarter of [0, 1, 2, 3]) expect(inQuarter(quarter)).toBe(25);
  bob?.abort();
  for (const { act } of due.splice(0)) act();
  expect(await alice?.next()).toEqual({ kind: 'resync' });
  expect(await alice?.isSilent()).toBe(true);
  expect(await bob?.next()).toBeUndefined();
  hub.resync();
  expect(due).toHaveLength(99);
});

const openHub = (queueLimit = 256): Hub =>
  createHub({ bus: createLocalBus(), incarnation: async () => 'i', now: () => 7, queueLimit });

function changeOf(scope: string, from: number, how: Pick<ScopeChange, 'rows' | 'recipients'>) {
  return { changes: [{ scope, from, to: from + 1, ...how }], lost: [] };
}

interface TestConnection {
  next(): Promise<LiveEvent | undefined>;
  /** Whether nothing waits. What the hub tells, it tells at once, so a later event is waited for and nothing else. */
  isSilent(): Promise<boolean>;
  abort(): void;
}

function connect(hub: Hub, personId: string): TestConnection {
  const end = new AbortController();
  const stream = hub.connect({ personId, clientId: `client-of-${personId}` }, end.signal)[Symbol.asyncIterator]();
  const next = async () => (await stream.next()).value as LiveEvent | undefined;
  const marker = `marker:${personId}`;
  return {
    next,
    async isSilent() {
      hub.begin(personId, `client-of-${personId}`, [marker])(new Set([marker]));
      hub.publish(changeOf(marker, 0, { rows: null, recipients: null }));
      const event = await next();
      return event?.kind === 'poke' && event.scope === marker;
    },
    abort: () => end.abort(),
  };
}

async function connected(hub: Hub, personId: string): Promise<TestConnection> {
  const connection = connect(hub, personId);
  expect(await connection.next()).toMatchObject({ kind: 'hello' });
  return connection;
}

async function follow(hub: Hub, personId: string, scopes: string[]): Promise<TestConnection> {
  const connection = await connected(hub, personId);
  hub.begin(personId, `client-of-${personId}`, scopes)(new Set(scopes));
  return connection;
}
