/** A process full of clients. It does what its parent says, and ends with it. */
import { threadScope } from '@parley/core/scopes';
import type { ClientReport } from './history.ts';
import type { NetworkFault } from './fault-proxy.ts';
import { between, pick, seededRandom, shuffled, type Random } from './random.ts';
import type { SignedIn } from './people.ts';
import type { RoomSeat } from './room-seat.ts';
import type { SeatView } from './seats.ts';
import { ScriptedClient, type Network } from './scripted-client.ts';

/** What happens to one client at a time. */
export type ClientFault = NetworkFault | 'offline' | 'killed' | 'clockJump';

const DAY = 24 * 60 * 60 * 1000;

interface Passenger {
  who: SignedIn;
  client: ScriptedClient;
  afflicted: boolean;
  /** In one room at most. */
  seat: RoomSeat | null;
}

let random: Random = Math.random;
let clients: Passenger[] = [];
let acting: NodeJS.Timeout | undefined;
let storming: NodeJS.Timeout | undefined;
const ends = new Set<() => Promise<void>>();
const fired = { offline: 0, killed: 0, clockJump: 0 };

const calls = {
  async open(people: readonly SignedIn[], network: Network, seed: number): Promise<void> {
    random = seededRandom(seed);
    clients = await Promise.all(
      people.map(async (who) => {
        const client = await ScriptedClient.open(who, network, random);
        return { who, client, afflicted: false, seat: null };
      }),
    );
  },

  async startThread(personId: string, threadId: string, participantIds: readonly string[]): Promise<void> {
    await clients.find(({ who }) => who.personId === personId)?.client.startThread(threadId, participantIds);
  },

  act(perSecond: number): void {
    clearInterval(acting);
    if (perSecond <= 0) return;
    // Never waited for: a program that is killed in the middle never comes back.
    acting = setInterval(() => void pick(random, clients)?.client.act(), 1000 / perSecond);
  },

  storm(everyMs: number, scale: number): void {
    clearInterval(storming);
    let due: ClientFault[] = [];
    storming = setInterval(() => {
      if (due.length === 0) due = shuffled(random, Object.keys(afflictions) as ClientFault[]);
      const fault = due.pop();
      const chosen = pick(
        random,
        clients.filter(({ afflicted, client }) => !afflicted && client.runs),
      );
      if (fault && chosen) afflict(chosen, fault, scale);
    }, everyMs);
  },

  async heal(): Promise<void> {
    clearInterval(storming);
    await Promise.all([...ends].map((end) => end()));
    for (const { client } of clients) client.network.become({ kind: 'fair' });
  },

  sitDown(): void {
    for (const passenger of clients) {
      const room = pick(random, passenger.client.threadIds);
      if (passenger.seat || room === undefined) continue;
      passenger.seat = passenger.client.takeSeat(threadScope(room));
      passenger.seat.say({ status: 'active', device: 'desktop' });
    }
  },

  standUp(share: number): void {
    for (const passenger of shuffled(random, clients).slice(0, Math.ceil(clients.length * share))) {
      passenger.seat?.leave();
      passenger.seat = null;
    }
  },

  seats: (): SeatView[] =>
    clients.flatMap(({ who: { personId }, seat }) =>
      seat ? { room: seat.scope, personId, sees: [...seat.people.keys()] } : [],
    ),

  outages: (since: number): number[] =>
    clients.flatMap(({ client }) => {
      const after = client.outages.filter(({ from }) => from >= since);
      return after.length === 0 ? [] : Math.max(...after.map(({ to }) => to - since));
    }),

  restless: (): string[] => clients.filter(({ client }) => !client.isAtRest).map(({ who }) => who.device),

  reports: (threadIds: readonly string[]): Promise<ClientReport[]> =>
    Promise.all(clients.map(({ client }) => client.report(threadIds))),

  fired(): Record<ClientFault | 'busyAnswers', number> {
    const sum = (of: (client: ScriptedClient) => number) =>
      clients.reduce((total, { client }) => total + of(client), 0);
    const struck = (fault: NetworkFault) => sum(({ network }) => network.fired[fault]);
    return {
      ...fired,
      delay: struck('delay'),
      loss: struck('loss'),
      portal: struck('portal'),
      unreachable: struck('unreachable'),
      halfOpen: struck('halfOpen'),
      reset: struck('reset'),
      cutInSend: struck('cutInSend'),
      cutInAnswer: struck('cutInAnswer'),
      busyAnswers: sum(({ busyAnswers }) => busyAnswers),
    };
  },
};
export type FleetCalls = typeof calls;

/** Brings a fault on. Those that last have an end, and how many milliseconds they take. */
const afflictions: Record<ClientFault, (client: ScriptedClient) => { ms: number; end: () => unknown } | void> = {
  delay: ({ network }) => lasting(network, 6_000, { kind: 'delay', ms: 2_000 }),
  loss: ({ network }) => lasting(network, 10_000, { kind: 'loss', odds: 0.3 }),
  // Long enough that whoever it has cut off tries again, and meets it.
  portal: ({ network }) => lasting(network, 15_000, { kind: 'portal' }),
  unreachable: ({ network }) => lasting(network, 15_000, { kind: 'unreachable' }),
  halfOpen: ({ network }) => network.halfOpen(),
  reset: ({ network }) => network.reset(),
  cutInSend: ({ network }) => network.cutAt('send', between(random, 1, 400)),
  cutInAnswer: ({ network }) => network.cutAt('answer', between(random, 1, 800)),
  offline(client) {
    client.setOnline(false);
    if (client.isOffline) fired.offline += 1;
    return { ms: 10_000, end: () => client.setOnline(true) };
  },
  killed(client) {
    fired.killed += 1;
    // In the middle of something, as often as not.
    void client.act();
    setTimeout(() => client.kill(), between(random, 0, 20));
    return { ms: 3_000, end: () => client.launch() };
  },
  clockJump(client) {
    fired.clockJump += 1;
    client.setClock(between(random, -400, 401) * DAY);
  },
};

function lasting(
  network: ScriptedClient['network'],
  ms: number,
  weather: Parameters<ScriptedClient['network']['become']>[0],
) {
  network.become(weather);
  return { ms, end: () => network.become({ kind: 'fair' }) };
}

function afflict(chosen: (typeof clients)[number], fault: ClientFault, scale: number): void {
  const { client } = chosen;
  const lasts = afflictions[fault](client);
  if (fault !== 'killed') void client.act();
  if (!lasts) return;
  chosen.afflicted = true;
  const end = async () => {
    clearTimeout(timer);
    ends.delete(end);
    // A kill comes a moment after it was decided.
    if (fault === 'killed') client.kill();
    await lasts.end();
    chosen.afflicted = false;
  };
  const timer = setTimeout(() => void end(), Math.max(50, lasts.ms * scale));
  ends.add(end);
}

interface Call {
  id: number;
  name: keyof FleetCalls;
  args: unknown[];
}

process.on('message', ({ id, name, args }: Call) => {
  const answer = async (): Promise<unknown> => Reflect.apply(calls[name], calls, args);
  answer().then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
