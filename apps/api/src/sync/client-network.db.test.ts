/** The network adapter that browsers ship, against this server. */
import { threadScope } from '@parley/core/scopes';
import { createTrpcNetwork } from '@parley/sync/adapters/trpc';
import { PROTOCOL_VERSION, type LiveEvent } from '@parley/sync/protocol';
import { createTRPCClient, wsLink } from '@trpc/client';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket as NodeWebSocket } from 'ws';
import type { AppRouter } from '../router.ts';
import type { Browser } from '../testing/browser.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());

/** A connection as the engine holds it, from a browser with its cookies and its key. */
function open(browser: Browser, personId: string) {
  const { cookie, key } = browser;
  const network = createTrpcNetwork({
    url: () => `${server.url.replace('http', 'ws')}/trpc`,
    protocols: async () => ['parley', `key.${key}`],
    calls: (client) => createTRPCClient<AppRouter>({ links: [wsLink({ client })] }).sync,
    async whyRefused() {
      const { data } = await browser.call('query', 'accounts.session');
      return (data as { person: object | null }).person === null ? 'unauthorised' : 'lost';
    },
    WebSocket: class extends NodeWebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols ?? [], { headers: { cookie, origin: server.url } });
      }
    } as unknown as typeof WebSocket,
  });
  const caller = { personId, clientId: uuidv7() };
  const hello = Promise.withResolvers<LiveEvent>();
  const poked = Promise.withResolvers<LiveEvent>();
  const closed = Promise.withResolvers<string>();
  const connection = network.connect(caller, {
    live: (event) => (event.kind === 'hello' ? hello : poked).resolve(event),
    closed: (reason) => closed.resolve(reason),
  });
  const common = { ...caller, protocol: PROTOCOL_VERSION, incarnation: null };
  return { connection, common, hello: hello.promise, poked: poked.promise, closed: closed.promise };
}

test('calls and pokes share one socket, which ends with the session', async () => {
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const { connection, common, hello, poked, closed } = open(browser, cast.alice.personId);
  expect(await hello).toMatchObject({ kind: 'hello' });
  const threadId = uuidv7();
  const scope = threadScope(threadId);
  const push = (name: string, n: number, args: object) =>
    connection.push({ ...common, mutations: [{ id: uuidv7(), lane: scope, n, name, version: 1, args, at: 0 }] });
  await push('createThread', 1, { threadId, orgId: cast.acme, subject: 'A thread', participantIds: [] });
  const { answers } = await connection.pull({ ...common, scopes: [{ scope, from: null, epoch: null, window: 10 }] });
  expect(answers).toMatchObject([{ scope, kind: 'truncated', to: 1 }]);
  const { results } = await push('sendMessage', 2, { threadId, messageId: uuidv7(), text: 'Hello' });
  expect(results).toMatchObject([{ status: 'applied', effects: [{ scope, version: 2 }] }]);
  expect(await poked).toMatchObject({ kind: 'poke', scope, from: 1, to: 2 });
  await browser.call('mutation', 'accounts.signOut');
  expect(await closed).toBe('unauthorised');
  await expect(connection.pull({ ...common, scopes: [] })).rejects.toThrow();
});

test('pages asked for in one moment are all answered, however many', async () => {
  const browser = await server.browser().signIn(cast.bob, PASSWORD);
  const { connection, common, hello } = open(browser, cast.bob.personId);
  const { incarnation } = (await hello) as Extract<LiveEvent, { kind: 'hello' }>;
  const threadId = uuidv7();
  const scope = threadScope(threadId);
  const args = { threadId, orgId: cast.acme, subject: 'A thread', participantIds: [] };
  const mutation = { id: uuidv7(), lane: scope, n: 1, name: 'createThread', version: 1, args, at: 0 };
  await connection.push({ ...common, mutations: [mutation] });
  const page = { ...common, incarnation, scope, epoch: 1, before: 1, limit: 10 };
  const answers = await Promise.all(Array.from({ length: 40 }, () => connection.page(page)));
  expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 40 }, () => 'page'));
  connection.close();
});

test('nobody signed in is told so', async () => {
  expect(await open(server.browser(), cast.alice.personId).closed).toBe('unauthorised');
});

test('somebody else signed in is told so', async () => {
  const browser = await server.browser().signIn(cast.bob, PASSWORD);
  expect(await open(browser, cast.alice.personId).closed).toBe('wrong_account');
});
