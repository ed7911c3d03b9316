import { useMemo } from 'react';
import { mentionNames, mentionsToStored, mentionsToTyped } from '../messages/mentions.ts';
import { useAllRows } from '../sync/views.ts';

/** Names of everybody in the directory, of groups, and of all in the thread, told apart. */
function useMentionNames(threadId: string): ReadonlyMap<string, string> {
  const people = useAllRows('person');
  const teams = useAllRows('team');
  const orgs = useAllRows('org');
  return useMemo(() => {
    const named = [...people, ...teams, ...orgs].map(({ id, data }) => ({ id, name: data.name }));
    return mentionNames([...named, { id: threadId, name: 'all' }]);
  }, [people, teams, orgs, threadId]);
}

/** Text stored for a thread as a person types it. */
export function useTypedText(threadId: string): (stored: string) => string {
  const names = useMentionNames(threadId);
  return (stored) => mentionsToTyped(stored, names);
}

/** Typed text as it is stored for a thread. */
export function useStoredText(threadId: string): (typed: string) => string {
  const names = useMentionNames(threadId);
  return (typed) => mentionsToStored(typed, names);
}
