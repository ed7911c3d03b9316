import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function start(): Promise<{ child: ChildProcess; ready: unknown; url: string }> {
  const port = await freePort();
  const child = fork(new URL('./main.ts', import.meta.url).pathname, {
    execArgv: [],
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      REDIS_URL: '',
      LOG_LEVEL: 'error',
      AUTH_SECRET: 'a secret of the tests, long enough for all',
    },
  });
  const [ready] = (await once(child, 'message')) as [unknown];
  return { child, ready, url: `http://localhost:${port}` };
}

describe('the API process', () => {
  test('says that it is ready, with the link of the first account, and drains when asked', async () => {
    const { child, ready, url } = await start();
    expect(ready).toEqual({
      type: 'ready',
      setupUrl: expect.stringMatching(new RegExp(`^${url}/setup#token=[\\w-]{43}$`)),
    });
    expect((await fetch(`${url.replace('localhost', '127.0.0.1')}/readyz`)).status).toBe(200);
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('ends by itself when the supervisor is gone', async () => {
    const { child } = await start();
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
