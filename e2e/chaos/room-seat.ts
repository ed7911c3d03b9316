/** A seat in a room, over the client that ships. */
import { NOBODY, type PeopleThere } from '@parley/client/live/people-there';
import { enterRoom } from '@parley/client/live/room';
import { ROOMS_PATH, type SaidPresence } from '@parley/core/presence';
import { protocolsOf, socketClass } from './client-socket.ts';
import type { SignedIn } from './people.ts';

export interface RoomSeat {
  scope: string;
  /** Everybody else, all devices of a person together. */
  readonly people: PeopleThere;
  say(said: SaidPresence | null): void;
  leave(): void;
}

/** @param port where the servers are reached */
export function takeSeat(
  who: SignedIn,
  { port, origin, scope }: { port: number; origin: string; scope: string },
): RoomSeat {
  let people: PeopleThere = NOBODY;
  const room = enterRoom({
    url: `ws://127.0.0.1:${port}${ROOMS_PATH}`,
    scope,
    selfId: who.personId,
    protocols: protocolsOf(who),
    WebSocket: socketClass(who, origin),
    onPeople: (now) => (people = now),
  });
  return {
    scope,
    get people() {
      return people;
    },
    ...room,
  };
}
