import { inWords } from './bootstrap/in-words.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { assertNodeCanBoot, handOver } from './bootstrap/node.mjs';
import { root } from './bootstrap/run-quietly.mjs';

/** `npm run parley -- …`: the command line of an installation, also while it is running. */
await inWords(async () => {
  // Standard output belongs to the command: it may be JSON for another program.
  const say = (line) => process.stderr.write(`${line}\n`);
  assertNodeCanBoot();
  await ensureInstalled({ full: false, say });
  // Paths mean what they meant where the command was typed; npm itself goes to the checkout.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return handOver(`${root}apps/api/src/cli/main.ts`, process.argv.slice(2), { cwd });
});
