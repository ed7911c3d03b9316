/** The connection, cell by cell as SPEC.md has them: [CONN1]. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { createVirtualTimers } from '../testing/index.ts';
import type { Retry } from './backoff.ts';
import { CONNECTION_TABLE, type ConnectionEvent, type ConnectionName } from './connection-table.ts';
import { Connector } from './connector.ts';
import type { CloseReason, Connection, ConnectionEvents } from './ports.ts';
import type { ConnectionState } from './status.ts';

const never = <T>(): Promise<T> => new Promise(() => {});

interface WorldOptions extends Partial<Pick<Connection, 'pull'>> {
  retry?: Retry;
  random?: () => number;
}

/** A connector over a network in which nothing happens by itself. */
function connector({ pull = never, retry, random }: WorldOptions = {}) {
  const timers = createVirtualTimers(random);
  const opened: { events: ConnectionEvents; closed: boolean }[] = [];
  const states: ConnectionState[] = [];
  const heard: string[] = [];
  let online = true;
  const subject = new Connector({
    timers,
    retry,
    network: {
      online: () => online,
      onOnline: () => () => {},
      connect(_caller, events): Connection {
        const own = { events, closed: false };
        opened.push(own);
        const close = () => {
          own.closed = true;
        };
        return { pull, push: never, page: never, audit: never, close };
      },
    },
    caller: () => ({ personId: 'alice', clientId: 'one' }),
    onState: (state) => states.push(state),
    onEvent: ({ kind }) => heard.push(kind),
    onLost: () => {},
  });
  return {
    subject,
    timers,
    opened,
    heard,
    latest: () => states.at(-1),
    state: () => states.at(-1)?.state,
    last: () => opened.at(-1)?.events,
    /** How long it will wait. */
    wait() {
      const state = states.at(-1);
      return state?.state === 'reconnecting' ? state.nextTryAt - timers.now() : null;
    },
    leaveNetwork: () => {
      online = false;
    },
  };
}
type World = ReturnType<typeof connector>;

const hello = { kind: 'hello', incarnation: 'one', serverTime: 0 } as const;

/** What is under way in a state: a line or a try for one, a wait for the next try, or neither. */
type UnderWay = 'line' | 'wait' | 'nothing';

/** The shortest ways into each state. What is not under way at first cannot be. */
const ways: Record<ConnectionName, Partial<Record<UnderWay, (world: World) => void>>> = {
  connecting: { line: ({ subject }) => subject.start() },
  live: {
    line({ subject, last }) {
      subject.start();
      last()?.live(hello);
    },
  },
  reconnecting: {
    line(world) {
      loseLine(world);
      world.subject.on('due');
    },
    wait: loseLine,
    nothing: loseLineAndWait,
  },
  offline: {
    line(world) {
      world.leaveNetwork();
      world.subject.start();
    },
    wait(world) {
      world.leaveNetwork();
      loseLine(world);
    },
    nothing(world) {
      world.leaveNetwork();
      loseLineAndWait(world);
    },
  },
  resting: {
    nothing({ subject }) {
      subject.start();
      subject.on('spent');
    },
  },
  unauthorised: {
    line(world) {
      refuse(world, 'unauthorised');
      world.subject.on('wake');
    },
    nothing: (world) => refuse(world, 'unauthorised'),
  },
  outdated: { nothing: (world) => refuse(world, 'outdated') },
};

function loseLine({ subject, last }: World): void {
  subject.start();
  last()?.closed('lost');
}

/** As if the timer had died with the machine asleep. */
function loseLineAndWait(world: World): void {
  loseLine(world);
  world.subject.proven();
}

function refuse({ subject, last }: World, reason: CloseReason): void {
  subject.start();
  last()?.closed(reason);
}

/** The cells of SPEC.md: state → event → what it says. */
function specified(): Map<string, Map<string, string>> {
  const spec = readFileSync(new URL('../../SPEC.md', import.meta.url), 'utf8');
  const lines = spec.slice(spec.indexOf('### The connection')).split('\n');
  const rows = lines
    .slice(
      0,
      lines.findIndex((line) => line.startsWith('- **[CONN1]**')),
    )
    .filter((line) => line[0] === '|');
  const [head = [], , ...body] = rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const name = (cell = '') => cell.replaceAll('`', '');
  return new Map(
    head
      .slice(1)
      .map((state, column) => [
        name(state),
        new Map(body.map(([event, ...cells]) => [name(event), cells[column] ?? ''])),
      ]),
  );
}

const cells = Array.from(specified(), ([before, events]) =>
  Array.from(Object.entries(ways[before as ConnectionName]), ([underWay, way]) => ({ before, underWay, way, events })),
).flat();

describe.each(cells)('[CONN1] $before with $underWay under way', ({ before, underWay, way, events }) => {
  test.each([...events])('on %s: %s', async (name, said) => {
    const [after, act] = said.split(', ');
    const world = connector();
    way(world);
    await world.timers.advance(0);
    expect(world.state()).toBe(before);
    const tries = world.opened.length;
    const current = world.opened.at(-1);

    world.subject.on(name as ConnectionEvent);
    expect(world.state()).toBe(after);
    const opens = act === 'open' || (act === 'mend' && underWay === 'nothing');
    expect(world.opened.length - tries).toBe(opens ? 1 : 0);
    const stays = underWay === 'line' && (act === 'keep' || act === 'mend');
    expect(current?.closed).toBe(!stays);
    if (opens || stays) return expect(world.opened.at(-1)?.closed).toBe(false);
    await world.timers.advance(9_000);
    const isWaitedFor = act === 'wait' || (underWay === 'wait' && act !== 'rest' && after === before);
    expect(world.opened.length - tries).toBe(isWaitedFor ? 1 : 0);
    return undefined;
  });
});

test('[CONN1] has a cell for every state and event, and the code has the same', () => {
  const code = Object.entries(CONNECTION_TABLE).map(([state, events]) => [
    state,
    Object.entries(events).map(([event, cell]) => [event, cell.join(', ')]),
  ]);
  expect(Array.from(specified(), ([state, cells]) => [state, [...cells]])).toEqual(code);
});

test('[CONN4] waits any part of a bound that doubles, with one throw of the dice for each wait', async () => {
  const waits = async (dice: number, retry?: Retry) => {
    let throws = 0;
    const world = connector({ random: () => ((throws += 1), dice), ...(retry && { retry }) });
    world.subject.start();
    const waited: (number | null)[] = [];
    for (let tries = 1; tries <= 6; tries += 1) {
      world.last()?.closed('lost');
      waited.push(world.wait());
      expect(throws).toBe(tries);
      await world.timers.advance(world.wait() ?? 0);
    }
    return waited;
  };
  expect(await waits(1)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect(await waits(0)).toEqual([50, 50, 50, 50, 50, 50]);
  expect(await waits(0.5)).toEqual([525, 1_025, 2_025, 4_025, 5_025, 5_025]);
  expect(await waits(1, { longestMs: 60_000 })).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
});

test('[CONN4] a thousand that lose their server at once come back spread over a second', () => {
  let dice = 0;
  const waits = Array.from({ length: 1_000 }, (_, turn) => {
    const world = connector({ random: () => (dice = turn / 1_000) });
    world.subject.start();
    world.last()?.live(hello);
    world.last()?.closed('lost');
    return world.wait() ?? 0;
  });
  expect(dice).toBeGreaterThan(0.9);
  const inTenth = (tenth: number) => waits.filter((wait) => Math.floor(wait / 100) === tenth).length;
  for (let tenth = 1; tenth < 10; tenth += 1) expect(inTenth(tenth)).toBeLessThan(110);
});

test('[CONN7] says that something else answers in place of the server, until nothing does or the server is back', () => {
  const { subject, last, latest } = connector();
  subject.start();
  last()?.closed('intercepted');
  expect(latest()).toMatchObject({ state: 'reconnecting', attempt: 1, intercepted: true });
  subject.on('due');
  last()?.closed('lost');
  expect(latest()).toMatchObject({ state: 'reconnecting', attempt: 2, intercepted: false });
  subject.on('due');
  last()?.closed('intercepted');
  subject.on('due');
  last()?.live(hello);
  expect(latest()).toMatchObject({ state: 'live' });
  last()?.closed('lost');
  expect(latest()).toMatchObject({ state: 'reconnecting', intercepted: false });
});

test('[CONN5] rests after as many tries as it may make in a row, and begins anew when somebody comes', async () => {
  const world = connector({ retry: { tries: 2 } });
  world.subject.start();
  const failAll = async () => {
    for (let tries = 0; world.state() !== 'resting' && tries < 10; tries += 1) {
      world.last()?.closed('lost');
      await world.timers.advance(10_000 - 1);
    }
  };
  await failAll();
  expect(world.opened).toHaveLength(3);
  for (let rounds = 0; rounds < 30; rounds += 1) {
    world.subject.watch();
    await world.timers.advance(20_000);
  }
  expect(world.opened).toHaveLength(3);
  world.subject.on('wake');
  await failAll();
  expect(world.opened).toHaveLength(6);
  world.subject.on('online');
  world.last()?.live(hello);
  world.subject.proven();
  await failAll();
  expect(world.opened).toHaveLength(9);
});

test('[CONN2] gives up a line on which calls stay unanswered, and rejects them', async () => {
  const world = connector();
  ways.live.line?.(world);
  const call = world.subject.connection?.pull({
    protocol: 1,
    personId: 'alice',
    clientId: 'one',
    incarnation: null,
    scopes: [],
  });
  const ended = call?.then(
    () => 'answered',
    () => 'rejected',
  );
  world.subject.watch();
  expect(world.state()).toBe('live');
  world.subject.watch();
  expect(world.state()).toBe('reconnecting');
  expect(world.opened).toHaveLength(2);
  expect(await ended).toBe('rejected');
});

test('[CONN3] hears nothing of a connection that was given up', () => {
  const world = connector();
  world.subject.start();
  const given = world.last();
  world.subject.on('reopen');
  given?.live(hello);
  given?.closed('outdated');
  expect(world.state()).toBe('connecting');
  expect(world.heard).toEqual([]);
});

test('an answer is not held by the connection that gave it', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const answers: WeakRef<object>[] = [];
  const pull = () => {
    const answer = { incarnation: 'one', serverTime: 0, answers: [] };
    answers.push(new WeakRef(answer));
    return Promise.resolve(answer);
  };
  const request = { protocol: 2, personId: 'alice', clientId: 'one', incarnation: null, scopes: [] };
  const { subject, last } = connector({ pull });
  subject.start();
  last()?.live(hello);
  for (let calls = 0; calls < 3; calls += 1) await subject.connection?.pull(request);
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  expect(answers.map((answer) => answer.deref())).toEqual([undefined, undefined, undefined]);
  expect(subject.connection).not.toBeNull();
});
