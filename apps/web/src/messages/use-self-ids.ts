import { ownGroups } from '@parley/core/groups';
import { useMemo } from 'react';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useAllRows } from '../sync/views.ts';

/** Ids that mean the reader where a thread mentions them: their own, that of all in it, those of their groups. */
export function useSelfIds(threadId: string): ReadonlySet<string> {
  const personId = usePersonId();
  const memberships = useAllRows('membership');
  const teams = useAllRows('team');
  return useMemo(
    () => ownGroups(personId, memberships, teams).add(personId).add(threadId),
    [personId, threadId, memberships, teams],
  );
}
