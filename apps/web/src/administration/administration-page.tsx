import { classNames, Delayed, EmptyState, Menu } from '@parley/ui';
import { Link, Navigate, useNavigate } from '@tanstack/react-router';
import { Check, ChevronsUpDown, ShieldOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { AuditPage } from '../audit/audit-page.tsx';
import { PartnersPage } from '../partners/partners-page.tsx';
import { PageFrame } from '../shell/page-frame.tsx';
import { useOrganisations, type OwnOrganisation } from '../shell/use-organisations.ts';
import { OfflineBanner } from '../sync/offline-banner.tsx';
import { Administration } from './connection.tsx';
import { ConnectionsPage } from './connections-page.tsx';
import { ImportPage } from './import-page.tsx';
import { InvitationsPage } from './invitations-page.tsx';
import { MembersPage } from './members-page.tsx';
import { OrganisationPage } from './organisation-page.tsx';
import { TeamsPage } from './teams-page.tsx';

const sections = {
  people: { title: 'People', Page: MembersPage },
  teams: { title: 'Teams', Page: TeamsPage },
  partners: { title: 'Partners', Page: PartnersPage },
  invitations: { title: 'Invitations', Page: InvitationsPage },
  organisation: { title: 'Organisation', Page: OrganisationPage },
  connections: { title: 'Connections', Page: ConnectionsPage },
  import: { title: 'Import', Page: ImportPage },
  log: { title: 'Audit log', Page: AuditPage },
} as const;
type Section = keyof typeof sections;

const isSection = (name: string): name is Section => Object.hasOwn(sections, name);

/** `/admin`: the first organisation that the person looks after. */
export function AdministrationStart() {
  const [first] = useAdministered();
  return first === undefined ? (
    <NothingToAdminister />
  ) : (
    <Navigate to="/admin/$orgId/$section" params={{ orgId: first.id, section: 'people' }} replace />
  );
}

/** What owners and admins look after, one part of one organisation at a time. */
export function AdministrationPage({ orgId, section }: { orgId: string; section: string }) {
  const organisations = useAdministered();
  const organisation = organisations.find(({ id }) => id === orgId);
  if (organisation === undefined) return <NothingToAdminister />;
  const { Page } = sections[isSection(section) ? section : 'people'];
  return (
    <Administration>
      <OfflineBanner />
      <PageFrame
        title="Administration"
        lead={organisation.name}
        actions={organisations.length > 1 ? <Switcher organisations={organisations} now={organisation} /> : null}
      >
        <div className="mx-auto max-w-208 px-5 py-5 max-desk:px-4 max-desk:py-3">
          <SectionLinks orgId={orgId} />
          <Page key={organisation.id} organisation={organisation} />
        </div>
      </PageFrame>
    </Administration>
  );
}

/** On a phone they do not all fit: the last ones fade at the edge, and the one that is open is in sight. */
export function SectionLinks({ orgId }: { orgId: string }) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, []);
  return (
    <nav
      ref={nav}
      aria-label="Administration"
      className="-mx-2.5 mb-6 flex gap-1 overflow-x-auto border-b border-line max-desk:-mx-4 max-desk:gap-0 max-desk:px-2 max-desk:mask-r-from-[calc(100%-1.25rem)]"
    >
      {Object.entries(sections).map(([name, { title }]) => (
        <Link
          key={name}
          to="/admin/$orgId/$section"
          params={{ orgId, section: name }}
          className={classNames(
            'relative grid min-h-10 place-items-center rounded-t-md px-2.5 text-base font-medium whitespace-nowrap text-ink-2 -outline-offset-2 hover:text-ink max-desk:px-2 max-desk:text-sm max-desk:last:mr-3 pointer-coarse:min-h-11',
            'aria-[current=page]:text-ink aria-[current=page]:after:absolute aria-[current=page]:after:inset-x-2.5 aria-[current=page]:after:bottom-0 aria-[current=page]:after:h-0.5 aria-[current=page]:after:bg-accent max-desk:aria-[current=page]:after:inset-x-2',
          )}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

const useAdministered = (): OwnOrganisation[] => useOrganisations().filter(({ mayInvite }) => mayInvite);

function Switcher({ organisations, now }: { organisations: readonly OwnOrganisation[]; now: OwnOrganisation }) {
  const navigate = useNavigate();
  return (
    <Menu
      label="Organisation"
      items={organisations.map(({ id, name }) => ({
        label: name,
        icon: <Check size={15} className={id === now.id ? '' : 'invisible'} />,
        onSelect: () => void navigate({ to: '/admin/$orgId/$section', params: { orgId: id, section: 'people' } }),
      }))}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          aria-label={`Switch organisation: ${now.name}`}
          className="flex min-h-8 items-center gap-1.5 rounded-md px-2.5 text-base font-medium text-ink-2 hover:bg-sunk pointer-coarse:min-h-11"
        >
          <ChevronsUpDown size={15} aria-hidden />
          Switch
        </button>
      )}
    />
  );
}

function NothingToAdminister() {
  return (
    <PageFrame title="Administration">
      <Delayed>
        <EmptyState icon={<ShieldOff size={22} strokeWidth={1.8} />} title="Owners and admins look after things here">
          Your role does not include it. Ask somebody who has it.
        </EmptyState>
      </Delayed>
    </PageFrame>
  );
}
