import { threadPeopleScope } from '@parley/core/scopes';
import { useMemo } from 'react';
import { useAllRows, useRows } from '../sync/views.ts';

export type PersonNames = (id: string) => string | undefined;

/** Names from the directory. The function stays the same while no name changes. */
export function usePersonNames(): PersonNames {
  const people = useAllRows('person');
  return useMemo(() => {
    const names = new Map(people.map(({ id, data }) => [id, data.name]));
    return (id) => names.get(id);
  }, [people]);
}

/** Names from the directory and from a thread's participants, who are all a guest sees. The thread's people are open. */
export function useNamesInThread(threadId: string): PersonNames {
  const known = usePersonNames();
  const participants = useRows(threadPeopleScope(threadId), 'participant');
  return useMemo(() => {
    const names = new Map(participants.map(({ id, data }) => [id, data.name]));
    // A directory has a new name first.
    return (id) => known(id) ?? names.get(id);
  }, [known, participants]);
}
