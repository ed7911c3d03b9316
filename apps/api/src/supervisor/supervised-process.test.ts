import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logFile } from './log-file.ts';
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts';

let directory: string;
let said: string[];
let running: SupervisedProcess[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-process-'));
  said = [];
  running = [];
});

afterEach(async () => {
  for (const one of running) await one.stop();
  rmSync(directory, { recursive: true });
});

test('tells when it is ready, with the set-up link, and drains on stop', async () => {
  const server = supervise('drains');
  expect(await server.ready).toEqual({ type: 'ready', setupUrl: 'http://localhost/setup' });
  await server.stop();
  await server.stop();
  expect(log()).toBe('started\ndrained\n');
  expect(said).toEqual([]);
});

test('hears what it says, and says something to it', async () => {
  const heard: unknown[] = [];
  const server = supervise('drains', (message) => heard.push(message));
  await server.ready;
  server.send({ type: 'commit' });
  await expect.poll(() => heard).toEqual([{ heard: { type: 'commit' } }]);
  await server.stop();
  server.send({ type: 'commit' });
});

test('a process that is killed is started again', async () => {
  const server = supervise('drains');
  await server.ready;
  process.kill(Number(readFileSync(join(directory, 'pid'), 'utf8')), 'SIGKILL');
  await expect.poll(() => log()).toBe('started\nstarted\n');
  expect(said).toEqual(['The server died (SIGKILL) and is started again.']);
});

test('a process that was ready once is started again however often it dies', { timeout: 60_000 }, async () => {
  const server = supervise('dies once it was ready');
  await server.ready;
  process.kill(Number(readFileSync(join(directory, 'pid'), 'utf8')), 'SIGKILL');
  await expect.poll(() => said.length, { timeout: 50_000 }).toBeGreaterThan(5);
  expect(said.at(-1)).toBe('The server died (exit code 3) and is started again.');
});

test(
  'a process that dies again and again before it is ready is given up, with its last words',
  { timeout: 30_000 },
  async () => {
    const server = supervise('dies');
    await expect(server.ready).rejects.toThrow(
      'The server died 5 times in a row (exit code 3).\nthe disk is on fire\nso is the other one',
    );
    expect(said).toHaveLength(4);
  },
);

function supervise(
  behaviour: 'drains' | 'dies' | 'dies once it was ready',
  onMessage?: (message: unknown) => void,
): SupervisedProcess {
  const one = superviseProcess({
    name: 'server',
    script: join(import.meta.dirname, 'supervised.fixture.ts'),
    env: { ...process.env, BEHAVIOUR: behaviour, DIRECTORY: directory },
    sink: logFile(join(directory, 'log')),
    log: (line) => said.push(line),
    ...(onMessage && { onMessage }),
  });
  running.push(one);
  return one;
}

function log(): string {
  return readFileSync(join(directory, 'log'), 'utf8');
}
