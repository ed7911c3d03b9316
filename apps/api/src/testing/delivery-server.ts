/**
 * For a test file that wants no more: a server with the usual cast and a guest of Acme, all signed in, and before every
 * test a new thread of both organisations. Importing this starts and stops it.
 */
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import type { Browser } from './browser.ts';
import { startDelivery } from './external-thread.ts';
import { RoomClient } from './room-client.ts';
import { addMember, makeCast, PASSWORD, startTestServer, type Cast, type TestServer } from './test-server.ts';

export let server: TestServer;
export let cast: Cast;
/** Alice, Bob, the guest and, of Globex, Carol take part. */
export let threadId: string;
export const gus = { personId: uuidv7(), name: 'Gus', email: 'gus@example.org' };
const browsers = new Map<string, Browser>();

beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
  await addMember(server.services, { ...gus, orgId: cast.acme, role: 'guest' });
  for (const person of [cast.alice, cast.bob, cast.carol, cast.dave, gus]) {
    browsers.set(person.personId, await server.browser().signIn(person, PASSWORD));
  }
});
beforeEach(async () => {
  const people = { ofAcme: [cast.alice, cast.bob, gus], ofGlobex: [cast.carol] };
  threadId = await startDelivery(server.services, { ...cast, ...people });
});
afterAll(() => server.stop());

export const browserOf = ({ personId }: { personId: string }): Browser => browsers.get(personId) as Browser;

/** Sits down in a room until the test is over. */
export async function enter(person: { personId: string }, scope: string): Promise<RoomClient> {
  const client = await RoomClient.enter(browserOf(person), scope);
  onTestFinished(() => client.close());
  return client;
}
