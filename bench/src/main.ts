/** `npm run bench -- [P1 P7 …] [--json] [--rounds N] [--profile FOLDER] [--with-replicache]`: all benches, or those named. */
import { parseArgs } from 'node:util';
import { keeping } from './cache-writes.ts';
import { calling } from './calls.ts';
import { catchingUp } from './catch-up.ts';
import { coldStarting } from './cold-start.ts';
import { syncingCold } from './cold-sync.ts';
import { fanningOut } from './fan-out.ts';
import { growth, hold, ROUNDS, type Bench, type Result } from './contest.ts';
import { remembering } from './memory.ts';
import { painting } from './painting.ts';
import { besidePeers } from './peers.ts';
import { writeProfiles } from './profile.ts';
import { reconnecting } from './reconnect.ts';
import { sendingToMany, sendingToOne, sendingBesideSnapshot } from './sends.ts';
import { switching } from './switching.ts';
import { tableOf } from './table.ts';
import { hearingOfTyping } from './typing.ts';

const benches: Bench[] = [
  sendingToMany,
  sendingToOne,
  sendingBesideSnapshot,
  painting,
  fanningOut,
  remembering,
  hearingOfTyping,
  reconnecting,
  catchingUp,
  syncingCold,
  keeping,
  coldStarting,
  switching,
  calling,
  besidePeers,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: String(ROUNDS) },
    profile: { type: 'string' },
    'with-replicache': { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !benches.some(({ id }) => id === name));
if (unknown.length > 0) {
  const known = benches.map(({ id, what }) => `  ${id.padEnd(4)} ${what}`).join('\n');
  process.stderr.write(`There is no bench ${unknown.join(', ')}. These are there:\n${known}\n`);
  process.exit(1);
}

// Ends what was started, see `openInstallation`.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const results: Result[] = [];
for (const { id, what, contests } of benches) {
  if (positionals.length > 0 && !positionals.includes(id)) continue;
  process.stderr.write(`${id} ${what} …\n`);
  for await (const contest of contests({ withReplicache: values['with-replicache'] })) {
    const smaller = results.filter((result) => result.id === contest.id && result.what === contest.what);
    const found = (await hold(contest, Number(values.rounds))).map((result) => ({
      ...result,
      growth: growth([...smaller, result]),
    }));
    if (values.profile) await writeProfiles(contest, values.profile);
    results.push(...found);
    if (values.json) for (const result of found) process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}
if (!values.json) process.stdout.write(`${tableOf(results)}\n`);
