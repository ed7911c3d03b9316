/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { beforeAll, expect, test } from 'vitest';
import { DISK_CALLS } from './faults.ts';
import { simulateMany, type Sum } from './many.ts';
import { NOT_SIMULATED } from './not-simulated.ts';
import { simulateSeed } from './simulate.ts';

let sum: Sum;
beforeAll(async () => {
  sum = await simulateMany({ from: 1, seeds: 2_000, workers: availableParallelism() });
}, 600_000);

test('the same seed is the same history', async () => {
  for (const seed of [3, 14, 44, 341]) {
    const [first, second] = [await simulateSeed(seed), await simulateSeed(seed)];
    expect(second).toEqual(first);
    expect(first.events).toBeGreaterThan(200);
  }
});

test('[CLI3] [CLI4] [CLI13] [CONN2] whatever goes wrong, everybody has everything once in the end', () => {
  expect(sum.failures).toEqual([]);
  expect(sum.seeds).toBe(2_000);
});

test('[NOTE1] [NOTE2] [NOTE4] [NOTE5] partners write notes, and each time somebody is told of one it is their own', () => {
  for (const rule of ['NOTE1', 'NOTE2', 'NOTE4', 'NOTE5']) expect(sum.rules[rule]).toBeGreaterThan(100);
  expect(sum.faults['member.actsForAnother']).toBeGreaterThan(50);
});

test.each([
  'notes of an organisation come with the messages of the thread',
  'notes are read by all who take part in the thread',
])('[NOTE1] it is noticed where %s', async (mutation) => {
  const { failures } = await simulateMany({ from: 1, seeds: 25, workers: 1, mutation });
  expect(failures.map(({ rule }) => rule)).toContain('NOTE1');
});

test('every fault strikes, and every call to the disk fails', () => {
  const failedCall = (name: string) => /^disk\.(\w+)\.\w+$/.exec(name)?.[1];
  const idle = Object.keys(sum.faults).filter((name) => !sum.faults[name]);
  // Of calls that are rare not every failure is met in so few seeds.
  expect(idle.filter((name) => failedCall(name) === undefined)).toEqual([]);
  const calls = Object.keys(sum.faults).flatMap((name) => (idle.includes(name) ? [] : (failedCall(name) ?? [])));
  expect(new Set(calls)).toEqual(new Set(DISK_CALLS));
});

test('every rule is put to use, save those of which it is said why not', () => {
  const spec = readFileSync(new URL('../../../SPEC.md', import.meta.url), 'utf8');
  const rules = Array.from(spec.matchAll(/^- \*\*\[([A-Z]+\d+)\]\*\*/gm), ([, id = '']) => id);
  const isLeftOut = (id: string) => id in NOT_SIMULATED || id.replace(/\d+$/, '') in NOT_SIMULATED;
  expect(rules.filter((id) => !sum.rules[id] && !isLeftOut(id))).toEqual([]);
  expect(rules.filter((id) => sum.rules[id] && isLeftOut(id))).toEqual([]);
});
