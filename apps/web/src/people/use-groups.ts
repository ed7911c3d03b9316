import { isInGroups, type GroupKind } from '@parley/core/groups';
import { orgPeopleScope, orgScope } from '@parley/core/scopes';
import { useMemo } from 'react';
import { useRow, useRows } from '../sync/views.ts';

export interface Group {
  id: string;
  kind: GroupKind;
  name: string;
  /** Whom it stands for. */
  people: readonly { id: string; name: string; placeholder: boolean }[];
}

/** The whole organisation, then its teams by name; none where the reader is a guest of it. */
export function useGroups(orgId: string): readonly Group[] {
  const org = useRow(orgScope(orgId), 'org', orgId);
  const teams = useRows(orgScope(orgId), 'team');
  const directory = useRows(orgPeopleScope(orgId), 'person');
  return useMemo(() => {
    if (!org) return [];
    const everybody = directory
      .filter(({ data }) => isInGroups(data))
      .map(({ id, data: { name, placeholder } }) => ({ id, name, placeholder }))
      .sort((one, other) => one.name.localeCompare(other.name));
    const ofTeams = teams.map(({ id, data: { name, memberIds } }): Group => {
      const members = new Set(memberIds);
      return { id, kind: 'team', name, people: everybody.filter((person) => members.has(person.id)) };
    });
    return [
      { id: orgId, kind: 'org', name: org.data.name, people: everybody },
      ...ofTeams.sort((one, other) => one.name.localeCompare(other.name)),
    ];
  }, [org, teams, directory, orgId]);
}

/** "Everyone at Acme Freight", "Drivers". */
export const groupTitle = ({ kind, name }: Pick<Group, 'kind' | 'name'>): string =>
  kind === 'org' ? `Everyone at ${name}` : name;

/** "1 person", "12 people". */
export const peopleCount = (count: number): string => (count === 1 ? '1 person' : `${count.toLocaleString()} people`);

/** "Team, 4 people". */
export const groupNote = ({ kind, people }: Pick<Group, 'kind' | 'people'>): string =>
  kind === 'org' ? `${peopleCount(people.length)}, no guests` : `Team, ${peopleCount(people.length)}`;
