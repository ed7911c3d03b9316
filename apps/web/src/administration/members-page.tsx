import type { PersonRow } from '@parley/core/organisations';
import { orgPeopleScope } from '@parley/core/scopes';
import { Button, EmptyState, SearchField, Segmented } from '@parley/ui';
import { Search, UserRoundPlus, UsersRound } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { InviteDialog } from '../people/invite-dialog.tsx';
import { matchPeople } from '../people/match-people.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { useRows } from '../sync/views.ts';
import { administration } from './administration.ts';
import { useOnline } from './connection.tsx';
import { DeactivateDialog } from './deactivate-dialog.tsx';
import { MemberLine } from './member-line.tsx';
import { MergeDialog } from './merge-dialog.tsx';

export interface ListedMember extends PersonRow {
  id: string;
}

const kinds = { active: 'Members', imported: 'Imported', deactivated: 'Deactivated' } as const;
type Kind = keyof typeof kinds;

const kindOf = ({ active, placeholder }: PersonRow): Kind =>
  active ? (placeholder ? 'imported' : 'active') : 'deactivated';

/** Everybody of the organisation with their role, from this device's copy; changes go to the server at once. */
export function MembersPage({ organisation }: { organisation: OwnOrganisation }) {
  const rows = useRows(orgPeopleScope(organisation.id), 'person');
  const online = useOnline();
  const seen = administration.organisations.lastSeen.useQuery({ orgId: organisation.id });
  const seenAt = useMemo(() => new Map(seen.data?.map(({ personId, at }) => [personId, at])), [seen.data]);
  const [kind, setKind] = useState<Kind>('active');
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  const [inviting, setInviting] = useState<{ address: string }>();
  const [merging, setMerging] = useState<ListedMember>();
  const [leaving, setLeaving] = useState<ListedMember>();

  const people = useMemo(() => rows.map(({ id, data }) => ({ id, ...data })), [rows]);
  const ofKind = useMemo(() => people.filter((person) => kindOf(person) === kind), [people, kind]);
  const found = useMemo(() => matchPeople(ofKind, wanted), [ofKind, wanted]);
  const counts = useMemo(() => countKinds(people), [people]);
  const otherKinds = counts.imported + counts.deactivated > 0;

  return (
    <section aria-label="Members">
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <SearchField
          label="Find members"
          placeholder={`Find among ${ofKind.length}`}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          className="min-w-40 flex-1"
        />
        <Button
          look="primary"
          disabled={!online}
          title={online ? undefined : 'Inviting needs a connection'}
          icon={<UserRoundPlus size={16} aria-hidden />}
          onClick={() => setInviting({ address: '' })}
          className="min-h-9"
        >
          Invite
        </Button>
      </div>
      {otherKinds ? (
        <Segmented
          label="Show"
          value={kind}
          options={(Object.keys(kinds) as Kind[]).map((value) => ({
            value,
            label: `${kinds[value]} ${counts[value].toLocaleString()}`,
          }))}
          onChange={setKind}
          className="mb-4"
        />
      ) : null}
      {found.length > 0 ? (
        <ul aria-label="Members" className="-mx-2">
          {found.map((member) => (
            <MemberLine
              key={member.id}
              member={member}
              organisation={organisation}
              seenAt={seenAt.get(member.id)}
              online={online}
              onInvite={(address) => setInviting({ address })}
              onMerge={setMerging}
              onDeactivate={setLeaving}
            />
          ))}
        </ul>
      ) : (
        <Nobody query={wanted.trim()} kind={kind} />
      )}
      {inviting ? (
        <InviteDialog organisation={organisation} {...inviting} onClose={() => setInviting(undefined)} />
      ) : null}
      {merging ? (
        <MergeDialog
          member={merging}
          people={people}
          organisation={organisation}
          onClose={() => setMerging(undefined)}
        />
      ) : null}
      {leaving ? (
        <DeactivateDialog member={leaving} organisation={organisation} onClose={() => setLeaving(undefined)} />
      ) : null}
    </section>
  );
}

function countKinds(people: readonly PersonRow[]): Record<Kind, number> {
  const counts = { active: 0, imported: 0, deactivated: 0 };
  for (const person of people) counts[kindOf(person)] += 1;
  return counts;
}

const nobody: Readonly<Record<Kind, { title: string; words: ReactNode }>> = {
  active: { title: 'The directory is not here yet', words: 'It comes with the first connection.' },
  imported: {
    title: 'Nobody waits for an account',
    words: 'Everybody who came with an import has accepted an invitation.',
  },
  deactivated: { title: 'Nobody is deactivated', words: 'Whoever is shut out stands here, to be let in again.' },
};

function Nobody({ query, kind }: { query: string; kind: Kind }) {
  if (query !== '') {
    return (
      <EmptyState icon={<Search size={20} />} title={`Nobody matches “${query}”`}>
        Names and addresses are looked through.
      </EmptyState>
    );
  }
  const { title, words } = nobody[kind];
  return (
    <EmptyState icon={<UsersRound size={22} strokeWidth={1.8} />} title={title}>
      {words}
    </EmptyState>
  );
}
