import { mayAdminister, mayStartThread, type Role } from '@parley/core/organisations';
import { useMemo } from 'react';
import { useAllRows } from '../sync/views.ts';

export interface OwnOrganisation {
  id: string;
  name: string;
  role: Role;
  mayInvite: boolean;
  mayStart: boolean;
}

/** The organisations that the signed-in person belongs to, the longest first. */
export function useOrganisations(): OwnOrganisation[] {
  const memberships = useAllRows('membership');
  const organisations = useAllRows('org');
  return useMemo(() => {
    const known = new Map(organisations.map((row) => [row.id, row.data]));
    return memberships
      .filter((row) => row.data.active)
      .sort((one, other) => one.data.joinedAt - other.data.joinedAt)
      .map(({ id, data: { role } }) => ({
        id,
        name: known.get(id)?.name ?? '',
        role,
        mayInvite: mayAdminister(role),
        mayStart: mayStartThread(role, known.get(id)?.threadStarters ?? 'members'),
      }));
  }, [memberships, organisations]);
}
