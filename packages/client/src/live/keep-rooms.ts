/** Keeps a device in the rooms of its person's organisations and in those that are wanted, while there is a connection. */
import { undisturbedUntil } from '@parley/core/do-not-disturb';
import { maySeeDirectory } from '@parley/core/organisations';
import type { SaidPresence } from '@parley/core/presence';
import { orgScope, userScope } from '@parley/core/scopes';
import type { ScopeId } from '@parley/sync/mutator';
import type { LiveEngine } from './live-engine.ts';
import type { PeopleThere } from './people-there.ts';
import type { Room } from './room.ts';
import type { RoomsDoor } from './rooms-door.ts';

export interface KeepRoomsOptions {
  engine: LiveEngine;
  personId: string;
  door: RoomsDoor;
  enter: (scope: ScopeId, onPeople: (people: PeopleThere) => void) => Room;
  /** What this device says in a room of a person who wants to be seen; `null`: nothing. */
  said: (scope: ScopeId) => SaidPresence | null;
}

export interface KeptRooms {
  /** What `said` answers may have changed. */
  settle(): void;
  stop(): void;
}

/** What a timer holds. */
const LONGEST_TIMER = 2 ** 31 - 1;

export function keepRooms({ engine, personId, door, enter, said }: KeepRoomsOptions): KeptRooms {
  const { keeping } = door;
  const entered = new Map<ScopeId, Room>();
  let disturbance: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  /** The engine knows best whether there is a way to the server; without one nothing is tried. */
  const wanted = (): Set<ScopeId> => {
    if (over || engine.status().connection.state !== 'live') return new Set();
    const own = engine.allRows('membership').filter(({ data }) => data.active && maySeeDirectory(data.role));
    return new Set([...own.map(({ id }) => orgScope(id)), ...keeping.wanted()]);
  };

  /** A device that was away says nothing before it knows what its person wants by now. */
  const isUpToDate = (): boolean => {
    const { connection, syncedAt } = engine.status();
    return connection.state === 'live' && (syncedAt ?? 0) >= connection.since;
  };

  const settle = (): void => {
    const rooms = wanted();
    const settings = engine.row(userScope(personId), 'settings', personId)?.data;
    const isShown = isUpToDate() && settings?.invisible !== true;
    const undisturbed = undisturbedUntil(settings, Date.now());
    clearTimeout(disturbance);
    if (!over && undisturbed !== null) {
      disturbance = setTimeout(settle, Math.min(undisturbed - Date.now(), LONGEST_TIMER));
    }
    for (const [scope, room] of entered) {
      if (rooms.has(scope)) continue;
      entered.delete(scope);
      room.leave();
      keeping.put(scope, null);
    }
    for (const scope of rooms) {
      const room =
        entered.get(scope) ??
        enter(scope, (people) => {
          if (entered.has(scope)) keeping.put(scope, people);
        });
      entered.set(scope, room);
      const typing = keeping.typing(scope);
      const here = isShown ? said(scope) : null;
      const wish = undisturbed !== null && { doNotDisturb: true as const };
      room.say(here && { ...here, ...wish, ...(typing !== undefined && { typing }) });
    }
  };

  const stops = [
    engine.subscribeStatus(settle),
    engine.subscribe(null, 'membership', settle),
    engine.subscribe(userScope(personId), 'settings', settle),
    keeping.subscribe(settle),
  ];
  settle();
  return {
    settle,
    stop() {
      over = true;
      for (const stop of stops) stop();
      settle();
    },
  };
}
