/** Runs seeds on a core of its own. */
import { parentPort } from 'node:worker_threads';
import { simulateSeed, type Result } from './simulate.ts';

parentPort?.on('message', ({ from, seeds }: { from: number; seeds: number }) => {
  void (async () => {
    const results: Result[] = [];
    for (let seed = from; seed < from + seeds; seed += 1) results.push(await simulateSeed(seed));
    parentPort?.postMessage(results);
  })();
});
