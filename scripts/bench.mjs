import { build } from './bootstrap/build.mjs';
import { inWords } from './bootstrap/in-words.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { assertNodeCanBoot, handOver } from './bootstrap/node.mjs';
import { root } from './bootstrap/run-quietly.mjs';

/** `npm run bench -- [P1 …] [--json]`: measures ours beside limits and peers, in one run. */
await inWords(async () => {
  // Standard output may be JSON for another program.
  const say = (line) => process.stderr.write(`${line}\n`);
  assertNodeCanBoot();
  await ensureInstalled({ full: true, say });
  // Some go through the web app.
  await build({ say });
  return handOver(`${root}bench/src/main.ts`, process.argv.slice(2));
});
