/** What becomes of rooms when processes die, freeze or lose their bus. Rules: docs/decisions/0022, [PRE13] and on. */
import { createLocalBus, type Bus, type BusListener } from '@parley/sync/server';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { v4 as randomId } from 'uuid';
import { awareness, seenIn } from '../testing/room-client.ts';
import type { SeenPresence } from '@parley/core/presence';
import { createRooms, type Rooms } from './rooms.ts';

const scope = `org:${randomId()}`;
const BEAT = 20_000;
const here = { status: 'active', device: 'desktop' } as const;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A line between processes that can be cut for one of them. */
class Line {
  readonly #bus = createLocalBus();
  readonly #cut = new Set<Bus>();
  readonly #listeners = new Map<Bus, BusListener[]>();

  end(): Bus {
    const end: Bus = {
      publish: (commit) => this.#bus.publish(commit),
      whisper: (whisper) => {
        if (!this.#cut.has(end)) return this.#bus.whisper(whisper);
        for (const listener of this.#listeners.get(end) ?? []) listener.whisper?.(whisper);
      },
      subscribe: (listener) => {
        this.#listeners.set(end, [...(this.#listeners.get(end) ?? []), listener]);
        return this.#bus.subscribe({
          ...listener,
          whisper: (whisper) => {
            if (!this.#cut.has(end)) listener.whisper?.(whisper);
          },
        });
      },
      close: () => this.#bus.close(),
    };
    return end;
  }

  cut(end: Bus): void {
    this.#cut.add(end);
  }

  /** As a bus does: everybody is told of a gap. */
  mend(end: Bus): void {
    this.#cut.delete(end);
    for (const listeners of this.#listeners.values()) listeners.forEach((listener) => listener.gap());
  }
}

/** The peer of a socket: it answers pings and keeps what it is told. */
class Peer extends EventEmitter {
  readonly bufferedAmount = 0;
  readonly seen = new Map<number, SeenPresence>();
  frames = 0;
  answers = true;
  closed: number | 'cut' | undefined;

  static async enter(rooms: Rooms, personId: string): Promise<Peer> {
    const seat = await rooms.admit(personId, scope);
    if (!seat) throw new Error('not admitted');
    const peer = new Peer();
    peer.once('close', () => rooms.leave(seat));
    rooms.enter(seat, peer as unknown as WebSocket);
    return peer;
  }

  say(status: 'active' | 'away'): void {
    this.emit(
      'message',
      Buffer.from(awareness([{ clientId: 1, clock: 1, state: JSON.stringify({ ...here, status }) }])),
      true,
    );
  }

  get people(): string[] {
    return [...this.seen.values()].map(({ personId }) => personId).sort();
  }

  send(frame: Uint8Array): void {
    this.frames += 1;
    seenIn(frame, this.seen);
  }

  ping(): void {
    if (this.answers) this.emit('pong');
  }

  close(code: number): void {
    this.closed = code;
    this.emit('close');
  }

  terminate(): void {
    this.closed = 'cut';
    this.emit('close');
  }
}

/** Until what was said is told. */
const told = () => vi.advanceTimersByTimeAsync(1);

const open = (bus: Bus): Rooms =>
  createRooms({ bus, readable: async (_person, scopes) => new Set(scopes), beatMs: BEAT });

async function twoProcesses() {
  const line = new Line();
  const ends = [line.end(), line.end()] as const;
  const [first, second] = [open(ends[0]), open(ends[1])];
  const [alice, bob] = [await Peer.enter(first, 'alice'), await Peer.enter(second, 'bob')];
  alice.say('active');
  bob.say('active');
  await told();
  expect([alice.people, bob.people]).toEqual([['bob'], ['alice']]);
  return { line, ends, first, second, alice, bob };
}

test('[PRE14] everybody on a process that died is gone when it missed its signs of life', async () => {
  const { line, ends, alice } = await twoProcesses();
  line.cut(ends[1]);
  await vi.advanceTimersByTimeAsync(2 * BEAT);
  expect(alice.people).toEqual(['bob']);
  await vi.advanceTimersByTimeAsync(2 * BEAT);
  expect(alice.people).toEqual([]);
});

test('[PRE14] a process that was frozen says again who is there', async () => {
  const { line, ends, alice } = await twoProcesses();
  line.cut(ends[1]);
  await vi.advanceTimersByTimeAsync(4 * BEAT);
  expect(alice.people).toEqual([]);
  line.mend(ends[1]);
  await told();
  expect(alice.people).toEqual(['bob']);
});

test('[PRE14] after a gap nobody is there who left in it, and everybody who came', async () => {
  const { line, ends, second, alice, bob } = await twoProcesses();
  line.cut(ends[1]);
  bob.close(1000);
  const carol = await Peer.enter(second, 'carol');
  carol.say('away');
  expect(alice.people).toEqual(['bob']);
  line.mend(ends[1]);
  await told();
  expect(alice.people).toEqual(['carol']);
  expect(carol.people).toEqual(['alice']);
});

test('[PRE15] a line on which nobody answers is cut', async () => {
  const { alice, bob } = await twoProcesses();
  bob.answers = false;
  await vi.advanceTimersByTimeAsync(BEAT);
  expect(alice.people).toEqual(['bob']);
  await vi.advanceTimersByTimeAsync(BEAT);
  await told();
  expect([bob.closed, alice.people]).toEqual(['cut', []]);
});

test('[PRE16] what many say in one moment is told to each of them in one frame, without their own', async () => {
  const rooms = open(createLocalBus());
  const names = ['alice', 'bob', 'carol'];
  const peers = await Promise.all(names.map((name) => Peer.enter(rooms, name)));
  const before = peers.map(({ frames }) => frames);
  for (const peer of peers) peer.say('active');
  await told();
  expect(peers.map(({ frames }, index) => frames - (before[index] ?? 0))).toEqual([1, 1, 1]);
  expect(peers.map(({ people }) => people)).toEqual([
    ['bob', 'carol'],
    ['alice', 'carol'],
    ['alice', 'bob'],
  ]);
  peers[0]?.say('away');
  peers[0]?.say('active');
  await told();
  expect(peers.map(({ frames }, index) => frames - (before[index] ?? 0))).toEqual([1, 2, 2]);
});

test('[PRE8] who loses the scope while they are on their way in does not come in', async () => {
  const bus = createLocalBus();
  const asked = Promise.withResolvers<Set<string>>();
  const rooms = createRooms({ bus, readable: () => asked.promise });
  const admitted = rooms.admit('bob', scope);
  bus.publish({ changes: [], lost: [{ scope, personId: 'bob' }] });
  asked.resolve(new Set([scope]));
  expect(await admitted).toBeUndefined();
  expect(rooms.size).toBe(0);
});

test('[PRE4] whoever was admitted and never came leaves nothing behind', async () => {
  const rooms = open(createLocalBus());
  const seat = await rooms.admit('bob', scope);
  expect(rooms.size).toBe(1);
  if (seat) rooms.leave(seat);
  expect(rooms.size).toBe(0);
});

test('[PRE19] it is said when somebody comes and goes, every ten minutes while they are there, and never of the invisible', async () => {
  const seen: string[] = [];
  const rooms = createRooms({
    bus: createLocalBus(),
    readable: async (_person, scopes) => new Set(scopes),
    onSeen: (_scope, personId) => seen.push(personId),
    beatMs: BEAT,
  });
  const bob = await Peer.enter(rooms, 'bob');
  await Peer.enter(rooms, 'invisible');
  bob.say('active');
  bob.say('away');
  expect(seen).toEqual(['bob']);
  await vi.advanceTimersByTimeAsync(39 * BEAT);
  expect(seen).toEqual(['bob']);
  await vi.advanceTimersByTimeAsync(BEAT);
  expect(seen).toEqual(['bob', 'bob']);
  bob.close(1000);
  expect(seen).toEqual(['bob', 'bob', 'bob']);
  rooms.close();
});
