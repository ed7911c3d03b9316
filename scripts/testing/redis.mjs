import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StepError } from '../bootstrap/run-quietly.mjs';

const START_MS = 10_000;

/** Starts a Redis that keeps nothing, on a port of its own. Resolves to its URL and the way to stop it. */
export async function startRedis() {
  const port = await findFreePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', [...flags, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore', cwd: '/' });
  const gone = new Promise((resolve) => server.once('close', resolve));
  process.once('exit', () => server.kill('SIGKILL'));
  const deadline = performance.now() + START_MS;
  while (!(await answers(port))) {
    if (server.exitCode !== null || performance.now() > deadline) throw new StepError('redis-server did not start.');
    await delay(20);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      server.kill('SIGTERM');
      await gone;
    },
  };
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

function findFreePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
