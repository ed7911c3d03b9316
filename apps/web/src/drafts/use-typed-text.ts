import { useMemo } from 'react';
import { mentionNames, mentionsToStored, mentionsToTyped } from '../messages/mentions.ts';
import { useAllRows } from '../sync/views.ts';

/** Names of everybody in the directory, told apart. */
function useMentionNames(): ReadonlyMap<string, string> {
  const people = useAllRows('person');
  return useMemo(() => mentionNames(people.map(({ id, data }) => ({ id, name: data.name }))), [people]);
}

/** Stored text as a person types it. */
export function useTypedText(): (stored: string) => string {
  const names = useMentionNames();
  return (stored) => mentionsToTyped(stored, names);
}

/** Typed text as it is stored. */
export function useStoredText(): (typed: string) => string {
  const names = useMentionNames();
  return (typed) => mentionsToStored(typed, names);
}
