/** A Redis that keeps nothing on disk: what it held is gone when it is killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';

export interface ChaosRedis {
  url: string;
  /** SIGKILL. @returns how to have an empty one in its place */
  takeAway(): Promise<() => Promise<void>>;
  /** SIGKILL, a while without it, and an empty one in its place. @returns whether it had held something, and held it no more */
  replace(awayMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<ChaosRedis> {
  const port = await freePort();
  let server: ChildProcess | null = null;
  const launch = async () => {
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    server = spawn('redis-server', [...flags, '--maxmemory-policy', 'noeviction'], {
      cwd: '/',
      detached: true,
      stdio: 'ignore',
    });
    // Where it is not installed nobody answers, which is waited for and told.
    server.once('error', () => {});
    await eventually('Redis', async () => (await ask(port, 'PING')) === '+PONG');
  };
  const kill = async () => {
    const killed = server;
    server = null;
    if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
    const gone = new Promise((resolve) => killed.once('exit', resolve));
    killed.kill('SIGKILL');
    await gone;
  };
  await launch();
  return {
    url: `redis://127.0.0.1:${port}`,
    async takeAway() {
      await kill();
      return launch;
    },
    async replace(awayMs) {
      const kept = await ask(port, 'SET chaos was-here');
      await kill();
      await delay(awayMs);
      await launch();
      return kept === '+OK' && (await ask(port, 'EXISTS chaos')) === ':0';
    },
    stop: kill,
  };
}

/** One inline command. @returns the first line of the answer; empty where nobody answers */
async function ask(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${command}\r\nQUIT\r\n`);
  const answer = await text(socket).catch(() => '');
  return answer.split('\r\n')[0] ?? '';
}
