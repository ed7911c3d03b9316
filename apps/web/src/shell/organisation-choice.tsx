import { Menu, type MenuItem } from '@parley/ui';
import { ChevronDown } from 'lucide-react';
import { chooseOrganisation } from './chosen-organisation.ts';
import type { OwnOrganisation } from './use-organisations.ts';

export interface OrganisationChoiceProps {
  organisations: readonly OwnOrganisation[];
  chosen: OwnOrganisation | null;
}

/** The organisation whose threads are listed; a phone has no rail to choose it from. */
export function OrganisationChoice({ organisations, chosen }: OrganisationChoiceProps) {
  const entry = (id: string | null, label: string): MenuItem => ({
    label,
    checked: (chosen?.id ?? null) === id,
    onSelect: () => chooseOrganisation(id),
  });
  return (
    <Menu
      label="Threads of"
      align="start"
      items={[entry(null, 'All organisations'), ...organisations.map(({ id, name }) => entry(id, name))]}
      trigger={(trigger) => (
        <button
          type="button"
          {...trigger}
          className="-mx-1.5 flex min-h-7 max-w-[calc(100%+0.75rem)] items-center gap-1 rounded-sm px-1.5 hover:bg-sunk pointer-coarse:min-h-11"
        >
          <span className="truncate">{chosen?.name ?? 'All organisations'}</span>
          <ChevronDown size={16} aria-hidden className="shrink-0 text-ink-3" />
          <span className="sr-only">, choose another organisation</span>
        </button>
      )}
    />
  );
}
