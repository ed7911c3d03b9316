/** The connection, cell by cell as SPEC.md has them: [CONN1]. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { createVirtualTimers } from '../testing/index.ts';
import { CONNECTION_TABLE, type ConnectionEvent, type ConnectionName } from './connection-table.ts';
import { Connector } from './connector.ts';
import type { Connection, ConnectionEvents } from './ports.ts';
import type { ConnectionState } from './status.ts';

const never = <T>(): Promise<T> => new Promise(() => {});

/** A connector over a network in which nothing happens by itself. */
function connector({ pull = never }: Partial<Pick<Connection, 'pull'>> = {}) {
  const timers = createVirtualTimers();
  const opened: { events: ConnectionEvents; closed: boolean }[] = [];
  const states: ConnectionState[] = [];
  const heard: string[] = [];
  let online = true;
  const subject = new Connector({
    timers,
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
    state: () => states.at(-1)?.state,
    last: () => opened.at(-1)?.events,
    leaveNetwork: () => {
      online = false;
    },
  };
}
type World = ReturnType<typeof connector>;

const hello = { kind: 'hello', incarnation: 'one', serverTime: 0 } as const;

/** The shortest way into each state. */
const ways: Record<ConnectionName, (world: World) => void> = {
  connecting: ({ subject }) => subject.start(),
  live({ subject, last }) {
    subject.start();
    last()?.live(hello);
  },
  reconnecting({ subject, last }) {
    subject.start();
    last()?.closed('lost');
    subject.on('due');
  },
  offline({ subject, leaveNetwork }) {
    leaveNetwork();
    subject.start();
  },
  unauthorised({ subject, last }) {
    subject.start();
    last()?.closed('unauthorised');
  },
  outdated({ subject, last }) {
    subject.start();
    last()?.closed('outdated');
  },
};

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

describe.each([...specified()])('[CONN1] %s', (before, cells) => {
  test.each([...cells])('on %s: %s', async (name, said) => {
    const [after, act] = said.split(', ');
    const world = connector();
    ways[before as ConnectionName](world);
    await world.timers.advance(0);
    expect(world.state()).toBe(before);
    const tries = world.opened.length;
    const current = world.opened.at(-1);
    const resting = current?.closed ?? true;

    world.subject.on(name as ConnectionEvent);
    expect(world.state()).toBe(after);
    const mends = act === 'mend' && resting;
    expect(world.opened.length - tries).toBe(act === 'open' || mends ? 1 : 0);
    if (!mends) expect(current?.closed).toBe(act === 'keep' || act === 'mend' ? resting : true);
    if (act === 'wait') {
      await world.timers.advance(10_000);
      expect(world.opened.length - tries).toBe(1);
    } else if (act === 'rest') {
      await world.timers.advance(60_000);
      expect(world.opened.length).toBe(tries);
    }
  });
});

test('[CONN1] has a cell for every state and event, and the code has the same', () => {
  const code = Object.entries(CONNECTION_TABLE).map(([state, events]) => [
    state,
    Object.entries(events).map(([event, cell]) => [event, cell.join(', ')]),
  ]);
  expect(Array.from(specified(), ([state, cells]) => [state, [...cells]])).toEqual(code);
});

test('[CONN1] tries again by itself where a wait was lost', async () => {
  const world = connector();
  world.subject.start();
  world.last()?.closed('lost');
  // As if the timer had died with the machine asleep.
  world.subject.proven();
  await world.timers.advance(60_000);
  expect(world.opened).toHaveLength(1);
  world.subject.watch();
  expect(world.opened).toHaveLength(2);
});

test('[CONN2] gives up a line on which calls stay unanswered, and rejects them', async () => {
  const world = connector();
  ways.live(world);
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
