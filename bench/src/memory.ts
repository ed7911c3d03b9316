/** P6: what one more person who is there, and one more idle socket, takes of the server's memory. */
import { orgScope, threadScope, userScope } from '@parley/core/scopes';
import type { Bench, Run } from './contest.ts';
import type { ClientCalls } from './crowd/clients.ts';
import { launch } from './crowd/launched.ts';
import { addSignedIn, callTicket, peerTicket, roomTicket } from './crowd/people.ts';
import type { Memory, Serving } from './crowd/serving.ts';
import type { Ticket } from './crowd/wires.ts';
import { openInstallation, startThreads } from './installation.ts';

const PEOPLE = 500;
/** People in a thread. */
const THREAD = 10;
const IDLE = 10_000;
/** Sockets of one session. */
const DEVICES = 10;
/** What comes first stays in memory whoever comes after. */
const BEFORE = 0.05;

export const remembering: Bench = {
  id: 'P6',
  what: 'memory of a signed-in connection',
  async *contests() {
    await using installation = await openInstallation();
    const people = await addSignedIn(installation, IDLE / DEVICES);
    const there = people.slice(0, PEOPLE);
    const personIds = there.map(({ personId }) => personId);
    const threads: { threadId: string }[] = [];
    for (let first = 0; first < PEOPLE; first += THREAD) {
      threads.push(
        ...(await startThreads(installation, personIds.slice(first, first + THREAD), { count: 1, size: THREAD })),
      );
    }
    const roomsOf = (index: number) => [
      orgScope(installation.orgId),
      threadScope(threads[Math.floor(index / THREAD)]?.threadId ?? ''),
    ];

    /** Bytes that each of `count` takes in a process that has just been started. */
    const eachOf = async (
      server: 'parley-server' | 'socket-io-server',
      count: number,
      ticketsOf: (port: number, index: number) => { calls?: Ticket[]; rooms?: Ticket[] },
    ): Promise<Memory> => {
      await using process = launch<Serving>(server);
      await using some = launch<ClientCalls>('clients');
      await using others = launch<ClientCalls>('clients');
      const port = await process.call('listen', installation.url);
      const enter = async (from: number, to: number) => {
        const middle = Math.floor((from + to) / 2);
        const open = async (clients: typeof some, first: number, end: number) => {
          const tickets = Array.from({ length: end - first }, (_, index) => ticketsOf(port, first + index));
          for (const use of ['calls', 'rooms'] as const) {
            await clients.call(
              'open',
              use,
              tickets.flatMap((each) => each[use] ?? []),
            );
          }
          await clients.call('present', 'rooms');
        };
        await Promise.all([open(some, from, middle), open(others, middle, to)]);
      };
      await enter(0, count * BEFORE);
      const before = await process.call('memory');
      await enter(count * BEFORE, count);
      const after = await process.call('memory');
      const each = (bytes: number) => bytes / (count * (1 - BEFORE));
      return { rss: each(after.rss - before.rss), heap: each(after.heap - before.heap) };
    };
    const ours = measured(() =>
      eachOf('parley-server', PEOPLE, (port, index) => {
        const person = there[index];
        const rooms = roomsOf(index);
        if (!person) return {};
        return {
          calls: [callTicket(person, port, [userScope(person.personId), ...rooms])],
          rooms: rooms.map((room) => roomTicket(person, port, room)),
        };
      }),
    );
    const theirs = measured(() =>
      eachOf('socket-io-server', PEOPLE, (port, index) => ({ rooms: [peerTicket('socket.io', port, roomsOf(index))] })),
    );
    const common = { id: 'P6', unit: 'KiB', goals: [{ against: 'peer', is: 'at most', value: 1 } as const] };
    for (const kind of ['rss', 'heap'] as const) {
      yield {
        ...common,
        what: `each of ${PEOPLE} people with presence, ${kind}`,
        ours: ours[kind],
        peer: { name: 'socket.io', run: theirs[kind] },
      };
    }
    const idle = measured(
      once(() =>
        eachOf('parley-server', IDLE, (port, index) => {
          const person = people[index % people.length];
          return person ? { calls: [callTicket(person, port, [userScope(person.personId)])] } : {};
        }),
      ),
    );
    const idleThere = measured(
      once(() => eachOf('socket-io-server', IDLE, (port) => ({ calls: [peerTicket('socket.io', port, ['room'])] }))),
    );
    for (const kind of ['rss', 'heap'] as const) {
      yield {
        ...common,
        what: `each of ${IDLE.toLocaleString('en')} idle sockets, ${kind}`,
        ours: idle[kind],
        peer: { name: 'socket.io', run: idleThere[kind] },
        goals: [],
      };
    }
  },
};

/** Two figures of one measurement, for two contests that are held one after the other. */
function measured(measure: () => Promise<Memory>): Record<keyof Memory, Run> {
  const heaps: number[] = [];
  return {
    async rss() {
      const { rss, heap } = await measure();
      heaps.push(heap);
      return rss / 1024;
    },
    heap: async () => (heaps.shift() ?? NaN) / 1024,
  };
}

/** So many sockets take long to open, and differ little from one time to the next. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | undefined;
  return () => (doing ??= work());
}
