/** `npm run chaos`, or with `--rolling` only the replacing of processes: prints a table, and last a line of JSON. */
import { parseArgs } from 'node:util';
import { randomSeed } from './random.ts';
import { countFindings, rollingTable, table } from './report.ts';
import { runRolling } from './rolling.ts';
import { runChaos } from './run.ts';
import { SERVER_FAULTS, type ServerFault } from './server-faults.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
process.on('disconnect', () => stop.abort());

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '200' },
    rolling: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(randomSeed()) },
  },
});
const { rolling } = values;
const [minutes, clients, seed] = [Number(values.minutes), Number(values.clients), Number(values.seed)];
const rounds = Number(values.rounds);
// One person may invite 200 others in an hour.
if (!(minutes > 0) || !(clients >= 5 && clients <= 240) || !Number.isInteger(seed) || !(rounds >= 1)) {
  process.stderr.write(
    'Usage: npm run chaos -- [--minutes M | --rolling [--rounds R]] [--clients N, 5 to 240] [--seed S]\n',
  );
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const started = performance.now();
const seconds = (): number => Math.round((performance.now() - started) / 1000);
const common = {
  clients,
  seed,
  processes: 2,
  signal: stop.signal,
  say: (line: string) => say(`${String(seconds()).padStart(5)} s  ${line}`),
};

async function storm(): Promise<{ holds: boolean; figures: object }> {
  const faults = Object.keys(SERVER_FAULTS) as ServerFault[];
  const outcome = await runChaos({ ...common, minutes, faults, scale: 1, stormEveryMs: 700 });
  for (const line of table(outcome)) say(line);
  const { holds, verdict, failures } = outcome;
  return { holds, figures: { ...countFindings(verdict), faults: outcome.faults, failures } };
}

async function roll(): Promise<{ holds: boolean; figures: object }> {
  const outcome = await runRolling({ ...common, rounds });
  for (const line of rollingTable(outcome)) say(line);
  const { holds, verdict, restarts, failures } = outcome;
  return { holds, figures: { ...countFindings(verdict), restarts, failures } };
}

say(`Seed ${seed}.`);
try {
  const { holds, figures } = rolling ? await roll() : await storm();
  say(JSON.stringify({ seconds: seconds(), clients, seed, ...figures, holds }));
  process.exitCode = holds ? 0 : 1;
} catch (error) {
  const words = error instanceof Error ? error.message : String(error);
  say(JSON.stringify({ seconds: seconds(), clients, seed, failures: [words], holds: false }));
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
