/** The Redis of the test run; one of our own where the run has none, or where it is to be stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';

export interface TestRedis {
  url: string;
  stop(): Promise<void>;
}

/** @param options `port`: where it is to listen, instead of any free one */
export async function openTestRedis({
  isShared = true,
  port: wanted,
}: { isShared?: boolean; port?: number } = {}): Promise<TestRedis> {
  const given = isShared ? process.env['TEST_REDIS_URL'] : undefined;
  if (given) return { url: given, stop: async () => undefined };
  const port = wanted ?? (await freePort());
  const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', flags, { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  const probe = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  // Refused until it listens.
  probe.on('error', () => undefined);
  await probe.ping();
  probe.disconnect();
  return {
    url,
    async stop() {
      server.kill();
      await once(server, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
