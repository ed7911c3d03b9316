import { Avatar, AvatarStack } from '@parley/ui';
import { ChevronRight } from 'lucide-react';
import { GroupMark } from './group-mark.tsx';
import { peopleCount, useGroups, type Group } from './use-groups.ts';

/** The teams of an organisation; each opens on who is in it. Nothing where there are none. */
export function TeamList({ orgId }: { orgId: string }) {
  const teams = useGroups(orgId).filter(({ kind }) => kind === 'team');
  if (teams.length === 0) return null;
  return (
    <section aria-label="Teams" className="mb-5">
      <h3 className="mb-1 text-sm font-[550] text-ink-3">Teams</h3>
      <ul className="-mx-2">
        {teams.map((team) => (
          <TeamLine key={team.id} team={team} />
        ))}
      </ul>
    </section>
  );
}

function TeamLine({ team: { name, people } }: { team: Group }) {
  return (
    <li>
      <details className="group/team">
        <summary className="flex min-h-12 cursor-pointer list-none items-center gap-3 rounded-lg px-2 py-1.5 hover:bg-sunk [&::-webkit-details-marker]:hidden">
          <GroupMark kind="team" />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-base font-medium">{name}</span>
            <span className="block truncate text-sm text-ink-3">{peopleCount(people.length)}</span>
          </span>
          <span className="max-desk:hidden">{people.length > 0 ? <AvatarStack people={people} /> : null}</span>
          <ChevronRight size={16} aria-hidden className="shrink-0 text-ink-3 group-open/team:rotate-90" />
        </summary>
        <ul aria-label={`People of ${name}`} className="mb-2 ml-11.5">
          {people.map((person) => (
            <li key={person.id} className="flex min-h-9 items-center gap-2.5">
              <Avatar id={person.id} name={person.name} size={26} />
              <span className="truncate">{person.name}</span>
            </li>
          ))}
          {people.length === 0 ? <li className="text-ink-3">Nobody is in it yet.</li> : null}
        </ul>
      </details>
    </li>
  );
}
