/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutated, MUTATIONS } from './mutations.ts';

test.each(Object.entries(MUTATIONS))('it can still be tried whether %s', (_name, mutation) => {
  const source = readFileSync(new URL(`../../${mutation.file}`, import.meta.url), 'utf8');
  expect(mutated(source, mutation)).not.toBe(source);
});

test('there are two of each group', () => {
  const groups = Object.values(MUTATIONS).map(({ group }) => group);
  for (const group of groups) expect(groups.filter((other) => other === group)).toHaveLength(2);
  expect(groups).toHaveLength(12);
});

test('a mutation that does not fit its source is an error', () => {
  const mutation = { group: 'cursor', file: 'x.ts', before: 'one', after: 'two' } as const;
  expect(() => mutated('nothing', mutation)).toThrow('0 times');
  expect(() => mutated('one one', mutation)).toThrow('2 times');
});
