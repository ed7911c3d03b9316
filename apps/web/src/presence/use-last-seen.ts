import type { ScopeId } from '@parley/sync/mutator';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { accountCalls } from '../accounts/account-calls.ts';
import { useStatusPart } from '../sync/views.ts';
import { roomsDoor } from './rooms-door.ts';

/**
 * When people were last seen in these rooms: the server is asked when the page opens and when the connection comes back;
 * whoever goes meanwhile was seen by this tab.
 */
export function useLastSeen(rooms: readonly ScopeId[]): ReadonlyMap<string, number> {
  const asked = rooms.join(' ');
  const isLive = useStatusPart(({ connection }) => connection.state === 'live');
  const [told, setTold] = useState<ReadonlyMap<string, number>>(new Map());
  const here = useSyncExternalStore(roomsDoor.subscribe, roomsDoor.seen);
  useEffect(() => {
    if (!isLive || asked === '') return undefined;
    let current = true;
    accountCalls.presence.lastSeen.query({ rooms: asked.split(' ') }).then(
      (answer) => current && setTold(new Map(answer.map(({ personId, at }) => [personId, at]))),
      // It is of use and no more: without an answer there are no words.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [asked, isLive]);
  return useMemo(() => {
    const seen = new Map(told);
    for (const [id, at] of here) seen.set(id, Math.max(at, seen.get(id) ?? 0));
    return seen;
  }, [told, here]);
}
