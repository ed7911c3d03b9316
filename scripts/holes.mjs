import { inWords } from './bootstrap/in-words.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { assertNodeCanBoot, handOver } from './bootstrap/node.mjs';
import { root } from './bootstrap/run-quietly.mjs';

/** `npm run holes`: shows that tests notice what would let one organisation see another's. See testing/open-holes.ts. */
await inWords(async () => {
  assertNodeCanBoot();
  await ensureInstalled({ full: true, say: (line) => process.stdout.write(`${line}\n`) });
  return handOver(`${root}scripts/testing/open-holes.ts`, [], { cwd: root });
});
