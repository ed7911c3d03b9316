/** What no client of ours says in a room: it ends that socket, and nobody else notices. */
import { orgScope } from '@parley/core/scopes';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { awareness, RoomClient } from '../testing/room-client.ts';
import type { Browser } from '../testing/browser.ts';
import { makeCast, PASSWORD, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';
import { ROOM_CODES } from './seat.ts';

const here = { status: 'active', device: 'desktop' } as const;

let server: TestServer;
let cast: Cast;
let room: string;
let mallory: Browser;
let bystander: RoomClient;
let witness: RoomClient;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
  room = orgScope(cast.acme);
  mallory = await server.browser().signIn(cast.bob, PASSWORD);
  const alice = await server.browser().signIn(cast.alice, PASSWORD);
  [bystander, witness] = [await RoomClient.enter(alice, room), await RoomClient.enter(alice, room)];
  bystander.say(here);
});
afterEach(async () => {
  // Nothing of what was refused was told, and the others are where they were.
  await witness.sees(cast.alice.personId);
  expect([bystander.isOpen, witness.isOpen]).toEqual([true, true]);
  expect(witness.others).toEqual([{ ...here, personId: cast.alice.personId }]);
  expect((await server.browser().fetch('/healthz')).status).toBe(200);
});
afterAll(() => server.stop());

const said = (state: unknown) => (clientId: number) =>
  awareness([{ clientId, clock: 1, state: JSON.stringify(state) }]);
const ofSelf = (clientId: number, state: unknown = here) => ({ clientId, clock: 1, state: JSON.stringify(state) });

describe('[PRE11] forged or oversized', () => {
  test.each<[string, (clientId: number) => Uint8Array]>([
    ['another person', () => said({ ...here, personId: cast.alice.personId })(1)],
    ['a name', said({ ...here, name: 'Alice' })],
    ['a user, as the example of Yjs has it', said({ ...here, user: { name: 'Alice', color: '#f00' } })],
    [
      'a prototype',
      (clientId) => awareness([{ clientId, clock: 1, state: '{"__proto__":{"a":1},"status":"active"}' }]),
    ],
    ['two clients at once', (clientId) => awareness([ofSelf(clientId), ofSelf(clientId + 1)])],
    ['nobody at all', () => awareness([])],
    ['more clients than follow', (clientId) => awareness([ofSelf(clientId)], 2 ** 31)],
    ['an unknown status', said({ ...here, status: 'admin' })],
    ['an unknown device', said({ ...here, device: 'server' })],
    ['do not disturb as a question', said({ ...here, doNotDisturb: false })],
    ['an end of it', said({ ...here, doNotDisturb: 1_800_000_000_000 })],
    ['no status', said({ device: 'phone' })],
    ['typing that is no number', said({ ...here, typing: 'hello' })],
    ['a list', said([here])],
    ['a state that is no JSON', (clientId) => awareness([{ clientId, clock: 1, state: '{"status"' }])],
    ['a state of 900 bytes', said({ ...here, status: 'x'.repeat(900) })],
  ])('%s is refused', async (_name, frame) => {
    const client = await RoomClient.enter(mallory, room);
    client.send(frame(client.clientId));
    expect(await client.closeCode()).toBe(ROOM_CODES.refused);
  });

  test('another client than before is refused, and the one before goes with it', async () => {
    const client = await RoomClient.enter(mallory, room);
    client.say(here);
    await witness.sees(cast.alice.personId, cast.bob.personId);
    client.send(said(here)(client.clientId + 1));
    expect(await client.closeCode()).toBe(ROOM_CODES.refused);
  });

  test('a frame of more than a kilobyte is refused', async () => {
    const client = await RoomClient.enter(mallory, room);
    client.send(said({ ...here, status: 'x'.repeat(2_000) })(1));
    expect(await client.closeCode()).toBe(1009);
  });

  test('more than forty frames in ten seconds are too many', async () => {
    const client = await RoomClient.enter(mallory, room);
    for (let times = 0; times < 41; times += 1) client.say(null);
    expect(await client.closeCode()).toBe(ROOM_CODES.tooMuch);
  });
});

describe('[PRE12] malformed', () => {
  const document = { stepTwo: [0, 1, 2, 0, 0], update: [0, 2, 2, 0, 0] };
  test.each<[string, Uint8Array | string]>([
    ['text', 'hello'],
    ['JSON', JSON.stringify(here)],
    ['nothing', new Uint8Array()],
    ['a document', Uint8Array.from(document.stepTwo)],
    ['an update of one', Uint8Array.from(document.update)],
    ['a permission', Uint8Array.of(2, 0, 0)],
    ['a kind that there is not', Uint8Array.of(9)],
    ['a number without an end', new Uint8Array(20).fill(0xff)],
    ['a length beyond its frame', Uint8Array.of(1, 0xff, 0x07, 1, 1, 1)],
    ['a question with more behind it', Uint8Array.of(3, 3)],
  ])('%s ends the socket', async (_name, bytes) => {
    const client = await RoomClient.enter(mallory, room);
    client.send(bytes);
    expect(await client.closeCode()).toBe(ROOM_CODES.refused);
  });

  const frames = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), { numRuns: 15, seed: 22 });
  const shortened = fc.sample(fc.nat(40), { numRuns: 15, seed: 22 }).map((length, index) => {
    const frame = said(here)(index);
    return frame.slice(0, Math.min(length, frame.length - 1));
  });
  test.each([...frames, ...shortened].map((bytes) => [Buffer.from(bytes).toString('hex'), bytes] as const))(
    'at random: %s',
    async (_name, bytes) => {
      const client = await RoomClient.enter(mallory, room);
      client.send(bytes);
      // Chance makes a frame that may be said: a question.
      const isQuestion = (bytes[0] === 3 && bytes.length === 1) || (bytes[0] === 0 && bytes[1] === 0);
      if (isQuestion) client.close();
      else expect(await client.closeCode()).toBe(ROOM_CODES.refused);
    },
  );

  test('a flood that nobody reads ends only itself', async () => {
    const client = await RoomClient.enter(mallory, room);
    for (let times = 0; times < 1_000; times += 1) client.send(Uint8Array.of(3));
    await vi.waitFor(() => expect(client.isOpen).toBe(false), { timeout: 5_000 });
  });
});
