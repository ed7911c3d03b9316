import { build } from './bootstrap/build.mjs';
import { inWords } from './bootstrap/in-words.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { assertNodeCanBoot, handOver } from './bootstrap/node.mjs';
import { root } from './bootstrap/run-quietly.mjs';

/** `npm start`: from a fresh clone to a running installation. Runs on the system's Node, without dependencies. */
await inWords(async () => {
  const say = (line) => process.stdout.write(`${line}\n`);
  assertNodeCanBoot();
  await ensureInstalled({ full: false, say });
  await build({ say });
  return handOver(`${root}apps/api/src/supervisor/main.ts`, []);
});
