import { orgPeopleScope, orgScope } from '@parley/core/scopes';
import { TEAM_NAME_LENGTH } from '@parley/core/teams';
import { announce, AvatarStack, Button, Dialog, EmptyState, IconButton, Menu, TextField } from '@parley/ui';
import { Ellipsis, Pencil, Plus, Trash2, UsersRound } from 'lucide-react';
import { useMemo, useRef, useState, type FormEvent } from 'react';
import { v7 as uuidv7 } from 'uuid';
import { GroupMark } from '../people/group-mark.tsx';
import { peopleCount, useGroups, type Group } from '../people/use-groups.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { attempt } from '../sync/attempt.ts';
import { useEngine } from '../sync/engine-provider.tsx';
import { useRow, useRows } from '../sync/views.ts';
import { PeoplePicker } from '../threads/people-picker.tsx';

/** Named groups of members, to be added to threads and mentioned as one. Works without a network. */
export function TeamsPage({ organisation }: { organisation: OwnOrganisation }) {
  const { id: orgId } = organisation;
  const teams = useGroups(orgId).filter(({ kind }) => kind === 'team');
  const [editing, setEditing] = useState<string>();
  const [removing, setRemoving] = useState<Group>();
  const engine = useEngine();
  const create = (
    <Button
      look="primary"
      icon={<Plus size={16} aria-hidden />}
      onClick={() => setEditing(uuidv7())}
      className="min-h-9"
    >
      New team
    </Button>
  );
  return (
    <section aria-label="Teams">
      {teams.length === 0 ? (
        <EmptyState icon={<UsersRound size={22} strokeWidth={1.8} />} title="No teams yet" action={create}>
          A team is added to a thread as one. Whoever joins it later sees the thread too.
        </EmptyState>
      ) : (
        <>
          <div className="mb-4 flex items-center justify-between gap-3">
            <p className="text-base text-ink-3">Whoever is in a team sees the threads it takes part in.</p>
            {create}
          </div>
          <ul aria-label="Teams" className="-mx-2">
            {teams.map((team) => (
              <TeamLine
                key={team.id}
                team={team}
                onEdit={() => setEditing(team.id)}
                onRemove={() => setRemoving(team)}
              />
            ))}
          </ul>
        </>
      )}
      {editing === undefined ? null : (
        <TeamDialog key={editing} orgId={orgId} teamId={editing} onClose={() => setEditing(undefined)} />
      )}
      <Dialog
        open={removing !== undefined}
        onOpenChange={(open) => open || setRemoving(undefined)}
        width="narrow"
        title={`Remove ${removing?.name ?? ''}?`}
        description="It leaves every thread. Whoever is in a thread only through it no longer sees it, on any device."
        actions={
          <>
            <Button onClick={() => setRemoving(undefined)}>Cancel</Button>
            <Button
              look="danger"
              onClick={() => {
                setRemoving(undefined);
                if (removing) void attempt(engine.mutate('removeTeam', { orgId, teamId: removing.id }));
              }}
            >
              Remove
            </Button>
          </>
        }
      />
    </section>
  );
}

function TeamLine({ team, onEdit, onRemove }: { team: Group; onEdit: () => void; onRemove: () => void }) {
  const { name, people } = team;
  return (
    <li className="flex min-h-14 items-center gap-3 rounded-lg px-2 py-1.5 hover:bg-sunk/60">
      <GroupMark kind="team" />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-medium">{name}</span>
        <span className="block truncate text-sm text-ink-3">{peopleCount(people.length)}</span>
      </span>
      <span className="max-desk:hidden">{people.length > 0 ? <AvatarStack people={people} /> : null}</span>
      <Button size="small" icon={<Pencil size={14} />} onClick={onEdit} aria-label={`Edit ${name}`}>
        Edit
      </Button>
      <Menu
        label={`What can be done with ${name}`}
        items={[{ label: 'Remove', icon: <Trash2 size={15} />, danger: true, onSelect: onRemove }]}
        trigger={(props) => (
          <IconButton {...props} label={`More for ${name}`}>
            <Ellipsis size={17} />
          </IconButton>
        )}
      />
    </li>
  );
}

/** Name and people of a team, or of a new one. */
function TeamDialog({ orgId, teamId, onClose }: { orgId: string; teamId: string; onClose: () => void }) {
  const engine = useEngine();
  const directory = useRows(orgPeopleScope(orgId), 'person');
  const team = useRow(orgScope(orgId), 'team', teamId)?.data;
  const people = useMemo(
    () => directory.filter(({ data }) => data.active && data.role !== 'guest').map(({ id, data }) => ({ id, ...data })),
    [directory],
  );
  // What was there when the dialog opened: others may change the team meanwhile, and only the difference is sent.
  const [before] = useState(() => ({
    name: team?.name ?? '',
    memberIds: team?.memberIds.filter((id) => people.some((person) => person.id === id)) ?? [],
  }));
  const [name, setName] = useState(before.name);
  const [memberIds, setMemberIds] = useState<string[]>(before.memberIds);
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const save = async () => {
    const args = { orgId, teamId, name: name.trim() };
    const added = memberIds.filter((id) => !before.memberIds.includes(id));
    const removed = before.memberIds.filter((id) => !memberIds.includes(id));
    const saved = await attempt(
      team === undefined
        ? engine.mutate('createTeam', { ...args, memberIds })
        : engine.mutate('changeTeam', { ...args, add: added, remove: removed }),
    );
    if (!saved) return;
    onClose();
    announce(team === undefined ? 'Team made' : 'Team changed');
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') return void save();
    setMissing(true);
    field.current?.focus();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={team === undefined ? 'New team' : before.name}
      description="Whoever is added sees the whole history of the threads the team is in. Whoever is taken out loses them."
      initialFocus={field}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="team" look="primary">
            {team === undefined ? 'Make team' : 'Save'}
          </Button>
        </>
      }
    >
      <form id="team" onSubmit={onSubmit} noValidate className="flex min-h-72 flex-col gap-5">
        <TextField
          ref={field}
          label="Name"
          autoComplete="off"
          maxLength={TEAM_NAME_LENGTH}
          value={name}
          error={missing ? 'A team needs a name.' : undefined}
          onChange={({ target }) => {
            setMissing(false);
            setName(target.value);
          }}
        />
        <div className="flex flex-col gap-1.5">
          <span className="text-base font-medium">People</span>
          <PeoplePicker label="People of the team" people={people} picked={memberIds} onChange={setMemberIds} />
        </div>
      </form>
    </Dialog>
  );
}
