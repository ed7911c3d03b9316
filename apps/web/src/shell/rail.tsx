import { AccountMenu } from '../accounts/account-menu.tsx';
import { Link } from '@tanstack/react-router';
import { Bookmark, PencilLine, Settings, ShieldCheck, UsersRound } from 'lucide-react';
import { OrganisationMark } from './organisation-mark.tsx';
import { OrganisationPlaces } from './organisation-places.tsx';
import { useDraftsLabel } from './use-drafts-label.ts';
import { useOrganisations } from './use-organisations.ts';

const place =
  'grid size-9 place-items-center rounded-lg text-ink-3 transition-colors hover:bg-sunk hover:text-ink aria-[current=page]:bg-sunk aria-[current=page]:text-ink pointer-coarse:size-11';

/** The narrow column at the left: the organisations at the top, the places that are not threads at the foot. */
export function Rail() {
  const organisations = useOrganisations();
  const drafts = useDraftsLabel();
  const [only] = organisations;
  return (
    <nav
      data-region="rail"
      aria-label="Parley"
      className="flex flex-col items-center gap-2.5 border-r border-line py-3.5 max-desk:hidden"
    >
      {organisations.length > 1 ? (
        <OrganisationPlaces organisations={organisations} />
      ) : only === undefined ? null : (
        <Link
          to="/"
          aria-label={`${only.name}: threads`}
          data-tooltip={only.name}
          className="rounded-lg bg-ink text-paper"
        >
          <OrganisationMark name={only.name} />
        </Link>
      )}
      <span className="flex-1" />
      <Link to="/drafts" aria-label={drafts.label} data-tooltip={drafts.label} className={`relative ${place}`}>
        <PencilLine size={19} strokeWidth={1.8} />
        {drafts.refused ? <span aria-hidden className="absolute top-1 right-1 size-2 rounded-full bg-bad" /> : null}
      </Link>
      <Link to="/saved" aria-label="Saved" data-tooltip="Saved" className={place}>
        <Bookmark size={19} strokeWidth={1.8} />
      </Link>
      <Link to="/people" aria-label="People" data-tooltip="People" className={place}>
        <UsersRound size={19} strokeWidth={1.8} />
      </Link>
      {organisations.some(({ mayInvite }) => mayInvite) ? (
        <Link
          to="/admin"
          activeOptions={{ exact: false }}
          aria-label="Administration"
          data-tooltip="Administration"
          className={place}
        >
          <ShieldCheck size={19} strokeWidth={1.8} />
        </Link>
      ) : null}
      <Link to="/settings" aria-label="Settings" data-tooltip="Settings" className={place}>
        <Settings size={19} strokeWidth={1.8} />
      </Link>
      <AccountMenu />
    </nav>
  );
}
