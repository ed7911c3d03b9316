import type { PersonRow } from '@parley/core/organisations';
import { Avatar, Chip, EmptyState, SearchField } from '@parley/ui';
import { Search, UsersRound } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { PresenceLine } from '../presence/presence-line.tsx';
import { presenceMark } from '../presence/presence-words.ts';
import type { PeopleThere, PersonThere } from '@parley/client/live/people-there';
import { matchPeople } from './match-people.ts';
import { roleNames } from './role-names.ts';

export interface ListedPerson extends Pick<PersonRow, 'name' | 'email' | 'role' | 'placeholder'> {
  id: string;
}

export interface PeopleListProps {
  people: readonly ListedPerson[];
  selfId: string;
  present: PeopleThere;
  /** When they last were, in milliseconds since 1970. */
  seen: ReadonlyMap<string, number>;
  /** A button beside the search. */
  action?: ReactNode;
  /** Between the search and the people. */
  children?: ReactNode;
}

/** The directory: everybody by name, found by the beginning of any part of their name or address. */
export function PeopleList({ people, selfId, present, seen, action, children }: PeopleListProps) {
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  const found = useMemo(() => matchPeople(people, wanted), [people, wanted]);
  return (
    <>
      <div className="mb-5 flex items-center gap-3">
        <SearchField
          label="Find people"
          placeholder={`Find among ${people.length} ${people.length === 1 ? 'person' : 'people'}`}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          className="flex-1"
        />
        {action}
      </div>
      {children}
      {found.length === 0 ? (
        <EmptyState icon={<Search size={20} />} title={`Nobody matches “${wanted.trim()}”`}>
          Names and addresses are looked through.
        </EmptyState>
      ) : (
        <ul aria-label="People" className="-mx-2">
          {found.map((person) => (
            <PersonLine
              key={person.id}
              person={person}
              self={person.id === selfId}
              there={present.get(person.id)}
              seenAt={person.id === selfId ? undefined : seen.get(person.id)}
            />
          ))}
        </ul>
      )}
      {people.length === 1 ? (
        <EmptyState icon={<UsersRound size={22} strokeWidth={1.8} />} title="Nobody else is here yet">
          An invitation is a link for one address. Send it any way you like.
        </EmptyState>
      ) : null}
    </>
  );
}

interface PersonLineProps {
  person: ListedPerson;
  self: boolean;
  there: PersonThere | undefined;
  seenAt: number | undefined;
}

function PersonLine({ person, self, there, seenAt }: PersonLineProps) {
  return (
    <li className="flex min-h-14 items-center gap-3 rounded-lg px-2 py-2 [contain-intrinsic-size:auto_3.5rem] [content-visibility:auto] hover:bg-sunk">
      <Avatar id={person.id} name={person.name} presence={presenceMark(there)} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-medium">
          {person.name}
          {self ? <span className="font-normal text-ink-3"> (you)</span> : null}
        </span>
        <span className="block truncate text-sm text-ink-3">
          <PresenceLine there={there} seenAt={seenAt} className="after:mx-1 after:content-['·']" />
          {person.placeholder ? 'Imported, has no account yet' : person.email}
        </span>
      </span>
      {person.role === 'member' ? null : <Chip>{roleNames[person.role]}</Chip>}
    </li>
  );
}
