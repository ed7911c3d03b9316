/** P5: from the push of one message until the last of many clients has it. */
import { threadScope } from '@parley/core/scopes';
import { median, type Bench, type Run } from './contest.ts';
import type { ClientCalls } from './crowd/clients.ts';
import { launch, profileOf, type Launched } from './crowd/launched.ts';
import { addSignedIn, callTicket, peerTicket, startThreadOf } from './crowd/people.ts';
import type { Profiled, Serving } from './crowd/serving.ts';
import type { Ticket } from './crowd/wires.ts';
import { openInstallation } from './installation.ts';
import { TEXT } from './texts.ts';

const SIZES = [10, 100, 1_000];
const MESSAGES = 5;

export const fanningOut: Bench = {
  id: 'P5',
  what: 'one message to many live clients',
  async *contests() {
    await using installation = await openInstallation();
    await using parley = launch<Profiled>('parley-server');
    await using ws = launch<Serving>('ws-server');
    await using socketIo = launch<Serving>('socket-io-server');
    await using some = launch<ClientCalls>('clients');
    await using others = launch<ClientCalls>('clients');
    const parleyPort = await parley.call('listen', installation.url);
    const wsPort = await ws.call('listen', installation.url);
    const socketIoPort = await socketIo.call('listen', installation.url);
    for (const size of SIZES) {
      const people = await addSignedIn(installation, size);
      const threadId = await startThreadOf(installation, people);
      const send = async (name: string, tickets: Ticket[]): Promise<Run> => {
        const crowd = `${name} ${size}`;
        await some.call('open', crowd, tickets.slice(0, size / 2));
        await others.call('open', crowd, tickets.slice(size / 2));
        return () => sent(crowd, [some, others]);
      };
      const ours = await send(
        'parley',
        people.map((person) => callTicket(person, parleyPort, [threadScope(threadId)])),
      );
      yield {
        id: 'P5',
        what: 'push until all have it',
        unit: 'ms',
        size,
        ours,
        limit: {
          name: 'bare ws',
          run: await send(
            'ws',
            people.map(() => peerTicket('ws', wsPort, [threadId])),
          ),
        },
        peer: {
          name: 'socket.io',
          run: await send(
            'socket.io',
            people.map(() => peerTicket('socket.io', socketIoPort, [threadId])),
          ),
        },
        // Of their speed 0.8 and 1.5.
        goals:
          size < 1_000
            ? []
            : [
                { against: 'limit', is: 'at most', value: 1.25 },
                { against: 'peer', is: 'at most', value: 0.67 },
              ],
        profiles: async () => ({ server: await profileOf(parley, ours) }),
      };
      for (const clients of [some, others]) {
        for (const name of ['parley', 'ws', 'socket.io']) await clients.call('close', `${name} ${size}`);
      }
    }
  },
};

/** Milliseconds that most messages take, each sent when the one before has come to everybody. */
async function sent(crowd: string, clients: readonly Launched<ClientCalls>[]): Promise<number> {
  const latencies: number[] = [];
  for (let message = 0; message < MESSAGES; message += 1) {
    const text = `${TEXT} ${crypto.randomUUID()}`;
    await Promise.all(clients.map((each) => each.call('expect', crowd, text)));
    const at = await clients[0]?.call('say', crowd, text);
    const heard = await Promise.all(clients.map((each) => each.call('heardAt')));
    latencies.push(Math.max(...heard) - (at ?? 0));
  }
  return median(latencies);
}
