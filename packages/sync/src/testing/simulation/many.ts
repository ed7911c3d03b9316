/** Many seeds, on as many cores as there are. */
import { Worker } from 'node:worker_threads';
import type { Result } from './simulate.ts';
import { addCounts } from './tally.ts';

export interface Sum {
  seeds: number;
  failures: { seed: number; rule: string; message: string }[];
  faults: Record<string, number>;
  rules: Record<string, number>;
  seconds: number;
}

/** Seeds that a worker runs before it reports. */
const AT_ONCE = 25;

export async function simulateMany(options: { from: number; seeds: number; workers: number }): Promise<Sum> {
  const begun = performance.now();
  const sum: Sum = { seeds: 0, failures: [], faults: {}, rules: {}, seconds: 0 };
  const end = options.from + options.seeds;
  let next = options.from;
  const run = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      const more = () => {
        if (next >= end) return resolve();
        const seeds = Math.min(AT_ONCE, end - next);
        worker.postMessage({ from: next, seeds });
        next += seeds;
      };
      worker.on('error', reject);
      worker.on('message', (results: Result[]) => {
        for (const { seed, failure, faults, rules } of results) {
          sum.seeds += 1;
          if (failure) sum.failures.push({ seed, ...failure });
          addCounts(sum.faults, faults);
          addCounts(sum.rules, rules);
        }
        more();
      });
      more();
    });
  const workers = Array.from({ length: options.workers }, () => new Worker(new URL('worker.ts', import.meta.url)));
  try {
    await Promise.all(workers.map(run));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  sum.seconds = Math.round((performance.now() - begun) / 100) / 10;
  return sum;
}
