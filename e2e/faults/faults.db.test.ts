/**
 * One fault at a time, between the engine and the rooms that ship and the servers that ship: what is written meanwhile arrives
 * once, and who was there is there again, and nobody else, with no act of anybody.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FaultProxy, NetworkFault } from '../chaos/fault-proxy.ts';
import type { RoomSeat } from '../chaos/room-seat.ts';
import type { ScriptedClient } from '../chaos/scripted-client.ts';
import { eventually } from '../eventually.ts';
import { FLAWLESS, Stage } from './stage.ts';

const here = { status: 'active', device: 'desktop' } as const;

let stage: Stage;
let owner: ScriptedClient;
beforeAll(async () => {
  stage = await Stage.open({ hosts: 2, people: 10 });
  owner = await stage.enter(stage.ports.slice(1));
}, 120_000);
afterAll(() => stage.close());

/** Longer than two heartbeats, with which those are gone who did not say so. */
const PATIENCE = { timeout: 90_000 };
/** Until a seat sees these people and nobody else; those who type have a star. */
const expectSeen = (seat: RoomSeat, ...expected: string[]) =>
  vi.waitFor(() => {
    const seen = [...seat.people].map(([personId, { isTyping }]) => personId + (isTyping ? '*' : ''));
    expect(seen.sort()).toEqual(expected.sort());
  }, PATIENCE);
const expectArrival = (clients: ScriptedClient[], threadId: string, written: string[]) =>
  eventually('everything to arrive everywhere', () =>
    clients.every((one) => one.isAtRest && sameAs(one.texts(threadId).toSorted(), written.toSorted())),
  );
const sameAs = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

test('[LIVE9] [PRE14] two processes whose Redis is killed know everything once it is back', async () => {
  const [first] = stage.ports;
  const [stays, leaves] = [await stage.enter([first]), await stage.enter([first])];
  const { id, room } = await stage.startThread(owner, stays, leaves);
  const [ofOwner, staying, leaving] = [owner.takeSeat(room), stays.takeSeat(room), leaves.takeSeat(room)];
  for (const seat of [ofOwner, staying, leaving]) seat.say(here);
  await expectSeen(ofOwner, stays.personId, leaves.personId);
  await expectSeen(staying, owner.personId, leaves.personId);

  const bringBack = await stage.cluster.redis.takeAway();
  leaving.leave();
  staying.say({ ...here, typing: 1 });
  await expectSeen(staying, owner.personId);
  const written = [await stays.send(id)];
  await expectArrival([stays, leaves], id, written);
  // Nobody has told the other process.
  expect(owner.texts(id)).toEqual([]);
  await expectSeen(ofOwner, stays.personId, leaves.personId);

  await bringBack();
  await expectArrival([owner], id, written);
  written.push(await owner.send(id));
  await expectArrival([owner, stays, leaves], id, written);
  await expectSeen(ofOwner, `${stays.personId}*`);
  await expectSeen(staying, owner.personId);
  for (const seat of [ofOwner, staying]) seat.leave();
});

interface Fault {
  name: NetworkFault;
  begin(network: FaultProxy): void;
  /** Whether things get through before it is over. */
  passable: boolean;
}

test.concurrent.each<Fault>([
  { name: 'halfOpen', begin: (network) => network.halfOpen(), passable: true },
  { name: 'delay', begin: (network) => network.become({ kind: 'delay', ms: 2_000 }), passable: true },
  { name: 'loss', begin: (network) => network.become({ kind: 'loss', odds: 0.3 }), passable: true },
  { name: 'portal', begin: (network) => network.become({ kind: 'portal' }), passable: false },
  { name: 'unreachable', begin: (network) => network.become({ kind: 'unreachable' }), passable: false },
])('[CONN2] [PRE15] a network with $name', { timeout: 180_000 }, async ({ name, begin, passable }) => {
  const client = await stage.enter(stage.ports.slice(1));
  const { id, room } = await stage.startThread(owner, client);
  const [ofOwner, ofClient] = [owner.takeSeat(room), client.takeSeat(room)];
  ofOwner.say(here);
  ofClient.say({ ...here, typing: 1 });
  await expectSeen(ofOwner, `${client.personId}*`);
  await expectSeen(ofClient, owner.personId);

  begin(client.network);
  const before = client.network.fired[name];
  const written = [await client.send(id), await owner.send(id)];
  // What lets nothing through is met by the engine and by the room, and by both again.
  await eventually(`${name} to strike`, () => client.network.fired[name] >= before + (passable ? 1 : 4));
  if (!passable) client.network.become({ kind: 'fair' });

  await expectArrival([owner, client], id, written);
  ofClient.say({ ...here, typing: 2 });
  await expectSeen(ofOwner, `${client.personId}*`);
  await expectSeen(ofClient, owner.personId);
  client.network.become({ kind: 'fair' });
  ofClient.leave();
  // A line that died without a word leaves somebody behind until the second heartbeat.
  await expectSeen(ofOwner);
  ofOwner.leave();
});

test.concurrent('[CONN2] [PRE14] a process that is killed', { timeout: 180_000 }, async () => {
  const [first, second] = stage.ports;
  // Engine and room reach the first process, and the second when they come again.
  const route = [second, first, first, second];
  const [moves, dies] = [await stage.enter(route), await stage.enter(route)];
  const { id, room } = await stage.startThread(owner, moves, dies);
  const [ofOwner, moving, dying] = [owner.takeSeat(room), moves.takeSeat(room), dies.takeSeat(room)];
  for (const seat of [ofOwner, moving, dying]) seat.say(here);
  await expectSeen(ofOwner, moves.personId, dies.personId);
  expect([moves.network.server, dies.network.server]).toEqual([first, first]);

  const killed = stage.cluster.hosts[0]!.kill('api');
  dies.network.become({ kind: 'unreachable' });
  const written = [await moves.send(id), await owner.send(id)];
  await expectArrival([moves, owner], id, written);
  expect(moves.network.server).toBe(second);
  await expectSeen(moving, owner.personId);
  // With the process everybody on it is gone: who has moved is there, who died with it is not.
  await expectSeen(ofOwner, moves.personId);
  moving.leave();
  await expectSeen(ofOwner);
  await killed;
  dies.network.become({ kind: 'fair' });
  await expectArrival([dies], id, written);
  // What was not answered meanwhile is given up, and tried again.
  await expectSeen(ofOwner, dies.personId);
  for (const seat of [ofOwner, dying]) seat.leave();
});

test('[PUSH1] everything was written once, and is seen the same by all', async () => {
  await expect.poll(() => stage.judge(), { timeout: 20_000 }).toEqual({ ...FLAWLESS, messages: 2 * 7 });
});
