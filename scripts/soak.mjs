import { build } from './bootstrap/build.mjs';
import { inWords } from './bootstrap/in-words.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { assertNodeCanBoot, handOver } from './bootstrap/node.mjs';
import { root } from './bootstrap/run-quietly.mjs';
import { ensureSystemPackages } from './testing/system-packages.mjs';

/** `npm run soak`: people talk for long, and memory is looked at. What it does: e2e/soak/run.ts. */
await inWords(async () => {
  const say = (line) => process.stdout.write(`${line}\n`);
  assertNodeCanBoot();
  await ensureSystemPackages({ say });
  await ensureInstalled({ full: true, say });
  await build({ say });
  return handOver(`${root}e2e/soak/main.ts`, process.argv.slice(2));
});
