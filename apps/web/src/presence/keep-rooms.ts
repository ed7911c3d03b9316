/** Keeps this tab in its rooms, and says in them whether the person is at it. */
import { keepRooms as keep, type KeptRooms } from '@parley/client/live/keep-rooms';
import { enterRoom } from '@parley/client/live/room';
import { ROOMS_PATH, type SaidPresence } from '@parley/core/presence';
import { parseScope } from '@parley/core/scopes';
import type { ScopeId } from '@parley/sync/mutator';
import { socketProtocols } from '../sync/engine-options.ts';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import { watchActivity } from './activity.ts';
import { roomsDoor } from './rooms-door.ts';

/** Returns how to stop. */
export function keepRooms(engine: ParleyEngine, personId: string): () => void {
  let kept: KeptRooms | undefined;
  let isFrozen = false;
  let over = false;
  const settle = () => kept?.settle();
  const activity = watchActivity(settle);
  document.addEventListener('visibilitychange', settle);
  // The browser goes on answering the server for a page that it has frozen.
  const freeze = ({ type }: Event) => {
    isFrozen = type === 'freeze';
    settle();
  };
  for (const change of FREEZING) document.addEventListener(change, freeze);

  const said = (scope: ScopeId): SaidPresence | null => {
    // A thread that nobody sees is not looked at.
    const isThere = !isFrozen && (parseScope(scope)?.kind === 'org' || document.visibilityState === 'visible');
    return isThere ? { status: activity.isActive() ? 'active' : 'away', device: deviceKind() } : null;
  };
  void socketProtocols(personId).then((protocols) => {
    if (over) return;
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${ROOMS_PATH}`;
    kept = keep({
      ...{ engine, personId, said },
      door: roomsDoor,
      enter: (scope, onPeople) => enterRoom({ url, scope, selfId: personId, protocols, onPeople }),
    });
  });

  return () => {
    over = true;
    activity.stop();
    document.removeEventListener('visibilitychange', settle);
    for (const change of FREEZING) document.removeEventListener(change, freeze);
    kept?.stop();
  };
}

const FREEZING = ['freeze', 'resume'] as const;

const deviceKind = (): 'phone' | 'desktop' =>
  matchMedia('(pointer: coarse) and (hover: none)').matches ? 'phone' : 'desktop';
