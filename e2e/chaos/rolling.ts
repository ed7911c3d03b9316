/**
 * One run: people write and sit in rooms while the processes are replaced, one host after the other, as a new release comes;
 * then what is there in the end is judged. Whoever goes while their process goes must not be left behind in a room.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { untilAtRest, type Fleet } from './fleet.ts';
import type { Host } from './host.ts';
import { holds, type Verdict } from './judge.ts';
import { finalVerdict } from './run.ts';
import { judgeSeats } from './seats.ts';
import { settle, type SettlementPlan } from './settlement.ts';

export interface RollingPlan extends Omit<SettlementPlan, 'settled' | 'hosts' | 'env'> {
  /** How often each host is replaced. */
  rounds: number;
}

export interface RollingOutcome {
  verdict: Verdict;
  restarts: Restart[];
  /** Processes that did not end in order, rooms that did not heal, and clients that found no server. */
  failures: string[];
  /** What the servers logged as errors. */
  errors: Map<string, number>;
  holds: boolean;
}

/** Seconds are counted from the moment at which the process is told to end. */
export interface Restart {
  /** Clients that had to find another server. */
  moved: number;
  /** Until so many of them had found one. */
  half: number;
  most: number;
  all: number;
  /** Until every room showed who was in it. */
  rooms: number;
  /** Until its successor was ready. */
  ready: number;
}

/** Of those in a room, so many go while a process does. */
const LEAVING = 0.1;
/** For a room to show who is in it. */
const ROOMS_MS = 90_000;
/** Milliseconds to talk in peace between two restarts. */
const PAUSE_MS = 3_000;

export async function runRolling(plan: RollingPlan): Promise<RollingOutcome> {
  const { clients, signal, say } = plan;
  await using settlement = await settle({ ...plan, settled: true });
  const { cluster, fleet } = settlement;
  say('everybody takes a seat and writes');
  const failures: string[] = [];
  await fleet.sitDown();
  failures.push(...(await untilRoomsHold(fleet, signal)));
  await fleet.act(Math.min(20, Math.max(8, clients / 10)));
  const restarts: Restart[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const host of cluster.hosts) {
      await delay(PAUSE_MS, undefined, { signal });
      const { restart, wrong } = await replace(host, { cluster, fleet, signal });
      restarts.push(restart);
      failures.push(...wrong);
      say(`  ${describe(restart)}`);
    }
  }

  say('nobody does anything any more');
  await fleet.act(0);
  const waiting = await untilAtRest(fleet, signal, say);
  failures.push(...waiting.map((device) => `${device} still waits.`));
  say('nothing waits; judging');
  const { verdict } = await finalVerdict(cluster, fleet, signal);
  return {
    verdict,
    restarts,
    failures,
    errors: await cluster.errors(),
    holds: holds(verdict) && failures.length === 0,
  };
}

async function replace(
  host: Host,
  { cluster, fleet, signal }: { cluster: Cluster; fleet: Fleet; signal: AbortSignal },
): Promise<{ restart: Restart; wrong: string[] }> {
  const since = Date.now();
  const seconds = () => (Date.now() - since) / 1000;
  const ready = host.restart().then((code) => ({ code, seconds: seconds() }));
  await fleet.standUp(LEAVING);
  const { code, seconds: readyIn } = await ready;
  await cluster.ready();
  const wrong = await untilRoomsHold(fleet, signal);
  const rooms = seconds();
  if (code !== 0) wrong.push(`The host on port ${host.port} ended with ${code}.`);
  const back = (await fleet.outages(since)).map((ms) => ms / 1000).sort((a, b) => a - b);
  const within = (share: number) => back[Math.ceil(back.length * share) - 1] ?? 0;
  await fleet.sitDown();
  wrong.push(...(await untilRoomsHold(fleet, signal)));
  const restart = { moved: back.length, half: within(0.5), most: within(0.95), all: within(1), rooms, ready: readyIn };
  return { restart, wrong };
}

/** Waits until every room shows who is in it. @returns what is still wrong after a while */
async function untilRoomsHold(fleet: Fleet, signal: AbortSignal): Promise<string[]> {
  const end = performance.now() + ROOMS_MS;
  for (;;) {
    const wrong = judgeSeats(await fleet.seats());
    if (wrong.length === 0 || performance.now() > end) return wrong;
    await delay(100, undefined, { signal });
  }
}

const describe = ({ moved, half, most, all, rooms, ready }: Restart): string =>
  `${moved} moved: 50 % in ${half.toFixed(1)} s, 95 % in ${most.toFixed(1)} s, all in ${all.toFixed(1)} s; ` +
  `rooms after ${rooms.toFixed(1)} s; the new process after ${ready.toFixed(1)} s`;
