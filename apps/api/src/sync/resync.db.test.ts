import { orgScope } from '@parley/core/scopes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actsOn } from '../cli/acts-on.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { PASSWORD, makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());

test('[LIVE9] what a command or an import writes makes clients of the running server ask', async () => {
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const client = await SyncClient.connect(browser, cast.alice.personId);
  const scope = orgScope(cast.acme);
  const [before] = (await client.pull([scope])).answers;
  // As a command does, which has no way to those who are connected.
  await actsOn(server.services.db).act(null, { write: [scope] }, async (tx) => {
    tx.put('org', scope, cast.acme, { ...(await tx.get('org', scope, cast.acme)), name: 'Acme & Sons' } as never);
  });
  await client.resync();
  const [after] = (await client.pull([scope])).answers;
  expect(before?.kind === 'delta' && before.rows).toMatchObject([['org', cast.acme, 1, { name: 'Acme' }]]);
  expect(after?.kind === 'delta' && after.rows).toMatchObject([['org', cast.acme, 2, { name: 'Acme & Sons' }]]);
  client.close();
});
