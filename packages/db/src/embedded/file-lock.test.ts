import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryFileLock, withFileLock } from './file-lock.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-lock-'));
  path = join(directory, 'lock');
});

afterEach(() => rmSync(directory, { recursive: true }));

test('one exclusive holder at a time, in one process too', () => {
  const first = tryFileLock(path);
  expect(first).toBeDefined();
  expect(tryFileLock(path)).toBeUndefined();
  expect(tryFileLock(path, 'shared')).toBeUndefined();
  first?.release();
  first?.release();
  expect(tryFileLock(path)).toBeDefined();
});

test('any number of shared holders, and no exclusive one until the last has gone', () => {
  const shares = [tryFileLock(path, 'shared'), tryFileLock(path, 'shared')];
  for (const share of shares) {
    expect(share).toBeDefined();
    expect(tryFileLock(path)).toBeUndefined();
    share?.release();
  }
  expect(tryFileLock(path)).toBeDefined();
});

test('the lock of a killed process is free', async () => {
  const holder = fork(join(import.meta.dirname, 'lock-holder.fixture.ts'), [path]);
  await once(holder, 'message');
  expect(tryFileLock(path)).toBeUndefined();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(tryFileLock(path)).toBeDefined();
});

test('waiting ends in words when the holder stays', async () => {
  const holder = tryFileLock(path);
  await expect(withFileLock(path, 50, () => Promise.resolve())).rejects.toThrow(/Another process has held/);
  holder?.release();
  expect(await withFileLock(path, 50, () => Promise.resolve('done'))).toBe('done');
});
