/// <reference types="node" />
/**
 * `npm run sim -- --seeds N [--from S]` runs many seeds and says which failed; its last line is JSON.
 * `npm run sim -- --seed S` runs one and tells its history, of a failing one the shortest that still fails.
 */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { simulateMany } from './many.ts';
import { planOf } from './plan.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    whole: { type: 'boolean', default: false },
  },
});

if (values.seed === undefined) {
  const workers = availableParallelism();
  const { failures, ...sum } = await simulateMany({ from: Number(values.from), seeds: Number(values.seeds), workers });
  for (const { seed, message } of failures) say(`${seed}  ${message}`);
  say(JSON.stringify({ ...sum, failures: failures.length }));
  process.exitCode = failures.length === 0 && sum.seeds > 0 ? 0 : 1;
} else {
  let plan = planOf(Number(values.seed));
  const { failure } = await simulate(plan);
  if (failure && !values.whole) plan = await shrink(plan, failure.rule);
  const result = await simulate(plan, (line) => say(line.slice(0, 400)));
  say(`\n${JSON.stringify(plan)}\n`);
  say(result.failure ? result.failure.message : 'Every rule held.');
  say(JSON.stringify({ ...result, failure: result.failure?.rule ?? null }));
  process.exitCode = result.failure ? 1 : 0;
}
