/**
 * The rooms that pages of this tab want to be in, and who is there. What connects them comes behind the list
 * (keep-rooms.ts); until then, and without a connection, nobody is known to be there.
 */
import type { SaidPresence } from '@parley/core/presence';
import type { ScopeId } from '@parley/sync/mutator';

/** Somebody else in a room, all their devices together. */
export interface PersonThere {
  status: SaidPresence['status'];
  isTyping: boolean;
}
export type PeopleThere = ReadonlyMap<string, PersonThere>;

const NOBODY: PeopleThere = new Map();
const wanted = new Map<ScopeId, number>();
const typing = new Map<ScopeId, number>();
const there = new Map<ScopeId, PeopleThere>();
const readers = new Set<() => void>();
const keepers = new Set<() => void>();

/** Keeps this tab in a room. Returns how to leave it. */
export function want(room: ScopeId): () => void {
  wanted.set(room, (wanted.get(room) ?? 0) + 1);
  keepers.forEach((keeper) => keeper());
  return () => {
    const left = (wanted.get(room) ?? 0) - 1;
    if (left > 0) wanted.set(room, left);
    else wanted.delete(room);
    keepers.forEach((keeper) => keeper());
  };
}

/** Says that the person types in a room, with another number each time; `undefined` when they stop. */
export function sayTyping(room: ScopeId, count: number | undefined): void {
  if (count === undefined) typing.delete(room);
  else typing.set(room, count);
  keepers.forEach((keeper) => keeper());
}

export const peopleIn = (room: ScopeId): PeopleThere => there.get(room) ?? NOBODY;

export function subscribeToRooms(listener: () => void): () => void {
  readers.add(listener);
  return () => readers.delete(listener);
}

/** For whoever connects the rooms. */
export const keeping = {
  wanted: (): ScopeId[] => [...wanted.keys()],
  typing: (room: ScopeId): number | undefined => typing.get(room),
  put(room: ScopeId, people: PeopleThere | null): void {
    if (people === null) there.delete(room);
    else there.set(room, people);
    readers.forEach((reader) => reader());
  },
  subscribe(listener: () => void): () => void {
    keepers.add(listener);
    return () => keepers.delete(listener);
  },
};
