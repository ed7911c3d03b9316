import { orgPeopleScope, threadPeopleScope } from '@parley/core/scopes';
import type { GroupKind } from '@parley/core/groups';
import { useMemo } from 'react';
import type { Mentionable } from '../messages/mentions.ts';
import { useGroups } from '../people/use-groups.ts';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useRows } from '../sync/views.ts';
import { useNamesInThread } from './use-person-names.ts';

/** A group in the thread. */
export interface ThreadGroup {
  id: string;
  kind: GroupKind;
  name: string;
  /** How many it stands for; `null` where the reader does not see its organisation. */
  count: number | null;
}

/** Who takes part in a thread, who did, who could, and who can be mentioned. The thread's people are open. */
export function useThreadPeople(threadId: string, orgId: string) {
  const personName = useNamesInThread(threadId);
  const personId = usePersonId();
  const participants = useRows(threadPeopleScope(threadId), 'participant');
  const rows = useRows(threadPeopleScope(threadId), 'group');
  const known = useGroups(orgId);
  const directory = useRows(orgPeopleScope(orgId), 'person');

  const people = useMemo(
    () =>
      participants
        .filter(({ data }) => data.leftAt === null)
        .map(({ id, data }) => ({ id, ...data, name: personName(id) ?? data.name }))
        .sort((one, other) => one.name.localeCompare(other.name)),
    [participants, personName],
  );
  const former = useMemo(
    () =>
      participants
        .filter(({ data }) => data.leftAt !== null)
        .map(({ id, data }) => ({ id, ...data, name: personName(id) ?? data.name })),
    [participants, personName],
  );
  const groups = useMemo(
    () =>
      rows
        .map(({ id, data: { kind, name } }): ThreadGroup => {
          const group = known.find((each) => each.id === id);
          return { id, kind, name: group?.name ?? name, count: group?.people.length ?? null };
        })
        .sort((one, other) => one.name.localeCompare(other.name)),
    [rows, known],
  );
  /** The others who read what is written now, also those whom the server has yet to bring in with their group. */
  const readers = useMemo(() => {
    const here = new Map(people.map(({ id, name, placeholder }) => [id, { id, name, placeholder }]));
    const heard = new Set(participants.map(({ id }) => id));
    const present = new Set(groups.map(({ id }) => id));
    for (const group of known) {
      if (!present.has(group.id)) continue;
      for (const person of group.people) if (!heard.has(person.id)) here.set(person.id, person);
    }
    here.delete(personId);
    return [...here.values()];
  }, [people, participants, groups, known, personId]);
  const mentionable = useMemo((): Mentionable[] => {
    const here = new Set([personId, ...readers.map(({ id }) => id)]);
    const others = known.filter(({ people: members }) => members.some(({ id }) => here.has(id)));
    const all = new Map([...groups, ...others].map(({ id, kind, name }) => [id, { id, name, group: kind }]));
    return [...readers, { id: threadId, name: 'all', group: 'all' as const }, ...all.values()];
  }, [readers, known, groups, personId, threadId]);
  /** The same for notes, which only people of the organisation read, and none of its guests. */
  const mentionableInNotes = useMemo((): Mentionable[] => {
    const guests = new Set(directory.flatMap(({ id, data }) => (data.role === 'guest' ? [id] : [])));
    const own = people.filter(({ id, actingOrg }) => actingOrg === orgId && id !== personId && !guests.has(id));
    const here = new Set([personId, ...own.map(({ id }) => id)]);
    const theirs = known.filter(({ people: members }) => members.some(({ id }) => here.has(id)));
    return [...own, ...theirs.map(({ id, kind, name }) => ({ id, name, group: kind }))];
  }, [people, directory, known, personId, orgId]);
  const pickable = useMemo(
    () => directory.filter(({ data }) => data.active).map(({ id, data }) => ({ id, ...data })),
    [directory],
  );
  return { people, former, groups, readers, mentionable, mentionableInNotes, pickable, pickableGroups: known };
}
