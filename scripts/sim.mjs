import { inWords } from './bootstrap/in-words.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { assertNodeCanBoot, handOver } from './bootstrap/node.mjs';
import { root } from './bootstrap/run-quietly.mjs';

/**
 * `npm run sim -- --seeds N [--from S]` simulates the whole sync system from many seeds, `npm run sim -- --seed S` from
 * one, and tells its history. See packages/sync/src/testing/simulation/main.ts.
 */
await inWords(async () => {
  assertNodeCanBoot();
  await ensureInstalled({ full: true, say: (line) => process.stderr.write(`${line}\n`) });
  return handOver(`${root}packages/sync/src/testing/simulation/main.ts`, process.argv.slice(2), { cwd: root });
});
