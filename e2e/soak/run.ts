/** Many people talk for long, at the pace of people, and nothing fails: whatever holds memory must not hold ever more. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readFinally } from '../chaos/final-read.ts';
import { settle, type SettlementPlan } from '../chaos/settlement.ts';
import { curveOf, grows, type Curve } from './curve.ts';
import { attachTo } from './inspected-process.ts';
import { openTab } from './tab.ts';

export interface SoakPlan extends Pick<SettlementPlan, 'clients' | 'seed' | 'signal' | 'say'> {
  minutes: number;
}

export interface SoakOutcome {
  /** Bytes, of each thing that was measured. */
  curves: Record<string, Curve>;
  messages: number;
  /** How often the tab showed a new message at its end when it was looked at. */
  heard: number;
  holds: boolean;
}

const SAMPLE_MS = 30_000;
const WARM_UP_MS = 3 * 60_000;
/** Somebody does something every so many seconds. */
const PACE_S = 20;

export async function runSoak(plan: SoakPlan): Promise<SoakOutcome> {
  const { minutes, clients, signal, say } = plan;
  await using opened = new AsyncDisposableStack();
  // Each process opens an inspector at a port of its own, and says in its log where.
  const env = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };
  const { cluster, fleet, threadId } = opened.use(await settle({ ...plan, processes: 1, hosts: 1, env }));
  const [host] = cluster.hosts;
  if (!host) throw new Error('There is no host.');
  const tab = await openTab(cluster.origin, cluster.owner, threadId);
  opened.defer(() => tab.close());
  const log = join(host.dataDir, 'parley.log');
  const [api, worker] = [await attachTo('api', log), await attachTo('worker', log)];
  opened.defer(async () => [api, worker].forEach((one) => one.detach()));

  const warmUp = Math.min(WARM_UP_MS, (minutes * 60_000) / 4);
  say(`Everybody talks; measured after ${Math.round(warmUp / 1000)} s`);
  await fleet.act(clients / PACE_S);
  await delay(warmUp, undefined, { signal });
  const begun = performance.now();
  const samples: Record<string, { at: number; bytes: number }[]> = {};
  let heard = 0;
  let last = await tab.lastMessage();
  for (let at = 0; at < minutes * 60_000 - warmUp; at = performance.now() - begun) {
    const measured = {
      ...withName('API', await api.memory()),
      ...withName('Worker', await worker.memory()),
      'Tab heap': await tab.heap(),
    };
    for (const [name, bytes] of Object.entries(measured)) (samples[name] ??= []).push({ at, bytes });
    const words = Object.entries(measured).map(([name, bytes]) => `${name} ${(bytes / 1024 / 1024).toFixed(1)}`);
    say(`${String(Math.round((at + warmUp) / 1000)).padStart(5)} s  ${words.join(', ')}`);
    const now = await tab.lastMessage();
    if (now !== last) heard += 1;
    last = now;
    await delay(SAMPLE_MS, undefined, { signal });
  }
  await fleet.act(0);
  const { messages } = await readFinally(cluster.databaseUrl);
  const curves = Object.fromEntries(Object.entries(samples).map(([name, curve]) => [name, curveOf(curve)]));
  return { curves, messages: messages.length, heard, holds: heard > 0 && !Object.values(curves).some(grows) };
}

const withName = (name: string, { rss, heap }: { rss: number; heap: number }) => ({
  [`${name} memory`]: rss,
  [`${name} heap`]: heap,
});
