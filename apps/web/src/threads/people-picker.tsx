import { Avatar, classNames, IconButton } from '@parley/ui';
import { X } from 'lucide-react';
import { useId, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { GroupMark } from '../people/group-mark.tsx';
import { matchPeople } from '../people/match-people.ts';
import { groupNote, groupTitle, type Group } from '../people/use-groups.ts';

export interface PickablePerson {
  id: string;
  name: string;
  email: string | null;
  placeholder: boolean;
  /** The organisation of somebody who is not of the reader's. */
  outside?: string;
}

export interface PeoplePickerProps {
  label: string;
  people: readonly PickablePerson[];
  /** Offered before people. */
  groups?: readonly Group[];
  /** Ids of people and groups. */
  picked: readonly string[];
  onChange: (picked: string[]) => void;
  autoFocus?: boolean;
  /** For a dialog, which gives it the focus itself. */
  fieldRef?: RefObject<HTMLInputElement | null>;
}

const SHOWN = 50;

interface Choice {
  id: string;
  name: string;
  note: string | null;
  mark: (size: 20 | 26) => ReactNode;
}

const personChoice = ({ id, name, email, placeholder, outside }: PickablePerson): Choice => ({
  id,
  name,
  note: outside ?? (placeholder ? 'Has not joined yet' : email),
  mark: (size) => <Avatar id={id} name={name} size={size} outside={outside !== undefined} />,
});
const groupChoice = (group: Group): Choice => ({
  id: group.id,
  name: groupTitle(group),
  note: groupNote(group),
  mark: (size) => <GroupMark kind={group.kind} size={size} />,
});
const noGroups: readonly Group[] = [];

/** People and groups chosen by typing part of a name; the chosen ones stand before the field. */
export function PeoplePicker(props: PeoplePickerProps) {
  const { label, people, groups = noGroups, picked, onChange, autoFocus = false, fieldRef } = props;
  const id = useId();
  const ownField = useRef<HTMLInputElement>(null);
  const field = fieldRef ?? ownField;
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const chosen = picked.flatMap((pickedId) => {
    const group = groups.find((each) => each.id === pickedId);
    const person = people.find((each) => each.id === pickedId);
    return group ? groupChoice(group) : person ? personChoice(person) : [];
  });
  const [teams, organisations] = [
    groups.filter(({ kind }) => kind === 'team'),
    groups.filter(({ kind }) => kind === 'org'),
  ];
  const left = <One extends { id: string }>(all: readonly One[]) => all.filter((one) => !picked.includes(one.id));
  const found = open
    ? [
        ...matchPeople(left(teams).map(groupChoice), query),
        // Not the first that Enter takes.
        ...matchPeople(left(organisations).map(groupChoice), query),
        ...matchPeople(left(people), query).slice(0, SHOWN).map(personChoice),
      ]
    : [];
  const active = found[Math.min(at, found.length - 1)];

  const pick = (person: Choice) => {
    onChange([...picked, person.id]);
    setQuery('');
    // What stands below it can be read again; typing opens it for the next.
    setOpen(false);
    setAt(0);
    field.current?.focus();
  };
  const move = (to: number) => {
    setOpen(true);
    const next = found.length === 0 ? 0 : (to + found.length) % found.length;
    setAt(next);
    document.getElementById(`${id}-${found[next]?.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown') move(Math.min(at, found.length) + 1 - (open ? 0 : 1));
    else if (event.key === 'ArrowUp') move(at - 1);
    else if (event.key === 'Enter' && active) pick(active);
    else if (event.key === 'Escape' && open) setOpen(false);
    else if (event.key === 'Backspace' && query === '' && picked.length > 0) onChange(picked.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="relative">
      <div className="flex min-h-10 flex-wrap items-center gap-1.5 rounded-md border border-edge bg-sheet p-1.5 has-[input:focus-visible]:border-accent has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent pointer-coarse:min-h-11">
        {chosen.map((person) => (
          <span key={person.id} className="flex max-w-full items-center gap-1.5 rounded-full bg-sunk py-0.5 pl-0.5">
            {person.mark(20)}
            <span className="truncate font-medium">{person.name}</span>
            <IconButton
              label={`Remove ${person.name}`}
              size="small"
              className="rounded-full pointer-coarse:size-9"
              onClick={() => onChange(picked.filter((personId) => personId !== person.id))}
            >
              <X size={13} />
            </IconButton>
          </span>
        ))}
        <input
          ref={field}
          role="combobox"
          aria-label={label}
          aria-expanded={found.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active === undefined ? undefined : `${id}-${active.id}`}
          autoComplete="off"
          // Somebody who opened this page has come to choose.
          autoFocus={autoFocus}
          value={query}
          placeholder={picked.length === 0 ? 'Type a name' : ''}
          className="min-h-7 min-w-30 flex-1 bg-transparent px-1.5 outline-none placeholder:text-ink-3 max-desk:text-[1rem]"
          onChange={({ target }) => {
            setQuery(target.value);
            setOpen(true);
            setAt(0);
          }}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul
        id={`${id}-list`}
        role="listbox"
        aria-label="People"
        hidden={found.length === 0}
        className="scroll-quiet absolute top-full right-0 left-0 z-20 mt-1 max-h-72 overflow-y-auto rounded-xl border border-line bg-sheet p-1 shadow-lift"
      >
        {found.map((person) => (
          <li
            key={person.id}
            id={`${id}-${person.id}`}
            role="option"
            aria-selected={person.id === active?.id}
            className={classNames(
              'flex min-h-11 cursor-pointer items-center gap-2.5 rounded-md px-2',
              person.id === active?.id ? 'bg-accent-soft' : 'hover:bg-sunk',
            )}
            onMouseDown={(event) => {
              event.preventDefault();
              pick(person);
            }}
          >
            {person.mark(26)}
            <span className="min-w-0">
              <span className="block truncate font-medium">{person.name}</span>
              <span className="block truncate text-sm text-ink-3">{person.note}</span>
            </span>
          </li>
        ))}
      </ul>
      {open && found.length === 0 && query.trim() !== '' ? (
        <p role="status" className="mt-1 text-sm text-ink-3">
          Nobody matches “{query.trim()}”.
        </p>
      ) : null}
    </div>
  );
}
