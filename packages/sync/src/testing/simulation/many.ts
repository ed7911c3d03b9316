/** Many seeds, on as many cores as there are. */
import { Worker } from 'node:worker_threads';
import { STRIKES } from './faults.ts';
import type { Result } from './simulate.ts';
import { addCounts } from './tally.ts';

export interface Sum {
  seeds: number;
  /** By seed. */
  failures: { seed: number; rule: string; message: string }[];
  faults: Record<string, number>;
  rules: Record<string, number>;
  seconds: number;
}

export interface ManyOptions {
  from: number;
  seeds: number;
  workers: number;
  /** Name of a mistake that the engine is to have. */
  mutation?: string;
  /** Nothing more is begun once a seed has failed. Those below it have all been run. */
  untilFailure?: boolean;
  /** Told of what has been run so far. */
  onProgress?: (sum: Sum) => void;
}

/** Seeds that a worker runs before it reports. */
const AT_ONCE = 25;

/** @throws where a worker dies */
export async function simulateMany(options: ManyOptions): Promise<Sum> {
  const begun = performance.now();
  // None that never strikes is left out.
  const faults = Object.fromEntries(STRIKES.map((name) => [name, 0]));
  const sum: Sum = { seeds: 0, failures: [], faults, rules: {}, seconds: 0 };
  const end = options.from + options.seeds;
  let next = options.from;
  const run = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      const more = () => {
        if (next >= end || (options.untilFailure && sum.failures.length > 0)) return resolve();
        const seeds = Math.min(AT_ONCE, end - next);
        worker.postMessage({ from: next, seeds });
        next += seeds;
      };
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`A worker has ended by itself, with ${code}.`)));
      worker.on('message', (results: Result[]) => {
        for (const { seed, failure, ...counts } of results) {
          sum.seeds += 1;
          if (failure) sum.failures.push({ seed, ...failure });
          addCounts(sum.faults, counts.faults);
          addCounts(sum.rules, counts.rules);
        }
        sum.failures.sort((a, b) => a.seed - b.seed);
        sum.seconds = Math.round((performance.now() - begun) / 100) / 10;
        options.onProgress?.(sum);
        more();
      });
      more();
    });
  const workerData = { mutation: options.mutation ?? null };
  const workers = Array.from(
    { length: options.workers },
    () => new Worker(new URL('worker.ts', import.meta.url), { workerData }),
  );
  try {
    await Promise.all(workers.map(run));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return sum;
}
