/** PRES: how soon the others in a large thread hear that somebody types. */
import { threadScope } from '@parley/core/scopes';
import { quantile, type Bench, type Run } from './contest.ts';
import type { ClientCalls } from './crowd/clients.ts';
import { launch, profileOf } from './crowd/launched.ts';
import { addSignedIn, peerTicket, roomTicket, startThreadOf } from './crowd/people.ts';
import type { Profiled, Serving } from './crowd/serving.ts';
import type { Ticket } from './crowd/wires.ts';
import { openInstallation } from './installation.ts';

const SIZES = [50, 500];
/** Milliseconds after which whoever types says so again, and for how long it goes on. */
const PACE = { everyMs: 5_000, forMs: 5_000 };

export const hearingOfTyping: Bench = {
  id: 'PRES',
  what: 'typing heard by everybody in a thread',
  async *contests() {
    await using installation = await openInstallation();
    await using parley = launch<Profiled>('parley-server');
    await using hocuspocus = launch<Serving>('hocuspocus-server');
    await using some = launch<ClientCalls>('clients');
    await using others = launch<ClientCalls>('clients');
    const parleyPort = await parley.call('listen', installation.url);
    const hocuspocusPort = await hocuspocus.call('listen', installation.url);
    for (const size of SIZES) {
      const people = await addSignedIn(installation, size);
      const threadId = await startThreadOf(installation, people);
      const type = async (name: string, tickets: Ticket[]): Promise<Run> => {
        const crowd = `${name} ${size}`;
        await some.call('open', crowd, tickets.slice(0, size / 2));
        await others.call('open', crowd, tickets.slice(size / 2));
        return async () => {
          const heard = await Promise.all([some, others].map((clients) => clients.call('type', crowd, PACE)));
          return quantile(
            heard.flatMap((each) => [...each]),
            0.95,
          );
        };
      };
      const ours = await type(
        'parley',
        people.map((person) => roomTicket(person, parleyPort, threadScope(threadId))),
      );
      yield {
        id: 'PRES',
        what: 'typing until heard, p95',
        unit: 'ms',
        size,
        ours,
        peer: {
          name: 'hocuspocus',
          run: await type(
            'hocuspocus',
            people.map(() => peerTicket('hocuspocus', hocuspocusPort, [threadId])),
          ),
        },
        goals: size < 500 ? [] : [{ against: 'peer', is: 'at most', value: 0.5 }],
        profiles: async () => ({ server: await profileOf(parley, ours) }),
      };
      for (const clients of [some, others]) {
        for (const name of ['parley', 'hocuspocus']) await clients.call('close', `${name} ${size}`);
      }
    }
  },
};
