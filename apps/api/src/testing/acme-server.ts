/** For a test file that wants no more: a server with the usual cast, and Alice's browser. Importing this starts and stops it. */
import { afterAll, beforeAll } from 'vitest';
import type { Browser } from './browser.ts';
import { makeCast, PASSWORD, startTestServer, type Cast, type TestServer } from './test-server.ts';

export let server: TestServer;
export let cast: Cast;
export let alice: Browser;

beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
  alice = await server.browser().signIn(cast.alice, PASSWORD);
});
afterAll(() => server.stop());
