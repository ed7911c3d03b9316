/**
 * One run: people write while everything breaks; then all is mended, nobody does anything any more, and what is there in
 * the end is judged.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { readFinally } from './final-read.ts';
import { untilAtRest, type Fleet } from './fleet.ts';
import type { ClientFault } from './fleet-process.ts';
import type { History } from './history.ts';
import { holds, judge, threadsOf, type Verdict } from './judge.ts';
import { shuffled } from './random.ts';
import { SERVER_FAULTS, type ServerFault, type Struck } from './server-faults.ts';
import { settle, type SettlementPlan } from './settlement.ts';

export interface Plan extends Omit<SettlementPlan, 'settled' | 'hosts' | 'env'> {
  minutes: number;
  faults: readonly ServerFault[];
  /** How long lasting faults last, against ten seconds for a frozen API. */
  scale: number;
  /** Milliseconds from one fault of a client to the next. */
  stormEveryMs: number;
}

export interface Outcome {
  verdict: Verdict;
  /** How often each fault can be shown to have struck. */
  faults: Record<ServerFault | ClientFault | 'killedBeforeCommit' | 'killedAfterCommit', number>;
  /** Faults that were to strike and did not. */
  missing: string[];
  /** What went wrong with the faults themselves, or did not come back after them. */
  failures: string[];
  deadLetters: Map<string, number>;
  /** What the servers logged as errors. */
  errors: Map<string, number>;
  /** Seconds from the end of the last fault until nothing waited any more. */
  drainedIn: number;
  holds: boolean;
}

/** Milliseconds to breathe between two faults of servers. */
const PAUSE_MS = 4_000;
/** What a process had committed and died before it told, others hear when they ask for everything, every two minutes. [CONN2] */
const JUDGE_MS = 150_000;
/** A line to a server that is killed ends at once; one that ends later was dead before. */
const AT_ONCE_MS = 1_000;

export async function runChaos(plan: Plan): Promise<Outcome> {
  const { signal, say, clients } = plan;
  await using settlement = await settle(plan);
  const { cluster, fleet, threadId, random } = settlement;

  say('everybody writes, and everything breaks');
  const kills: Struck['kills'] = [];
  await fleet.act(Math.min(20, Math.max(8, clients / 10)));
  await fleet.storm(plan.stormEveryMs, plan.scale);
  const busyAnswers = async () => (await fleet.fired()).busyAnswers;
  const { struck, failures } = await strike(plan, { cluster, random, threadId, kills, scale: plan.scale, busyAnswers });

  say('all is mended, and nobody does anything');
  await fleet.act(0);
  await fleet.heal();
  await cluster.ready();
  const mended = performance.now();
  const waiting = await untilAtRest(fleet, signal, say);
  const drainedIn = (performance.now() - mended) / 1000;

  say(
    `${waiting.length === 0 ? 'nothing waits' : `${waiting.join(', ')} still wait`} after ${drainedIn.toFixed(1)} s; judging`,
  );
  const { history, verdict } = await finalVerdict(cluster, fleet, signal);
  const { busyAnswers: _, ...network } = await fleet.fired();
  const faults = { ...struck, ...network, ...countKilled(history, kills) };
  const byChance = new Set<string>(['killedBeforeCommit', 'killedAfterCommit']);
  const planned = new Set<string>([...plan.faults, ...Object.keys(network)]);
  const missing = Object.entries(faults).flatMap(([name, times]) =>
    times === 0 && planned.has(name) && !byChance.has(name) ? [name] : [],
  );
  return {
    verdict,
    faults,
    missing,
    failures,
    drainedIn,
    deadLetters: countDeadLetters(history),
    errors: await cluster.errors(),
    holds: holds(verdict) && missing.length === 0 && failures.length === 0,
  };
}

/** Every fault at least once, and again until the time is over. */
async function strike(
  plan: Plan,
  struck: Struck,
): Promise<{ struck: Record<ServerFault, number>; failures: string[] }> {
  const failures: string[] = [];
  const counts = Object.fromEntries(Object.keys(SERVER_FAULTS).map((name) => [name, 0])) as Record<ServerFault, number>;
  const end = performance.now() + plan.minutes * 60_000;
  const isOver = () => performance.now() > end;
  for (let round = 0; round === 0 || !isOver(); round += 1) {
    for (const name of shuffled(struck.random, plan.faults)) {
      if (round > 0 && isOver()) break;
      await pause(PAUSE_MS * plan.scale * (0.5 + struck.random()), plan.signal);
      plan.say(`  ${name}`);
      try {
        counts[name] += await SERVER_FAULTS[name](struck);
        await struck.cluster.ready();
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      plan.signal.throwIfAborted();
    }
  }
  await pause(Math.max(0, end - performance.now()), plan.signal);
  return { struck: counts, failures };
}

/** Pokes may still be on their way: what holds once, holds. */
export async function finalVerdict(
  cluster: Cluster,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<{ history: History; verdict: Verdict }> {
  const end = performance.now() + JUDGE_MS;
  for (;;) {
    const database = await readFinally(cluster.databaseUrl);
    const history = { database, clients: await fleet.reports([...threadsOf(database)]) };
    const verdict = judge(history);
    if (holds(verdict) || performance.now() > end) return { history, verdict };
    await pause(5_000, signal);
  }
}

/**
 * Pushes that were at an API when it was killed, and had no answer: those whose mutation had been committed by then, and
 * those that were only done when they were sent again.
 */
function countKilled({ clients, database }: History, kills: Struck['kills']) {
  const counts = { killedBeforeCommit: 0, killedAfterCommit: 0 };
  for (const { mutationIds, server, sentAt, lostAt } of clients.flatMap(({ unanswered }) => unanswered)) {
    const kill = kills.find(
      ({ at, port }) => port === server && sentAt <= at && at <= lostAt && lostAt < at + AT_ONCE_MS,
    );
    if (!kill) continue;
    for (const id of mutationIds) {
      const doneAt = database.results[id];
      if (doneAt !== undefined) counts[doneAt <= kill.at ? 'killedAfterCommit' : 'killedBeforeCommit'] += 1;
    }
  }
  return counts;
}

function countDeadLetters({ clients }: History): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, state, code } of clients.flatMap(({ queue }) => queue)) {
    if (state !== 'failed') continue;
    const words = `${name}: ${code}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}
