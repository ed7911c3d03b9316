/// <reference types="node" />
/**
 * `npm run sim -- --seeds N [--from S] [--workers W]` runs many seeds and says which failed; its last line is JSON.
 * `npm run sim -- --seed S` runs one and tells its history, of a failing one the shortest that still fails.
 * `npm run sim:mutants` tells how many seeds it takes to notice each of the mistakes in `mutations.ts`.
 */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { simulateMany, type Sum } from './many.ts';
import { tryMutants } from './mutants.ts';
import { planOf } from './plan.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    mutants: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
  },
});
const [seeds, from, workers] = [Number(values.seeds), Number(values.from), Number(values.workers)];

/** Seeds between two words about how it goes. */
const WORD_EVERY = 1_000;

if (values.mutants) await runMutants();
else if (values.seed === undefined) await runMany();
else await runOne(Number(values.seed));

async function runMany(): Promise<void> {
  let said = 0;
  let told = 0;
  const onProgress = ({ seeds: run, failures: failed, seconds }: Sum) => {
    for (const { seed, message } of failed.slice(told)) process.stderr.write(`${seed}  ${message}\n`);
    told = failed.length;
    if (run < said + WORD_EVERY) return;
    said = run;
    const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
    process.stderr.write(`${run} of ${seeds} seeds, ${failed.length} failed, ${seconds} s, ${memory} MiB\n`);
  };
  const { seeds: run, failures, ...sum } = await simulateMany({ from, seeds, workers, onProgress });
  for (const { seed, message } of failures) say(`${seed}  ${message}`);
  say(JSON.stringify({ seeds: run, failures: failures.length, ...sum }));
  process.exitCode = failures.length === 0 && run === seeds ? 0 : 1;
}

async function runOne(seed: number): Promise<void> {
  let plan = planOf(seed);
  const { failure } = await simulate(plan);
  if (failure && !values.whole) plan = await shrink(plan, failure.rule);
  const result = await simulate(plan, (line) => say(line.slice(0, 400)));
  say(`\n${JSON.stringify(plan)}\n`);
  say(result.failure ? result.failure.message : 'Every rule held.');
  say(JSON.stringify({ ...result, failure: result.failure?.rule ?? null }));
  process.exitCode = result.failure ? 1 : 0;
}

async function runMutants(): Promise<void> {
  say(`${'group'.padEnd(22)} ${'seeds'.padStart(6)} ${'rule'.padEnd(7)} mistake`);
  const mutants = await tryMutants({
    seeds,
    workers,
    tried: ({ group, name, seeds: needed, rule }) =>
      say(`${group.padEnd(22)} ${String(needed ?? 'none').padStart(6)} ${(rule ?? '').padEnd(7)} ${name}`),
  });
  const caught = mutants.filter((mutant) => mutant.seeds !== null);
  say(`${caught.length} of ${mutants.length} are noticed within ${seeds} seeds`);
  process.exitCode = caught.length === mutants.length ? 0 : 1;
}
