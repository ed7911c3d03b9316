import { Avatar, classNames } from '@parley/ui';
import { GroupMark } from '../people/group-mark.tsx';
import type { Mentionable } from './mentions.ts';

export interface MentionListProps {
  id: string;
  people: readonly Mentionable[];
  /** The one that Enter takes. */
  picked: string;
  onPick: (person: Mentionable) => void;
}

const notes = { all: 'Everyone in this thread', org: 'Members who are here', team: 'Team' } as const;

/** People and groups to mention, above the composer; the focus stays in the text. */
export function MentionList({ id, people, picked, onPick }: MentionListProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label="People to mention"
      className="absolute bottom-full left-0 z-20 mb-1.5 max-h-80 w-full max-w-80 overflow-y-auto rounded-xl border border-line bg-sheet p-1 shadow-lift"
    >
      {people.map((person) => (
        <li
          key={person.id}
          id={`${id}-${person.id}`}
          role="option"
          aria-selected={person.id === picked}
          className={classNames(
            'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 pointer-coarse:min-h-11',
            person.id === picked ? 'bg-accent-soft text-ink' : 'hover:bg-sunk',
          )}
          // Before the text loses the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(person);
          }}
        >
          {person.group === undefined ? (
            <Avatar id={person.id} name={person.name} size={26} />
          ) : (
            <GroupMark kind={person.group} size={26} />
          )}
          <span className="min-w-0 truncate">{person.name}</span>
          {person.group === undefined ? null : (
            <span className="ml-auto shrink-0 text-sm text-ink-3">{notes[person.group]}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
