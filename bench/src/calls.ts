/** P13: procedures called over the one WebSocket of a client, beside the same library over HTTP. */
import { setLogLevel } from '@parley/api/logger';
import type { AppRouter } from '@parley/api/router';
import { startServer } from '@parley/api/server';
import { createTRPCClient, createWSClient, httpLink, wsLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { WebSocket as NodeWebSocket } from 'ws';
import type { Bench } from './contest.ts';
import { openInstallation } from './installation.ts';

const CALLS = 2_000;
// What one tick asks travels in one frame, and the server takes ten calls in a frame.
const AT_ONCE = 10;

const bareRouter = (() => {
  const { router, procedure } = initTRPC.create();
  return router({ session: procedure.query(() => ({ person: null, needsSetup: false })) });
})();

export const calling: Bench = {
  id: 'P13',
  what: 'procedure calls over one WebSocket',
  async *contests() {
    await using installation = await openInstallation();
    await using ours = await openSocket(installation.url);
    await using bare = await openBareHttp();
    yield {
      id: 'P13',
      what: 'procedure calls',
      unit: 'calls/s',
      ours: () => rate(ours.call),
      peer: { name: 'bare tRPC over HTTP', run: () => rate(bare.call) },
      goals: [{ against: 'peer', is: 'at least', value: 5 }],
    };
  },
};

interface Callable extends AsyncDisposable {
  call: () => Promise<unknown>;
}

/** Calls a second. */
async function rate(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const caller = async (): Promise<void> => {
    for (let made = 0; made < CALLS / AT_ONCE; made += 1) await call();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return (CALLS * 1_000) / (performance.now() - start);
}

/** The API server as it ships; its answer about who is signed in, which costs no query for a signed-in person. */
async function openSocket(databaseUrl: string): Promise<Callable> {
  setLogLevel('silent');
  const publicUrl = 'http://localhost:3000';
  const server = await startServer({
    databaseUrl,
    port: 0,
    host: '127.0.0.1',
    publicUrl,
    authSecret: 'a secret of the benches, long enough for all',
    webFolder: '/nowhere',
    dataDir: tmpdir(),
  });
  const url = `http://127.0.0.1:${server.port}`;
  const { cookie, key } = await makeFirstAccount(url, server.setUpUrl);
  const client = createWSClient({
    url: `${url.replace('http', 'ws')}/trpc`,
    WebSocket: class extends NodeWebSocket {
      constructor(address: string | URL) {
        super(address, ['parley', `key.${key}`], { headers: { cookie, origin: url } });
      }
    } as unknown as typeof WebSocket,
  });
  const { accounts } = createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
  const { person } = await accounts.session.query();
  if (!person) throw new Error('Nobody is signed in.');
  return {
    call: () => accounts.session.query(),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close();
    },
  };
}

async function makeFirstAccount(url: string, setUpUrl: string | null): Promise<{ cookie: string; key: string }> {
  const token = new URL(setUpUrl ?? '').hash.replace('#token=', '');
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  const response = await fetch(`${url}/trpc/accounts.setUp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, 'x-parley-key': key, 'x-parley-new-key': key },
    body: JSON.stringify({
      token,
      organisationName: 'Acme',
      name: 'Alice',
      email: 'alice@example.org',
      password: 'correct horse battery',
    }),
  });
  if (!response.ok) throw new Error(`The first account was not made: ${await response.text()}`);
  const cookie = response.headers.getSetCookie().map((each) => each.split(';')[0]);
  return { cookie: cookie.join('; '), key };
}

async function openBareHttp(): Promise<Callable> {
  const server = createHTTPServer({ router: bareRouter });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createTRPCClient<typeof bareRouter>({ links: [httpLink({ url: `http://127.0.0.1:${port}` })] });
  return {
    call: () => client.session.query(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
