/**
 * Rooms of the people who are there, on the sockets of this process and, over the bus, of the others. A room is there
 * while somebody of this process is in it. Rules: docs/decisions/0022, [PRE1] and on.
 */
import { isRoom } from '@parley/core/presence';
import type { ScopeId } from '@parley/sync/mutator';
import type { Bus, Commit, Whisper } from '@parley/sync/server';
import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { httpLog } from '../logger.ts';
import { HEARTBEAT, writePlaces, type Place } from './frames.ts';
import { ROOM_CODES, Seat } from './seat.ts';

export interface RoomsOptions {
  bus: Bus;
  /** Which of the scopes a person may read. */
  readable: (personId: string, scopes: readonly ScopeId[]) => Promise<ReadonlySet<ScopeId>>;
  /** Told when the others see somebody come and go, and now and then while they do. */
  onSeen?: (scope: ScopeId, personId: string) => void;
  /** Milliseconds between two signs of life, to the sockets and to the other processes. */
  beatMs?: number;
}

export interface Rooms {
  /** Keeps a seat for somebody who is about to come; `undefined` where they may not be in the room or it is none. */
  admit(personId: string, scope: ScopeId): Promise<Seat | undefined>;
  /** They are there. */
  enter(seat: Seat, socket: WebSocket): void;
  /** They are gone, or never came. */
  leave(seat: Seat): void;
  /** Cuts off whoever may not be where they are. */
  recheck(): Promise<void>;
  /** Rooms that are there. */
  readonly size: number;
  /** Places of people who show themselves in them. */
  readonly places: number;
  close(): void;
}

/** What processes whisper to each other. */
type Said = { process: string } & ({ kind: 'place'; place: Place } | { kind: 'ask' } | { kind: 'alive' });

interface Room {
  /** Of this process. */
  seats: Set<Seat>;
  /** Of all processes. */
  places: Map<number, Place & { process: string }>;
  /** What its seats are about to be told. */
  untold: Map<number, Place>;
  asked: boolean;
}

/** Whoever lost the network is gone after two of them at most. */
const BEAT_MS = 15_000;
/** A process that is silent for so many beats is gone, and everybody on it. */
const BEATS_MISSED = 2;
/** So often it is said who is there still, for when this process dies. */
const BEATS_SEEN = 40;
/** What is told of processes rather than of a scope. */
const EVERYWHERE: ScopeId = '';

export function createRooms({ bus, readable, onSeen = () => {}, beatMs = BEAT_MS }: RoomsOptions): Rooms {
  const self = randomUUID();
  const rooms = new Map<ScopeId, Room>();
  const beatsSince = new Map<string, number>();
  let beatAt = Date.now();
  let beats = 0;

  const say = (scope: ScopeId, said: Omit<Extract<Said, { kind: 'ask' | 'alive' }>, 'process'>) =>
    bus.whisper({ scope, said: { process: self, ...said } });
  const tell = (seat: Seat) =>
    bus.whisper({ scope: seat.scope, said: { process: self, kind: 'place', place: seat.next() } satisfies Said });

  const announce = ({ seats }: Room) => seats.forEach((seat) => seat.state && tell(seat));

  function leave(seat: Seat): void {
    const room = rooms.get(seat.scope);
    if (!room?.seats.delete(seat)) return;
    if (room.seats.size === 0) rooms.delete(seat.scope);
    if (seat.state === null) return;
    seat.state = null;
    onSeen(seat.scope, seat.personId);
    tell(seat);
  }

  function cut(seat: Seat): void {
    leave(seat);
    seat.cut();
  }

  function put(room: Room, place: Place, process: string): void {
    if (place.state === null) room.places.delete(place.seatId);
    else room.places.set(place.seatId, { ...place, process });
    // Where a thousand come at once, a frame for each of them to each of them would be a million.
    if (room.untold.size === 0) setImmediate(tellAll, room);
    room.untold.set(place.seatId, place);
  }

  function tellAll(room: Room): void {
    const { untold } = room;
    room.untold = new Map();
    const places = [...untold.values()];
    const frame = writePlaces(places);
    for (const seat of room.seats) {
      if (!untold.has(seat.id)) seat.send(frame);
      else if (places.length > 1) seat.send(writePlaces(places.filter(({ seatId }) => seatId !== seat.id)));
    }
  }

  function forget(room: Room, isGone: (process: string) => boolean): void {
    for (const { process, ...place } of [...room.places.values()]) {
      if (isGone(process)) put(room, { ...place, state: null }, process);
    }
  }

  function hear({ scope, said }: Whisper): void {
    const heard = said as Said;
    if (heard.process !== self) beatsSince.set(heard.process, 0);
    const room = rooms.get(scope);
    if (!room) return;
    if (heard.kind === 'place') put(room, heard.place, heard.process);
    if (heard.kind === 'ask' && heard.process !== self) announce(room);
  }

  function heed({ lost }: Pick<Commit, 'lost'>): void {
    for (const { scope, personId } of lost) {
      for (const seat of [...(rooms.get(scope)?.seats ?? [])]) if (seat.personId === personId) cut(seat);
    }
  }

  /** Whoever left meanwhile would stay for good: everybody is heard anew, here and there. */
  function startAnew(): void {
    for (const [scope, room] of rooms) {
      forget(room, (process) => process !== self);
      say(scope, { kind: 'ask' });
      announce(room);
    }
  }

  function beat(): void {
    const late = Date.now() - beatAt > beatMs * BEATS_MISSED;
    beatAt = Date.now();
    if (rooms.size > 0) say(EVERYWHERE, { kind: 'alive' });
    for (const [process, missed] of beatsSince) {
      if (missed < BEATS_MISSED) beatsSince.set(process, missed + 1);
      else {
        beatsSince.delete(process);
        for (const room of rooms.values()) forget(room, (gone) => gone === process);
      }
    }
    beats += 1;
    for (const room of rooms.values()) {
      if (beats % BEATS_SEEN === 0) room.seats.forEach((seat) => seat.state && onSeen(seat.scope, seat.personId));
      for (const seat of [...room.seats]) seat.beat(HEARTBEAT);
      // Whoever took this process for dead hears that it was not.
      if (late) announce(room);
    }
  }

  async function recheck(): Promise<void> {
    const scopesByPerson = new Map<string, Set<ScopeId>>();
    for (const [scope, { seats }] of rooms) {
      for (const { personId } of seats) {
        scopesByPerson.set(personId, (scopesByPerson.get(personId) ?? new Set()).add(scope));
      }
    }
    for (const [personId, scopes] of scopesByPerson) {
      const allowed = await readable(personId, [...scopes]);
      heed({ lost: [...scopes].filter((scope) => !allowed.has(scope)).map((scope) => ({ scope, personId })) });
    }
  }

  const stop = bus.subscribe({
    commit: heed,
    whisper: hear,
    gap() {
      startAnew();
      recheck().catch((error: unknown) => httpLog.error({ err: error }, 'the people in rooms were not checked'));
    },
  });
  const beating = setInterval(beat, beatMs);

  return {
    async admit(personId, scope) {
      if (!isRoom(scope)) return undefined;
      const seat = new Seat(personId, scope, (changed, comesOrGoes) => {
        if (comesOrGoes) onSeen(scope, personId);
        tell(changed);
      });
      const room = rooms.get(scope) ?? { seats: new Set(), places: new Map(), untold: new Map(), asked: false };
      rooms.set(scope, room);
      // First the seat, so that whoever loses the scope from now on loses it too.
      room.seats.add(seat);
      const allowed = await readable(personId, [scope]).catch((error: unknown) => {
        leave(seat);
        throw error;
      });
      if (allowed.has(scope) && room.seats.has(seat)) return seat;
      leave(seat);
      return undefined;
    },

    enter(seat, socket) {
      const room = rooms.get(seat.scope);
      if (!room?.seats.has(seat)) return socket.close(ROOM_CODES.lost, 'not here');
      seat.take(socket, () => writePlaces([...room.places.values()].filter(({ seatId }) => seatId !== seat.id)));
      if (!room.asked) say(seat.scope, { kind: 'ask' });
      room.asked = true;
      return undefined;
    },

    leave,

    recheck,

    get size() {
      return rooms.size;
    },

    get places() {
      return [...rooms.values()].reduce((sum, room) => sum + room.places.size, 0);
    },

    close() {
      clearInterval(beating);
      stop();
    },
  };
}
