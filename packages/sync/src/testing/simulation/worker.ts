/// <reference types="node" />
/** Runs seeds on a core of its own, where it is told so with a mistake in the engine. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { mutated, MUTATIONS } from './mutations.ts';
import type { Result } from './simulate.ts';

const { mutation: name } = workerData as { mutation: string | null };
const mutation = name === null ? undefined : MUTATIONS[name];
if (mutation) {
  const changed = new URL(`../../${mutation.file}`, import.meta.url).href;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      return url === changed ? { ...loaded, source: mutated(readFileSync(new URL(url), 'utf8'), mutation) } : loaded;
    },
  });
}

// Only now, so that it is the engine with the mistake.
const { simulateSeed } = await import('./simulate.ts');
parentPort?.on('message', ({ from, seeds }: { from: number; seeds: number }) => {
  void (async () => {
    const results: Result[] = [];
    for (let seed = from; seed < from + seeds; seed += 1) results.push(await simulateSeed(seed));
    parentPort?.postMessage(results);
  })();
});
