/** `npm run soak`: prints what is measured, and last a line of JSON. */
import { parseArgs } from 'node:util';
import { randomSeed } from '../chaos/random.ts';
import { runSoak } from './run.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
process.on('disconnect', () => stop.abort());

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '45' },
    clients: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(randomSeed()) },
  },
});
const [minutes, clients, seed] = [Number(values.minutes), Number(values.clients), Number(values.seed)];
if (!(minutes >= 2) || !(clients >= 5 && clients <= 240) || !Number.isInteger(seed)) {
  process.stderr.write('Usage: npm run soak -- [--minutes M, from 2] [--clients N, 5 to 240] [--seed S]\n');
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`Seed ${seed}.`);
try {
  const { curves, messages, heard, holds } = await runSoak({ minutes, clients, seed, signal: stop.signal, say });
  const mb = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1).padStart(8);
  say(`\n${'MB'.padEnd(16)}   start  middle     end   an hour   last third / first`);
  for (const [name, { start, middle, end, anHour, growth }] of Object.entries(curves)) {
    say(`${name.padEnd(16)}${[start, middle, end].map(mb).join('')}${mb(anHour)}  ${growth.toFixed(3)}`);
  }
  say('');
  say(JSON.stringify({ minutes, clients, seed, messages, heard, curves, holds }));
  process.exitCode = holds ? 0 : 1;
} catch (error) {
  if (!stop.signal.aborted) throw error;
  say('Stopped.');
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
