import { changeOrganisation, organisationScopes } from '@parley/core/organisation-settings';
import type { ThreadStarters } from '@parley/core/organisations';
import { organisationsLog } from '../logger.ts';
import type { Acts } from '../services.ts';

export interface OrganisationChange {
  orgId: string;
  name?: string | undefined;
  threadStarters?: ThreadStarters | undefined;
  receipts?: boolean | undefined;
  retentionDays?: number | null | undefined;
}

/** Every member sees it at once. @throws Refusal `not_found`, `forbidden` */
export async function changeSettings(
  { acts }: { acts: Acts },
  actorId: string,
  { orgId, name, threadStarters, receipts, retentionDays }: OrganisationChange,
): Promise<void> {
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(threadStarters && { threadStarters }),
    ...(receipts === undefined ? {} : { receipts }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  };
  await acts.act(actorId, organisationScopes(orgId), (tx) => changeOrganisation(tx, orgId, change));
  organisationsLog.info({ by: actorId, orgId, changed: Object.keys(change) }, 'an organisation was changed');
}
