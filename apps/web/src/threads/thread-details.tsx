import type { ScopeId } from '@parley/sync/mutator';
import { Avatar, Button, Dialog, IconButton, Time } from '@parley/ui';
import { Link, MessagesSquare, UserMinus, UserPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { GroupMark } from '../people/group-mark.tsx';
import { PresenceLine } from '../presence/presence-line.tsx';
import { presenceMark } from '../presence/presence-words.ts';
import type { PeopleThere } from '@parley/client/live/people-there';
import { useLastSeen } from '../presence/use-last-seen.ts';
import { groupTitle, peopleCount, type Group } from '../people/use-groups.ts';
import { ThreadLink } from './continuing.tsx';
import { PeoplePicker, type PickablePerson } from './people-picker.tsx';
import { SidePanel } from './side-panel.tsx';
import { ThreadOrganisations, type ThreadOrganisationsProps } from './thread-organisations.tsx';
import type { ThreadGroup } from './use-thread-people.ts';

export interface ThreadDetailsProps {
  createdAt: number;
  createdBy: string;
  /** Who takes part now. */
  people: readonly DetailsPerson[];
  /** Who took part and left or was removed. */
  former: readonly DetailsPerson[];
  groups: readonly ThreadGroup[];
  /** None in an internal thread. */
  organisations: ThreadOrganisationsProps['organisations'];
  onPermit: ThreadOrganisationsProps['onPermit'];
  personId: string;
  /** Who looks at the thread, and who is there at all. */
  inThread: PeopleThere;
  present: PeopleThere;
  /** Where the reader may know when they were last seen. */
  rooms: readonly ScopeId[];
  /** Who could be added; `null` where the reader may not. */
  directory: readonly PickablePerson[] | null;
  pickableGroups: readonly Group[];
  /** Invites somebody from outside, where the reader may. */
  inviteGuest: ReactNode;
  onAdd: (personIds: string[], groupIds: string[]) => void;
  /** Names of the other organisations that take part, by id. */
  outside: ReadonlyMap<string, string>;
  /** Whether people who act for an organisation, or without one groups, may be taken out; oneself may always leave. */
  mayRemove: (actingOrg?: string) => boolean;
  onRemove: (personId: string) => void;
  onRemoveGroup: (groupId: string) => void;
  onCopyLink: () => void;
  /** The thread that it goes on from. */
  continuedFrom: string | null;
  /** Goes on from it with a partner, where the reader may. */
  onContinue: (() => void) | null;
  onClose: () => void;
}

interface DetailsPerson {
  id: string;
  name: string;
  placeholder: boolean;
  actingOrg: string;
  joinedAt: number;
  via?: string[] | null;
}

/** Who came later than this after the thread was started was added to it. */
const LATER_MS = 60_000;

/** Who takes part: add, remove, leave. */
export function ThreadDetails(props: ThreadDetailsProps) {
  const { createdAt, createdBy, people, former, groups, personId, inThread, present, directory, pickableGroups } =
    props;
  const seen = useLastSeen(props.rooms);
  const {
    organisations,
    onPermit,
    inviteGuest,
    onAdd,
    outside,
    mayRemove,
    onRemove,
    onRemoveGroup,
    onCopyLink,
    continuedFrom,
    onContinue,
    onClose,
  } = props;
  const [adding, setAdding] = useState<string[] | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const leaving = removing === personId;
  const removed = people.find(({ id }) => id === removing);
  const takingPart = new Set(people.map(({ id }) => id));
  const addable = directory?.filter(({ id }) => !takingPart.has(id)) ?? [];
  const groupNames = new Map(groups.map((group) => [group.id, groupTitle(group)]));
  const addableGroups = pickableGroups.filter(({ id }) => !groupNames.has(id));
  const removedGroup = groups.find(({ id }) => id === removing);

  return (
    <SidePanel title="Details" onClose={onClose}>
      <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-5 py-4 max-desk:px-4">
        <div className="mb-2 flex items-center justify-between gap-2">
          <h3 className="font-semibold">{peopleCount(people.length)}</h3>
          {adding === null ? (
            <span className="flex flex-wrap justify-end gap-2">
              {inviteGuest}
              {directory !== null && addable.length + addableGroups.length > 0 ? (
                <Button size="small" icon={<UserPlus size={15} />} onClick={() => setAdding([])}>
                  Add people
                </Button>
              ) : null}
            </span>
          ) : null}
        </div>
        {adding === null ? null : (
          <form
            className="mb-4 flex flex-col gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              const isGroup = (id: string) => addableGroups.some((group) => group.id === id);
              onAdd(
                adding.filter((id) => !isGroup(id)),
                adding.filter(isGroup),
              );
              setAdding(null);
            }}
          >
            <PeoplePicker
              label="People to add"
              people={addable}
              groups={addableGroups}
              picked={adding}
              onChange={setAdding}
              autoFocus
            />
            <p className="text-sm text-ink-2">
              They will see the whole history, from the start of the thread <Time at={createdAt} as="relative" />.
            </p>
            <span className="flex justify-end gap-2">
              <Button size="small" look="plain" onClick={() => setAdding(null)}>
                Cancel
              </Button>
              <Button size="small" look="primary" type="submit">
                {adding.length > 1 ? `Add ${adding.length}` : 'Add'}
              </Button>
            </span>
          </form>
        )}
        {organisations.length > 0 ? <ThreadOrganisations organisations={organisations} onPermit={onPermit} /> : null}
        {groups.length > 0 ? (
          <ul aria-label="Groups in this thread" className="-mx-2 mb-1 border-b border-line pb-1">
            {groups.map((group) => (
              <li
                key={group.id}
                className="group/person flex min-h-11 items-center gap-2.5 rounded-md px-2 hover:bg-sunk"
              >
                <GroupMark kind={group.kind} size={26} />
                <span className="min-w-0 flex-1">
                  <span className="block truncate">{groupTitle(group)}</span>
                  {group.count === null ? null : (
                    <span className="block truncate text-sm text-ink-3">{peopleCount(group.count)}</span>
                  )}
                </span>
                {mayRemove() ? (
                  <IconButton
                    label={`Remove ${groupTitle(group)}`}
                    className="opacity-0 group-focus-within/person:opacity-100 group-hover/person:opacity-100 pointer-coarse:opacity-100"
                    onClick={() => setRemoving(group.id)}
                  >
                    <UserMinus size={16} />
                  </IconButton>
                ) : null}
              </li>
            ))}
          </ul>
        ) : null}
        <ul aria-label="People in this thread" className="-mx-2">
          {people.map(({ id, name, placeholder, actingOrg, joinedAt, via }) => (
            <li key={id} className="group/person flex min-h-12 items-center gap-2.5 rounded-md px-2 py-1 hover:bg-sunk">
              <Avatar
                id={id}
                name={name}
                size={26}
                outside={outside.has(actingOrg)}
                presence={presenceMark(present.get(id))}
              />
              <span className="min-w-0 flex-1">
                <span className="block truncate">
                  {name}
                  {outside.has(actingOrg) ? <span className="text-outside"> · {outside.get(actingOrg)}</span> : null}
                  {id === personId ? <span className="text-ink-3"> (you)</span> : null}
                </span>
                <span className="block truncate text-sm text-ink-3 empty:hidden">
                  <PresenceLine
                    there={present.get(id)}
                    isLooking={inThread.get(id)?.status === 'active'}
                    seenAt={id === personId ? undefined : seen.get(id)}
                    className="not-last:after:mx-1 not-last:after:content-['·']"
                  />
                  {placeholder ? (
                    'Has not joined yet'
                  ) : via ? (
                    <span>via {via.map((groupId) => groupNames.get(groupId) ?? 'a group').join(', ')}</span>
                  ) : joinedAt > createdAt + LATER_MS ? (
                    <span>
                      Added <Time at={joinedAt} as="relative" />
                    </span>
                  ) : null}
                </span>
              </span>
              {id === personId || !mayRemove(actingOrg) ? null : (
                <IconButton
                  label={`Remove ${name}`}
                  className="opacity-0 group-focus-within/person:opacity-100 group-hover/person:opacity-100 pointer-coarse:opacity-100"
                  onClick={() => setRemoving(id)}
                >
                  <UserMinus size={16} />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
        {former.length > 0 ? (
          <>
            <h3 className="mt-5 mb-1 font-semibold">Were here before</h3>
            <ul aria-label="People who left this thread" className="-mx-2">
              {former.map(({ id, name }) => (
                <li key={id} className="flex min-h-11 items-center gap-2.5 rounded-md px-2 hover:bg-sunk">
                  <Avatar id={id} name={name} size={26} />
                  <span className="min-w-0 flex-1 truncate text-ink-2">{name}</span>
                  {addable.some((person) => person.id === id) ? (
                    <Button size="small" look="plain" aria-label={`Add ${name} again`} onClick={() => setAdding([id])}>
                      Add again
                    </Button>
                  ) : null}
                </li>
              ))}
            </ul>
          </>
        ) : null}
        <p className="mt-5 text-sm text-ink-3">
          Started by {createdBy}, <Time at={createdAt} as="relative" />
        </p>
        {continuedFrom === null ? null : (
          <p className="mt-1 text-sm">
            <ThreadLink threadId={continuedFrom} words="Continues" />
          </p>
        )}
        <div className="mt-4 flex flex-wrap gap-2">
          <Button icon={<Link size={15} />} onClick={onCopyLink}>
            Copy link
          </Button>
          {onContinue === null ? null : (
            <Button icon={<MessagesSquare size={15} />} onClick={onContinue}>
              Continue with a partner
            </Button>
          )}
          <Button onClick={() => setRemoving(personId)}>Leave this thread</Button>
        </div>
      </div>
      <Dialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        width="narrow"
        title={
          leaving ? 'Leave this thread?' : `Remove ${removedGroup ? groupTitle(removedGroup) : (removed?.name ?? '')}?`
        }
        description={
          leaving
            ? leaveWords(people.length - 1)
            : removedGroup
              ? 'Whoever is here only through it no longer sees this thread, on any device. People who were added singly stay.'
              : 'They no longer see this thread, on any device. What they wrote stays, and they can be added again.'
        }
        actions={
          <>
            <Button onClick={() => setRemoving(null)}>Cancel</Button>
            <Button
              look="danger"
              onClick={() => {
                if (removedGroup) onRemoveGroup(removedGroup.id);
                else if (removing !== null) onRemove(removing);
                setRemoving(null);
              }}
            >
              {leaving ? 'Leave' : 'Remove'}
            </Button>
          </>
        }
      />
    </SidePanel>
  );
}

/** What leaving means, with so many people staying. */
function leaveWords(staying: number): string {
  const gone = 'It disappears from your list, on every device.';
  if (staying === 0) return `${gone} You are the last one here: nobody can open it or add you again.`;
  return `${gone} What you wrote stays, and ${staying === 1 ? 'the person' : 'anyone'} who stays can add you again.`;
}
