import { classNames } from '@parley/ui';
import { useNavigate } from '@tanstack/react-router';
import { Layers } from 'lucide-react';
import type { ReactNode } from 'react';
import { useThreadSummaries } from '../threads/use-thread-summaries.ts';
import { chooseOrganisation, useChosenOrganisation } from './chosen-organisation.ts';
import { OrganisationMark } from './organisation-mark.tsx';
import type { OwnOrganisation } from './use-organisations.ts';

/** Several organisations at the top of the rail, and all of them; a dot where something is unread. */
export function OrganisationPlaces({ organisations }: { organisations: readonly OwnOrganisation[] }) {
  const chosen = useChosenOrganisation(organisations);
  const navigate = useNavigate();
  const unread = useThreadSummaries().filter((thread) => thread.unread > 0 && !thread.archived);
  const choose = (id: string | null) => {
    chooseOrganisation(id);
    // Beside a page the list is there already; the pages that have no list give way to it.
    if (document.querySelector('[data-region="list"]')?.checkVisibility() !== true) void navigate({ to: '/' });
  };
  return (
    <div role="group" aria-label="Threads of" className="flex flex-col gap-2.5">
      <Place name="All organisations" chosen={chosen === null} unread={0} onChoose={() => choose(null)}>
        <Layers size={18} strokeWidth={1.8} aria-hidden />
      </Place>
      {organisations.map(({ id, name }) => (
        <Place
          key={id}
          name={name}
          chosen={chosen?.id === id}
          unread={unread.filter(({ orgId }) => orgId === id).length}
          onChoose={() => choose(id)}
        >
          <OrganisationMark name={name} />
        </Place>
      ))}
    </div>
  );
}

function Place(props: { name: string; chosen: boolean; unread: number; onChoose: () => void; children: ReactNode }) {
  const { name, chosen, unread, onChoose, children } = props;
  return (
    <button
      type="button"
      aria-label={unread > 0 ? `${name}, ${unread} unread` : name}
      aria-pressed={chosen}
      data-tooltip={name}
      className={classNames(
        'relative grid size-9 place-items-center rounded-lg pointer-coarse:size-11',
        chosen ? 'bg-ink text-paper' : 'bg-sunk text-ink-2 hover:text-ink',
      )}
      onClick={onChoose}
    >
      {children}
      {unread > 0 ? (
        <span className="absolute -top-1 -right-1 size-3 rounded-full border-2 border-paper bg-accent forced:bg-[Highlight]" />
      ) : null}
    </button>
  );
}
