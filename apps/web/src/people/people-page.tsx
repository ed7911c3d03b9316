import { maySeeDirectory } from '@parley/core/organisations';
import { orgPeopleScope, orgScope } from '@parley/core/scopes';
import { Delayed, EmptyState } from '@parley/ui';
import { Link } from '@tanstack/react-router';
import { UsersRound } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import { PageFrame } from '../shell/page-frame.tsx';
import { useLastSeen } from '../presence/use-last-seen.ts';
import { useOrganisations, type OwnOrganisation } from '../shell/use-organisations.ts';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useRealtimeMessaging } from '../sync/use-realtime-messaging.ts';
import { useRows } from '../sync/views.ts';
import { PeopleList } from './people-list.tsx';
import { TeamList } from './team-list.tsx';

// Administration talks to the server directly; its code comes only to those who may use it.
const loadInvitations = () => import('./invitations.tsx');
const InviteButton = lazy(async () => ({ default: (await loadInvitations()).InviteButton }));
const OpenInvitations = lazy(async () => ({ default: (await loadInvitations()).OpenInvitations }));

/** Who is in the organisations that the signed-in person belongs to, from this device's own copy. */
export function PeoplePage() {
  const organisations = useOrganisations();
  return (
    <PageFrame
      title="People"
      actions={
        organisations.some(({ mayInvite }) => mayInvite) ? (
          <Link
            to="/admin"
            className="grid min-h-8 place-items-center rounded-md px-2.5 text-base font-medium text-accent hover:bg-sunk pointer-coarse:min-h-11"
          >
            Manage
          </Link>
        ) : null
      }
    >
      <div className="mx-auto flex max-w-176 flex-col gap-10 px-5 py-7 max-desk:px-4 max-desk:py-5">
        {organisations.map((organisation) => (
          <OrganisationPeople key={organisation.id} organisation={organisation} alone={organisations.length === 1} />
        ))}
        {organisations.length === 0 ? (
          <Delayed>
            <EmptyState icon={<UsersRound size={22} strokeWidth={1.8} />} title="The directory is not here yet">
              It comes with the first connection.
            </EmptyState>
          </Delayed>
        ) : null}
      </div>
    </PageFrame>
  );
}

function OrganisationPeople({ organisation, alone }: { organisation: OwnOrganisation; alone: boolean }) {
  const selfId = usePersonId();
  const rows = useRows(orgPeopleScope(organisation.id), 'person');
  const present = useRealtimeMessaging().onlineUsers(organisation.id);
  const seen = useLastSeen(maySeeDirectory(organisation.role) ? [orgScope(organisation.id)] : []);
  const people = useMemo(
    () => rows.filter((row) => row.data.active).map((row) => ({ id: row.id, ...row.data })),
    [rows],
  );
  return (
    <section aria-label={organisation.name}>
      {alone ? null : <h2 className="mb-4 text-xl font-[650] tracking-tight">{organisation.name}</h2>}
      {organisation.role === 'guest' ? (
        <EmptyState icon={<UsersRound size={22} strokeWidth={1.8} />} title="Guests see the people in their threads">
          The directory is for members of {organisation.name}.
        </EmptyState>
      ) : people.length > 0 ? (
        <PeopleList
          people={people}
          selfId={selfId}
          present={present}
          seen={seen}
          action={
            organisation.mayInvite ? (
              <Suspense>
                <InviteButton organisation={organisation} />
              </Suspense>
            ) : null
          }
        >
          {organisation.mayInvite ? (
            <Suspense>
              <OpenInvitations organisation={organisation} />
            </Suspense>
          ) : null}
          <TeamList orgId={organisation.id} />
        </PeopleList>
      ) : null}
    </section>
  );
}
