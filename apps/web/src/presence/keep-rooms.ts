/** Keeps this tab in the rooms of its person's organisations and in those that pages want, while there is a connection. */
import { maySeeDirectory } from '@parley/core/organisations';
import { orgScope, parseScope, userScope } from '@parley/core/scopes';
import type { ScopeId } from '@parley/sync/mutator';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import { socketProtocols } from '../sync/engine-options.ts';
import { watchActivity } from './activity.ts';
import { enterRoom, type Room } from './room.ts';
import { keeping } from './rooms-door.ts';

/** Returns how to stop. */
export function keepRooms(engine: ParleyEngine, personId: string): () => void {
  const entered = new Map<ScopeId, Room>();
  let protocols: string[] | null = null;
  let over = false;

  /** The engine knows best whether there is a way to the server; without one nothing is tried. */
  const wanted = (): Set<ScopeId> => {
    if (over || protocols === null || engine.status().connection.state !== 'live') return new Set();
    const own = engine.allRows('membership').filter(({ data }) => data.active && maySeeDirectory(data.role));
    return new Set([...own.map(({ id }) => orgScope(id)), ...keeping.wanted()]);
  };

  const isInvisible = (): boolean => engine.row(userScope(personId), 'settings', personId)?.data.invisible === true;

  const settle = (): void => {
    const rooms = wanted();
    for (const [scope, room] of entered) {
      if (rooms.has(scope)) continue;
      entered.delete(scope);
      room.leave();
      keeping.put(scope, null);
    }
    for (const scope of rooms) {
      const room = entered.get(scope) ?? enter(scope);
      entered.set(scope, room);
      // A thread that nobody sees is not looked at.
      const isThere = !isInvisible() && (parseScope(scope)?.kind === 'org' || document.visibilityState === 'visible');
      const typing = keeping.typing(scope);
      const status = activity.isActive() ? 'active' : 'away';
      room.say(isThere ? { status, device: deviceKind(), ...(typing !== undefined && { typing }) } : null);
    }
  };
  const enter = (scope: ScopeId): Room =>
    enterRoom({
      scope,
      selfId: personId,
      protocols: protocols ?? [],
      onPeople: (people) => {
        if (entered.has(scope)) keeping.put(scope, people);
      },
    });

  const activity = watchActivity(settle);
  document.addEventListener('visibilitychange', settle);
  const stops = [
    engine.subscribeStatus(settle),
    engine.subscribe(null, 'membership', settle),
    engine.subscribe(userScope(personId), 'settings', settle),
    keeping.subscribe(settle),
    () => activity.stop(),
    () => document.removeEventListener('visibilitychange', settle),
  ];
  void socketProtocols(personId).then((offered) => {
    protocols = offered;
    settle();
  });

  return () => {
    over = true;
    for (const stop of stops) stop();
    settle();
  };
}

const deviceKind = (): 'phone' | 'desktop' =>
  matchMedia('(pointer: coarse) and (hover: none)').matches ? 'phone' : 'desktop';
