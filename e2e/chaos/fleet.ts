/** Many clients in processes of their own, each process told what to do over its channel. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientReport } from './history.ts';
import type { ClientFault, FleetCalls } from './fleet-process.ts';
import type { SignedIn } from './people.ts';
import type { Network } from './scripted-client.ts';
import type { SeatView } from './seats.ts';

const SCRIPT = join(import.meta.dirname, 'fleet-process.ts');

export interface Fleet {
  startThread(personId: string, threadId: string, participantIds: string[]): Promise<void>;
  /** Things done in a second by all together; 0: nobody does anything. */
  act(perSecond: number): Promise<void>;
  /** Faults of networks, programs and clocks, one after the other; lasting ones are over after their time, times `scale`. */
  storm(everyMs: number, scale: number): Promise<void>;
  /** Ends every fault, and starts every program that was killed. */
  heal(): Promise<void>;
  /** Whoever is in no room takes a seat in that of one of their threads, and says that they are there. */
  sitDown(): Promise<void>;
  /** Such a share of all leaves its room. */
  standUp(share: number): Promise<void>;
  seats(): Promise<SeatView[]>;
  /** Of every client that lost its server since then (milliseconds since 1970): after how many it had found one for good. */
  outages(since: number): Promise<number[]>;
  /** Clients that have something to do still, or no server. */
  restless(): Promise<string[]>;
  reports(threadIds: string[]): Promise<ClientReport[]>;
  /** How often each fault has struck. */
  fired(): Promise<Record<ClientFault | 'busyAnswers', number>>;
  close(): Promise<void>;
}

export async function openFleet(
  people: readonly SignedIn[],
  { processes, seed, ...network }: Network & { processes: number; seed: number },
): Promise<Fleet> {
  const boats = Array.from({ length: processes }, (_, index) => launch(index));
  const all = <Name extends keyof FleetCalls>(name: Name, ...args: Parameters<FleetCalls[Name]>) =>
    Promise.all(boats.map(({ call }) => call(name, ...args)));
  const close = async () => {
    for (const { child } of boats) child.kill('SIGKILL');
    await Promise.all(boats.map(({ gone }) => gone));
  };
  try {
    await Promise.all(
      boats.map(({ call }, index) => {
        const own = people.filter((_, place) => place % processes === index);
        return call('open', own, network, seed + index);
      }),
    );
  } catch (error) {
    await close();
    throw error;
  }
  const boatOf = (personId: string) => boats[people.findIndex((who) => who.personId === personId) % processes];
  return {
    async startThread(personId, threadId, participantIds) {
      await boatOf(personId)?.call('startThread', personId, threadId, participantIds);
    },
    act: async (perSecond) => void (await all('act', perSecond / processes)),
    storm: async (everyMs, scale) => void (await all('storm', everyMs * processes, scale)),
    heal: async () => void (await all('heal')),
    sitDown: async () => void (await all('sitDown')),
    standUp: async (share) => void (await all('standUp', share)),
    seats: async () => (await all('seats')).flat(),
    outages: async (since) => (await all('outages', since)).flat(),
    restless: async () => (await all('restless')).flat(),
    reports: async (threadIds) => (await all('reports', threadIds)).flat(),
    async fired() {
      const [first, ...others] = await all('fired');
      if (!first) throw new Error('There are no clients.');
      const names = Object.keys(first) as (keyof typeof first)[];
      return Object.fromEntries(
        names.map((name) => [name, others.reduce((sum, counts) => sum + counts[name], first[name])]),
      ) as typeof first;
    },
    close,
  };
}

/** Without one more client at rest: each may have to notice a dead line first, and wait for its turn to try again. */
const STUCK_MS = 180_000;
const LOOK_AGAIN_MS = 500;
const TELL_MS = 15_000;

/** Waits until nobody has anything to do, for as long as they become fewer. @returns those who still had, in the end */
export async function untilAtRest(
  fleet: Fleet,
  signal: AbortSignal,
  say: (line: string) => void = () => {},
): Promise<string[]> {
  let end = performance.now() + STUCK_MS;
  let fewest = Infinity;
  let tellAt = performance.now() + TELL_MS;
  for (;;) {
    const restless = await fleet.restless();
    if (restless.length < fewest) {
      fewest = restless.length;
      end = performance.now() + STUCK_MS;
    }
    if (restless.length === 0 || performance.now() > end) return restless;
    if (performance.now() > tellAt) {
      say(`  ${restless.length} clients have something to do`);
      tellAt += TELL_MS;
    }
    await delay(LOOK_AGAIN_MS, undefined, { signal });
  }
}

interface Boat {
  child: ChildProcess;
  gone: Promise<void>;
  call<Name extends keyof FleetCalls>(
    name: Name,
    ...args: Parameters<FleetCalls[Name]>
  ): Promise<Awaited<ReturnType<FleetCalls[Name]>>>;
}

function launch(index: number): Boat {
  const child = fork(SCRIPT, { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  let end: Error | null = null;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      end = new Error(`Clients ${index} ended: ${signal ?? code}.`);
      for (const { reject } of waiting.values()) reject(end);
      resolve();
    });
  });
  child.on('message', ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error));
  });
  return {
    child,
    gone,
    async call(name, ...args) {
      if (end) throw end;
      calls += 1;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(calls, answer);
      child.send({ id: calls, name, args });
      return answer.promise as never;
    },
  };
}
