import { threadPeopleScope, threadScope } from '@parley/core/scopes';
import { useMemo } from 'react';
import { useEngine } from '../sync/engine-provider.tsx';
import { useAllRows, useRows } from '../sync/views.ts';

/** What a mention of an id is called: of a person, a group, or, by its thread, of all who are in it. */
export type PersonNames = (id: string) => string | undefined;

/** Names from the directory. The function stays the same while no name changes. */
export function usePersonNames(): PersonNames {
  const engine = useEngine();
  const people = useAllRows('person');
  const teams = useAllRows('team');
  const orgs = useAllRows('org');
  return useMemo(() => {
    const names = new Map([...orgs, ...teams, ...people].map(({ id, data }) => [id, data.name]));
    return (id) => names.get(id) ?? (engine.row(threadScope(id), 'thread', id) && 'all');
  }, [engine, people, teams, orgs]);
}

/** Names from the directory and from a thread's participants, who are all a guest sees. The thread's people are open. */
export function useNamesInThread(threadId: string): PersonNames {
  const known = usePersonNames();
  const participants = useRows(threadPeopleScope(threadId), 'participant');
  const groups = useRows(threadPeopleScope(threadId), 'group');
  return useMemo(() => {
    const names = new Map([...groups, ...participants].map(({ id, data }) => [id, data.name]));
    // A directory has a new name first.
    return (id) => known(id) ?? names.get(id);
  }, [known, participants, groups]);
}
