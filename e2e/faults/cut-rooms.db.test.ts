/** A line that is cut after every single byte of the way into a room and of a word said there. */
import { threadScope } from '@parley/core/scopes';
import type { SaidPresence } from '@parley/core/presence';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RoomClient } from '../../apps/api/src/testing/room-client.ts';
import { SyncClient } from '../../apps/api/src/testing/sync-client.ts';
import { makeCast, PASSWORD, startTestServer, type TestServer } from '../../apps/api/src/testing/test-server.ts';
import { openFaultProxy, type FaultProxy } from '../chaos/fault-proxy.ts';
import type { SignedIn } from '../chaos/people.ts';
import { takeSeat } from '../chaos/room-seat.ts';
import { eventually } from '../eventually.ts';

/** Side by side: most of the time goes with waiting for the next try. */
const ROOMS = 24;
const here = { status: 'active', device: 'desktop' } as const;

let server: TestServer;
let bob: SignedIn;
let aliceId: string;
const rooms: { room: string; witness: RoomClient; network: FaultProxy }[] = [];
beforeAll(async () => {
  server = await startTestServer();
  const cast = await makeCast(server.services);
  aliceId = cast.alice.personId;
  const alice = await server.browser().signIn(cast.alice, PASSWORD);
  const { cookie, key } = await server.browser().signIn(cast.bob, PASSWORD);
  bob = { device: 'bob', personId: cast.bob.personId, orgId: cast.acme, cookie, key: key ?? '' };
  const sync = await SyncClient.connect(alice, aliceId);
  for (let made = 0; made < ROOMS; made += 1) {
    const room = threadScope(await sync.startThread(cast.acme, [bob.personId]));
    const witness = await RoomClient.enter(alice, room);
    witness.say(here);
    rooms.push({ room, witness, network: await openFaultProxy([server.port], () => 0) });
  }
  sync.close();
});
afterAll(async () => {
  for (const { network, witness } of rooms) {
    witness.close();
    await network.close();
  }
  await server.stop();
});

const shows = (witness: RoomClient, ...said: SaidPresence[]) =>
  eventually('a witness to see who is there', () => {
    const expected = said.map((each) => ({ ...each, personId: bob.personId }));
    return JSON.stringify(witness.others) === JSON.stringify(expected);
  });

test.each(['send', 'answer'] as const)(
  '[PRE1] [PRE4] cut after any byte of the %s, a seat is taken again and none is left behind',
  { timeout: 300_000 },
  async (where) => {
    const { origin } = new URL(server.services.settings.publicUrl);
    let next = 1;
    /** The first byte that was not there to be cut. */
    let whole = Infinity;
    const cuts: number[] = [];
    const visit = async ({ room, witness, network }: (typeof rooms)[number]) => {
      const struck = () => network.fired[where === 'send' ? 'cutInSend' : 'cutInAnswer'];
      while (next < whole) {
        const byte = next++;
        const before = struck();
        network.cutAt(where, byte);
        const seat = takeSeat(bob, { port: network.port, origin, scope: room });
        seat.say(here);
        await shows(witness, here);
        seat.say({ ...here, typing: 1 });
        await shows(witness, { ...here, typing: 1 });
        await eventually('them to see the witness', () => seat.people.has(aliceId));
        if (struck() > before) cuts.push(byte);
        else whole = Math.min(whole, byte);
        network.become({ kind: 'fair' });
        seat.leave();
        await shows(witness);
      }
    };
    await Promise.all(rooms.map(visit));
    const inside = cuts.filter((byte) => byte < whole).sort((a, b) => a - b);
    expect(inside).toEqual(Array.from({ length: whole - 1 }, (_, index) => index + 1));
    expect(whole).toBeGreaterThan(where === 'send' ? 400 : 150);
    await eventually('only the witnesses to be left', () => server.services.connections.open().length === ROOMS);
    expect(rooms.every(({ witness }) => witness.isOpen)).toBe(true);
  },
);
