/** Rooms whose people sit on several processes. Rules: docs/decisions/0022, [PRE13] and on. */
import { orgScope } from '@parley/core/scopes';
import { expect, test } from 'vitest';
import { RoomClient } from '../testing/room-client.ts';
import { PASSWORD, type TestServer } from '../testing/test-server.ts';
import { startTwoServers } from '../testing/two-servers.ts';
import { ROOM_CODES } from './seat.ts';

const here = { status: 'active', device: 'desktop' } as const;

async function twoProcesses() {
  const { first, second, cast } = await startTwoServers();
  const enter = async (server: TestServer, who: typeof cast.alice) =>
    RoomClient.enter(await server.browser().signIn(who, PASSWORD), orgScope(cast.acme));
  return { first, second, cast, enter };
}

test('[PRE13] people on two processes see each other, come and go', async () => {
  const { first, second, cast, enter } = await twoProcesses();
  const [alice, bob] = [await enter(first, cast.alice), await enter(second, cast.bob)];
  alice.say(here);
  bob.say({ ...here, typing: 1 });
  // The processes join the bus in the background, and ask then for what they missed.
  await alice.sees(cast.bob.personId);
  await bob.sees(cast.alice.personId);
  expect(alice.others).toEqual([{ ...here, typing: 1, personId: cast.bob.personId }]);
  const late = await enter(second, cast.bob);
  await late.sees(cast.alice.personId, cast.bob.personId);
  alice.close();
  await late.sees(cast.bob.personId);
  bob.close();
  late.close();
});

test('[PRE8] who is taken out through one process is cut off on the other', async () => {
  const { first, second, cast, enter } = await twoProcesses();
  const [alice, bob] = [await enter(first, cast.alice), await enter(second, cast.bob)];
  alice.say(here);
  bob.say(here);
  await alice.sees(cast.bob.personId);
  const owner = await first.browser().signIn(cast.alice, PASSWORD);
  const out = { orgId: cast.acme, personId: cast.bob.personId };
  expect((await owner.call('mutation', 'organisations.deactivateMember', out)).status).toBe(200);
  expect(await bob.closeCode()).toBe(ROOM_CODES.lost);
  await alice.sees();
  alice.close();
});
