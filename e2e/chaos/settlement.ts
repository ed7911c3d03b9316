/** Where every run begins: a cluster, people at their devices, and threads they take part in. */
import { v7 as newId } from 'uuid';
import { startCluster, type Cluster } from './cluster.ts';
import { openFleet, untilAtRest, type Fleet } from './fleet.ts';
import { signUp, type SignedIn } from './people.ts';
import { seededRandom, shuffled, type Random } from './random.ts';

export interface SettlementPlan {
  clients: number;
  seed: number;
  /** Processes the clients share. */
  processes: number;
  /** Whether all stay in the threads that there are. */
  settled?: boolean;
  /** Two, unless said otherwise. */
  hosts?: number;
  /** Of every process. */
  env?: Record<string, string>;
  signal: AbortSignal;
  /** Told in words what is going on. */
  say: (line: string) => void;
}

export interface Settlement extends AsyncDisposable {
  cluster: Cluster;
  fleet: Fleet;
  /** The one thread of all. */
  threadId: string;
  random: Random;
}

/** People in a thread, besides the one thread of all. */
const THREAD_SIZE = 12;

/** Resolves when everybody has everything. */
export async function settle(plan: SettlementPlan): Promise<Settlement> {
  const { clients, processes, seed, settled = false, hosts = 2, env = {}, signal, say } = plan;
  await using opened = new AsyncDisposableStack();
  const cluster = await startCluster({ hosts, env });
  opened.defer(() => cluster.close());
  signal.throwIfAborted();
  say(`${hosts} ${hosts === 1 ? 'host is' : 'hosts are'} up; ${clients} devices sign in`);
  const { origin } = cluster;
  const servers = cluster.hosts.map(({ port }) => port);
  const people = await signUp({ url: `http://127.0.0.1:${servers[0]}`, origin }, cluster.owner, clients);
  signal.throwIfAborted();
  const fleet = await openFleet(people, { processes, seed, servers, origin, settled });
  opened.defer(() => fleet.close());
  const random = seededRandom(seed);
  await untilAtRest(fleet, signal);
  const threadId = await startThreads(fleet, people, random);
  await untilAtRest(fleet, signal);
  const kept = opened.move();
  return { cluster, fleet, threadId, random, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** One thread of all, and smaller ones. @returns the one of all */
async function startThreads(fleet: Fleet, people: readonly SignedIn[], random: Random): Promise<string> {
  const everybody = [...new Set(people.map(({ personId }) => personId))];
  const [owner = ''] = everybody;
  const ofAll = newId();
  await fleet.startThread(owner, ofAll, everybody);
  for (let made = 0; made < Math.ceil(everybody.length / 4); made += 1) {
    await fleet.startThread(owner, newId(), shuffled(random, everybody).slice(0, THREAD_SIZE));
  }
  return ofAll;
}
