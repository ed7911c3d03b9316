import { mayAdminister, type Role } from '@parley/core/organisations';
import { useMemo } from 'react';
import { useAllRows } from '../sync/views.ts';

export interface OwnOrganisation {
  id: string;
  name: string;
  role: Role;
  mayInvite: boolean;
}

/** The organisations that the signed-in person belongs to, the longest first. */
export function useOrganisations(): OwnOrganisation[] {
  const memberships = useAllRows('membership');
  const organisations = useAllRows('org');
  return useMemo(() => {
    const names = new Map(organisations.map((row) => [row.id, row.data.name]));
    return memberships
      .filter((row) => row.data.active)
      .sort((one, other) => one.data.joinedAt - other.data.joinedAt)
      .map(({ id, data }) => ({ id, name: names.get(id) ?? '', role: data.role, mayInvite: mayAdminister(data.role) }));
  }, [memberships, organisations]);
}
