import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('processes that come at once work one after the other', async () => {
  const fixture = join(import.meta.dirname, 'one-at-a-time.fixture.mjs');
  const ends = Array.from({ length: 4 }, () => once(fork(fixture, [folder]), 'exit'));
  expect((await Promise.all(ends)).map(([code]) => code)).toEqual([0, 0, 0, 0]);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('begin end '.repeat(4));
  expect(readdirSync(folder)).toEqual(['log']);
});

test.each([
  ['a process that is gone', 2 ** 22 + 1],
  ['something else with its pid', 1],
  ['this very pid', process.pid],
])('the lock left by %s does not count', async (_, pid) => {
  writeFileSync(join(folder, '.parley-work.lock'), String(pid));
  expect(await oneAtATime('work', () => 'done', { folder })).toBe('done');
  expect(readdirSync(folder)).toEqual([]);
});

test('work that fails frees the lock', async () => {
  const fail = () => Promise.reject(new Error('no disk'));
  await expect(oneAtATime('work', fail, { folder })).rejects.toThrow('no disk');
  expect(readdirSync(folder)).toEqual([]);
});
