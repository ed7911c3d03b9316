/** A seat in a room, taken by the code of the web app. */
import type { SaidPresence } from '@parley/core/presence';
import { enterRoom } from '../../apps/web/src/presence/room.ts';
import type { PeopleThere } from '../../apps/web/src/presence/rooms-door.ts';
import { protocolsOf, socketClass } from './client-socket.ts';
import type { SignedIn } from './people.ts';

// Each of them listens for the end of the process.
process.setMaxListeners(0);

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
  let people: PeopleThere = new Map();
  const page = { location: { protocol: 'http:', host: `127.0.0.1:${port}` }, WebSocket: socketClass(who, origin) };
  const room = inPage(page, () =>
    enterRoom({
      scope,
      selfId: who.personId,
      protocols: protocolsOf(who),
      onPeople: (now) => (people = now),
    }),
  );
  return {
    scope,
    get people() {
      return people;
    },
    ...room,
  };
}

/** The web app asks its page, once, where it is and what opens sockets: each of ours is in a page of its own. */
function inPage<Result>(page: object, act: () => Result): Result {
  const names = Object.keys(page);
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const [name, value] of Object.entries(page)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    return act();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}
