import { SUBJECT_LENGTH } from '@parley/core/text';
import { AvatarStack, Chip, formatList, IconButton, Menu, type MenuItem } from '@parley/ui';
import { BellOff, ChevronLeft, CircleCheck, Ellipsis, Info, Pin } from 'lucide-react';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { presenceMark } from '../presence/presence-words.ts';
import type { PeopleThere } from '@parley/client/live/people-there';
import { groupTitle } from '../people/use-groups.ts';
import { ThreadLink } from './continuing.tsx';
import { ExternalMark } from './external-mark.tsx';
import type { ThreadGroup } from './use-thread-people.ts';

export interface ThreadHeaderProps {
  subject: string;
  /** Who takes part; the reader among them. */
  people: readonly HeaderPerson[];
  groups: readonly ThreadGroup[];
  personId: string;
  /** Who looks at it besides the reader. */
  inThread: PeopleThere;
  /** Who is known to be there at all. */
  present: PeopleThere;
  /** Organisations of partners that take part. */
  partners: readonly string[];
  /** The thread that it goes on from. */
  continuedFrom: string | null;
  /** What it is besides: for everybody resolved, for the reader the rest. */
  is: { resolved: boolean; archived: boolean; muted: boolean; pinned: boolean };
  /** What can be done with the thread as a whole, made when it is asked for. */
  menu: () => readonly MenuItem[];
  /** How many messages are pinned. */
  pins: number;
  pinsOpen: boolean;
  onPins: () => void;
  detailsOpen: boolean;
  mayRename: boolean;
  onRename: (subject: string) => void;
  onBack: () => void;
  onDetails: () => void;
}

interface HeaderPerson {
  id: string;
  name: string;
  via?: string[] | null;
}

/** What the thread is about and who takes part. The subject is changed where it stands. */
export function ThreadHeader(props: ThreadHeaderProps) {
  const {
    subject,
    people,
    groups,
    personId,
    inThread,
    present,
    partners,
    continuedFrom,
    is,
    menu,
    pins,
    pinsOpen,
    onPins,
    detailsOpen,
    mayRename,
    onRename,
    onBack,
    onDetails,
  } = props;
  const [renaming, setRenaming] = useState(false);
  return (
    <header className="flex min-h-15 items-center gap-3 border-b border-line px-5 py-2 max-desk:gap-1.5 max-desk:px-2">
      <IconButton label="Back to threads" className="desk:hidden" onClick={onBack}>
        <ChevronLeft size={18} />
      </IconButton>
      <div className="min-w-0 flex-1">
        {renaming ? (
          <>
            <h1 className="sr-only">{subject}</h1>
            <SubjectField
              subject={subject}
              onDone={(next) => {
                setRenaming(false);
                if (next !== null && next !== subject) onRename(next);
              }}
            />
          </>
        ) : (
          <div className="flex min-w-0 items-center gap-2">
            <h1 className="min-w-0 truncate text-lg font-[650] tracking-[-0.01em]">
              {mayRename ? (
                <button
                  type="button"
                  data-tooltip="Rename"
                  className="relative -mx-1.5 min-h-6 max-w-[calc(100%+0.75rem)] truncate rounded-sm px-1.5 text-left align-bottom hover:bg-sunk"
                  onClick={() => setRenaming(true)}
                >
                  {subject}
                  <span className="sr-only">, rename</span>
                </button>
              ) : (
                subject
              )}
            </h1>
            {partners.length > 0 ? (
              <span className="shrink-0 max-desk:hidden">
                <ExternalMark partners={partners} />
              </span>
            ) : null}
            {is.resolved ? (
              <Chip>
                <CircleCheck size={13} aria-hidden />
                Resolved
              </Chip>
            ) : null}
            {is.archived ? <Chip>Archived</Chip> : null}
            {is.pinned ? <Sign icon={<Pin size={14} aria-hidden />} label="Pinned" /> : null}
            {is.muted ? <Sign icon={<BellOff size={14} aria-hidden />} label="Muted" /> : null}
          </div>
        )}
        <div className="flex min-w-0 items-center gap-2">
          {/* On a phone the subject needs its whole line. */}
          {partners.length > 0 ? (
            <span className="shrink-0 desk:hidden">
              <ExternalMark partners={partners} />
            </span>
          ) : null}
          {continuedFrom === null ? null : (
            <ThreadLink
              threadId={continuedFrom}
              words="Continues"
              className="inline-block max-w-1/2 shrink-0 truncate text-sm leading-6 max-desk:hidden"
            />
          )}
          <p className="truncate text-sm text-ink-3">{peopleWords(people, groups, personId)}</p>
          <p className="shrink-0 text-sm text-ink-2 empty:hidden desk:before:mr-2 desk:before:content-['·']">
            {lookingWords(people, inThread)}
          </p>
        </div>
      </div>
      <span className="max-desk:hidden">
        <AvatarStack people={people.map((each) => ({ ...each, presence: presenceMark(present.get(each.id)) }))} />
      </span>
      {pins > 0 || pinsOpen ? (
        <IconButton
          label={pins === 1 ? '1 pinned message' : `${pins} pinned messages`}
          aria-pressed={pinsOpen}
          onClick={onPins}
        >
          <Pin size={17} />
        </IconButton>
      ) : null}
      <ThreadMenu items={menu} />
      <IconButton label="Details" aria-pressed={detailsOpen} onClick={onDetails}>
        <Info size={18} />
      </IconButton>
    </header>
  );
}

function ThreadMenu({ items }: { items: () => readonly MenuItem[] }) {
  const [shown, setShown] = useState<readonly MenuItem[]>([]);
  return (
    <Menu
      label="Thread menu"
      items={shown}
      onOpen={() => setShown(items())}
      trigger={(props) => (
        <IconButton label="Thread menu" {...props}>
          <Ellipsis size={18} />
        </IconButton>
      )}
    />
  );
}

function Sign({ icon, label }: { icon: ReactNode; label: string }) {
  return (
    <span className="shrink-0 text-ink-3" data-tooltip={label}>
      {icon}
      <span className="sr-only">{label}</span>
    </span>
  );
}

function SubjectField({ subject, onDone }: { subject: string; onDone: (next: string | null) => void }) {
  const [text, setText] = useState(subject);
  const done = useRef(false);
  const finish = (next: string | null) => {
    if (done.current) return;
    done.current = true;
    const line = next?.replace(/\s+/g, ' ').trim() ?? '';
    onDone(line === '' ? null : line);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') finish(text);
    else if (event.key === 'Escape') finish(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <input
      // Pressing the subject is asking to type here.
      autoFocus
      aria-label="Subject"
      value={text}
      maxLength={SUBJECT_LENGTH}
      className="-mx-1.5 w-full rounded-sm bg-sunk px-1.5 text-lg font-[650] tracking-[-0.01em] -outline-offset-2"
      onChange={({ target }) => setText(target.value)}
      onFocus={({ target }) => target.select()}
      onBlur={() => finish(text)}
      onKeyDown={onKeyDown}
    />
  );
}

const NAMED = 4;

/** "Drivers, Alice and 3 more"; the reader is left out, for they know, and whom a group brought, for it is named. */
function peopleWords(people: readonly HeaderPerson[], groups: readonly ThreadGroup[], personId: string): string {
  // They are not read from disk yet.
  if (people.length === 0) return '\u00A0';
  const others = people.filter(({ id, via }) => id !== personId && !via);
  const names = [...groups.map(groupTitle), ...others.map(({ name }) => name.split(' ')[0] ?? name)];
  if (names.length === 0) return 'Only you';
  const named = names.slice(0, names.length > NAMED ? NAMED - 1 : NAMED);
  const rest = names.length - named.length;
  return formatList(rest > 0 ? [...named, `${rest} more`] : named);
}

/** "Bob is here": who looks at the thread at this moment. */
function lookingWords(people: readonly HeaderPerson[], inThread: PeopleThere): string | null {
  const looking = people.filter(({ id }) => inThread.get(id)?.status === 'active');
  const [first] = looking;
  if (first === undefined) return null;
  return looking.length === 1 ? `${first.name.split(' ')[0] ?? first.name} is here` : `${looking.length} are here`;
}
