import { partnerState } from '@parley/core/partners';
import { orgScope } from '@parley/core/scopes';
import { useMemo } from 'react';
import { useRows } from '../sync/views.ts';
import type { PickablePerson } from '../threads/people-picker.tsx';

export interface PartnerContact extends PickablePerson {
  /** Whom they act for. */
  partnerId: string;
  /** Its name. */
  outside: string;
}

/** People of partners of an organisation with whom threads can be started now. */
export function useContacts(orgId: string): readonly PartnerContact[] {
  const partners = useRows(orgScope(orgId), 'partner');
  return useMemo(
    () =>
      partners
        .filter(({ data }) => partnerState(data) === 'active')
        .flatMap(({ id: partnerId, data: { name: outside, contacts } }) =>
          contacts.map(({ id, name }) => ({ id, name, email: null, placeholder: false, partnerId, outside })),
        ),
    [partners],
  );
}

/** Chosen contacts by the partner they act for. */
export const byPartner = (contacts: readonly PartnerContact[]): { orgId: string; personIds: string[] }[] =>
  [...Map.groupBy(contacts, ({ partnerId }) => partnerId)].map(([orgId, people]) => ({
    orgId,
    personIds: people.map(({ id }) => id),
  }));
