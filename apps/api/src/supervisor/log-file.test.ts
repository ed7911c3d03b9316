import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logFile, rememberingLastLines } from './log-file.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-log-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

test('appends to what is there, readable by its owner alone', () => {
  const path = join(directory, 'log');
  logFile(path).write(Buffer.from('one\n'));
  logFile(path).write(Buffer.from('two\n'));
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file beyond 20 MB is put aside, and the log goes on', () => {
  const path = join(directory, 'log');
  writeFileSync(path, '');
  truncateSync(path, 20 * 1024 * 1024 + 1);
  const log = logFile(path);
  log.write(Buffer.from('new\n'));
  log.write(Buffer.from('newer\n'));
  expect(readFileSync(path, 'utf8')).toBe('new\nnewer\n');
  expect(existsSync(`${path}.1`)).toBe(true);
});

test('the last twenty lines are remembered, however they were cut', () => {
  const log = rememberingLastLines({ write: () => {} });
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  for (const chunk of `${lines.join('\n')}\n`.match(/.{1,7}/gs) ?? []) log.write(Buffer.from(chunk));
  expect(log.lastLines()).toEqual(lines.slice(-20));
});
