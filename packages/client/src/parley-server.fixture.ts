/** A real server process with an organisation, Acme, and Alice who owns it. */
import { createTestDatabase } from '@parley/db/testing';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createParleyClient } from './index.ts';

export const ALICE = { name: 'Alice', email: 'alice@example.org', password: 'correct horse battery' };

export interface ParleyServer {
  url: string;
  databaseUrl: string;
  /** Acme's. */
  orgId: string;
  /** Kills the server, and starts it again once this is done. */
  restart(meanwhile: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

export async function startParley(): Promise<ParleyServer> {
  const database = await createTestDatabase();
  const url = `http://127.0.0.1:${await freePort()}`;
  let server: ChildProcess;
  const start = async () => {
    server = fork(new URL('../../../apps/api/src/main.ts', import.meta.url).pathname, {
      execArgv: [],
      env: {
        ...process.env,
        DATABASE_URL: database.url,
        REDIS_URL: '',
        PORT: new URL(url).port,
        PUBLIC_URL: url,
        LOG_LEVEL: 'error',
        AUTH_SECRET: 'a secret of the tests, long enough for all',
      },
    });
    const [{ setupUrl }] = (await once(server, 'message')) as [{ setupUrl: string }];
    return setupUrl;
  };
  const setupUrl = await start();
  const token = new URL(setupUrl).hash.replace('#token=', '');
  const parley = createParleyClient({ url });
  await parley.calls.accounts.setUp.mutate({ token, organisationName: 'Acme', ...ALICE });
  const [acme] = await parley.calls.organisations.mine.query();
  return {
    url,
    databaseUrl: database.url,
    orgId: acme?.id ?? '',
    async restart(meanwhile) {
      server.kill('SIGKILL');
      await once(server, 'exit');
      await meanwhile();
      await start();
    },
    async stop() {
      server.kill('SIGTERM');
      await once(server, 'exit');
      await database.drop();
    },
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
