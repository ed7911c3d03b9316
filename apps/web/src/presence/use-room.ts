/** Rooms as React reads them. */
import type { PeopleThere } from '@parley/client/live/people-there';
import { createTypingPace, type TypingPace } from '@parley/client/live/typing-pace';
import { notesScope, orgScope, threadScope, userScope } from '@parley/core/scopes';
import type { ScopeId } from '@parley/sync/mutator';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';
import { roomsDoor } from './rooms-door.ts';

/** Who is in a room, without being there. */
export const usePeopleIn = (room: ScopeId): PeopleThere =>
  useSyncExternalStore(roomsDoor.subscribe, () => roomsDoor.peopleIn(room));

/** Who is in a room, in which the person is while the page is there; `null` is none. */
export function useRoom(room: ScopeId | null): PeopleThere {
  useEffect(() => (room === null ? undefined : roomsDoor.want(room)), [room]);
  return usePeopleIn(room ?? '');
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
  const participation = useRow(userScope(usePersonId()), 'participation', threadId);
  // Of a thread that waits to be sent the server does not know yet.
  const isKnown = participation?.pending.length === 0;
  const inThread = useRoom(isKnown ? threadScope(threadId) : null);
  const inNotes = useRoom(isKnown && hasNotes ? notesScope(threadId, orgId) : null);
  const inOrg = usePeopleIn(orgScope(orgId));
  const present = useMemo((): PeopleThere => new Map([...inOrg, ...inThread]), [inOrg, inThread]);
  return { inThread, inNotes, present };
}

/** Tells a room that the person types; `null` tells nobody. */
export function useTypingPace(room: ScopeId | null): TypingPace {
  const pace = useMemo(
    () => createTypingPace((count) => (room === null ? undefined : roomsDoor.sayTyping(room, count))),
    [room],
  );
  useEffect(() => () => pace.rest(), [pace]);
  return pace;
}
