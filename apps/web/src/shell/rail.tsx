import { classNames } from '@parley/ui';
import { Link } from '@tanstack/react-router';
import { Settings, UsersRound } from 'lucide-react';
import { useOrganisations } from './use-organisations.ts';

const place =
  'grid size-9 place-items-center rounded-lg text-ink-3 transition-colors hover:bg-sunk hover:text-ink aria-[current=page]:bg-sunk aria-[current=page]:text-ink pointer-coarse:size-11';

/** The narrow column at the left: the organisations at the top, the places that are not threads at the foot. */
export function Rail() {
  const organisations = useOrganisations();
  return (
    <nav
      data-region="rail"
      aria-label="Parley"
      className="flex flex-col items-center gap-2.5 border-r border-line py-3.5 max-desk:hidden"
    >
      {organisations.map((organisation, n) => (
        <Link
          key={organisation.id}
          to="/"
          aria-label={`${organisation.name}: threads`}
          data-tooltip={organisation.name}
          className={classNames(
            'grid size-9 place-items-center rounded-lg text-base font-[650]',
            n === 0 ? 'bg-ink text-paper' : 'bg-sunk text-ink-2',
          )}
        >
          {[...organisation.name][0]?.toLocaleUpperCase()}
        </Link>
      ))}
      <span className="flex-1" />
      <Link to="/people" aria-label="People" data-tooltip="People" className={place}>
        <UsersRound size={19} strokeWidth={1.8} />
      </Link>
      <Link to="/settings" aria-label="Settings" data-tooltip="Settings" className={place}>
        <Settings size={19} strokeWidth={1.8} />
      </Link>
    </nav>
  );
}
