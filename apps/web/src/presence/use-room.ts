/** Rooms as React reads them. */
import type { PeopleThere } from '@parley/client/live/people-there';
import { notesScope, userScope } from '@parley/core/scopes';
import type { ScopeId } from '@parley/sync/mutator';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useRealtimeMessaging } from '../sync/use-realtime-messaging.ts';
import { useRow } from '../sync/views.ts';
import { roomsDoor } from './rooms-door.ts';

/** Who is in a room, in which the person is while the page is there; `null` is none. */
function useRoom(room: ScopeId | null): PeopleThere {
  useEffect(() => (room === null ? undefined : roomsDoor.want(room)), [room]);
  return useSyncExternalStore(roomsDoor.subscribe, () => roomsDoor.peopleIn(room ?? ''));
}

/** Who is in a thread and in its notes, and whom of its people the reader knows to be there at all. */
export function useThreadPresence({
  threadId,
  orgId,
  hasNotes,
}: {
  threadId: string;
  orgId: string;
  hasNotes: boolean;
}) {
  const { usersIn, onlineUsers } = useRealtimeMessaging();
  const participation = useRow(userScope(usePersonId()), 'participation', threadId);
  // Of a thread that waits to be sent the server does not know yet.
  const isKnown = participation?.pending.length === 0;
  const inThread = usersIn(threadId);
  const inNotes = useRoom(isKnown && hasNotes ? notesScope(threadId, orgId) : null);
  const inOrg = onlineUsers(orgId);
  const present = useMemo((): PeopleThere => new Map([...inOrg, ...inThread]), [inOrg, inThread]);
  return { inThread, inNotes, present };
}
