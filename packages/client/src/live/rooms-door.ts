/**
 * The rooms that parts of a program want to be in, and who is there. What connects them (`keepRooms`) may come later;
 * until then, and without a connection, nobody is known to be there.
 */
import type { ScopeId } from '@parley/sync/mutator';
import { NOBODY, type PeopleThere } from './people-there.ts';

export interface RoomsDoor {
  /** Wants to be in a room. Returns how to leave it. */
  want(room: ScopeId): () => void;
  /** Says that the person types in a room, with another number each time; `undefined` when they stop. */
  sayTyping(room: ScopeId, count: number | undefined): void;
  /** Everybody else in a room, as far as it is known. Stays the same object while nothing changes. */
  peopleIn(room: ScopeId): PeopleThere;
  /** When whoever is gone from a room was last seen in one from here, in milliseconds since 1970. */
  seen(): ReadonlyMap<string, number>;
  /** Told which room has changed. Returns how to stop. */
  subscribe(listener: (room: ScopeId) => void): () => void;
  /** For whoever connects the rooms. */
  readonly keeping: {
    wanted(): ScopeId[];
    typing(room: ScopeId): number | undefined;
    put(room: ScopeId, people: PeopleThere | null): void;
    subscribe(listener: () => void): () => void;
  };
}

export function createRoomsDoor(): RoomsDoor {
  const wanted = new Map<ScopeId, number>();
  const typing = new Map<ScopeId, number>();
  const there = new Map<ScopeId, PeopleThere>();
  let seen: ReadonlyMap<string, number> = new Map();
  const readers = new Set<(room: ScopeId) => void>();
  const keepers = new Set<() => void>();
  const settle = () => keepers.forEach((keeper) => keeper());
  return {
    want(room) {
      wanted.set(room, (wanted.get(room) ?? 0) + 1);
      settle();
      return () => {
        const left = (wanted.get(room) ?? 0) - 1;
        if (left > 0) wanted.set(room, left);
        else wanted.delete(room);
        settle();
      };
    },
    sayTyping(room, count) {
      if (count === undefined) typing.delete(room);
      else typing.set(room, count);
      settle();
    },
    peopleIn: (room) => there.get(room) ?? NOBODY,
    seen: () => seen,
    subscribe(listener) {
      readers.add(listener);
      return () => readers.delete(listener);
    },
    keeping: {
      wanted: () => [...wanted.keys()],
      typing: (room) => typing.get(room),
      put(room, people) {
        const now = Date.now();
        const gone = [...(there.get(room) ?? NOBODY).keys()].filter((id) => !people?.has(id));
        if (gone.length > 0) seen = new Map([...seen, ...gone.map((id) => [id, now] as const)]);
        if (people === null) there.delete(room);
        else there.set(room, people);
        readers.forEach((reader) => reader(room));
      },
      subscribe(listener) {
        keepers.add(listener);
        return () => keepers.delete(listener);
      },
    },
  };
}
