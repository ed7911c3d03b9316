/** `npm run chaos`: prints a table, and last a line of JSON. */
import { parseArgs } from 'node:util';
import { randomSeed } from './random.ts';
import { countFindings, table } from './report.ts';
import { runChaos } from './run.ts';
import { SERVER_FAULTS, type ServerFault } from './server-faults.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
process.on('disconnect', () => stop.abort());

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(randomSeed()) },
  },
});
const [minutes, clients, seed] = [Number(values.minutes), Number(values.clients), Number(values.seed)];
// One person may invite 200 others in an hour.
if (!(minutes > 0) || !(clients >= 5 && clients <= 240) || !Number.isInteger(seed)) {
  process.stderr.write('Usage: npm run chaos -- [--minutes M] [--clients N, 5 to 240] [--seed S]\n');
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const started = performance.now();
const seconds = (): number => Math.round((performance.now() - started) / 1000);
say(`Seed ${seed}.`);
try {
  const outcome = await runChaos({
    minutes,
    clients,
    seed,
    faults: Object.keys(SERVER_FAULTS) as ServerFault[],
    scale: 1,
    processes: 2,
    stormEveryMs: 700,
    signal: stop.signal,
    say: (line) => say(`${String(seconds()).padStart(5)} s  ${line}`),
  });
  for (const line of table(outcome)) say(line);
  const { faults, failures, holds, verdict } = outcome;
  say(JSON.stringify({ seconds: seconds(), clients, seed, ...countFindings(verdict), faults, failures, holds }));
  process.exitCode = holds ? 0 : 1;
} catch (error) {
  const words = error instanceof Error ? error.message : String(error);
  say(JSON.stringify({ seconds: seconds(), clients, seed, failures: [words], holds: false }));
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
