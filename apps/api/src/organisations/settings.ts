import { changeOrganisation, organisationScopes } from '@parley/core/organisation-settings';
import type { PartnershipApproval, ThreadStarters } from '@parley/core/organisations';
import { audit, type Actor } from '../audit/audit.ts';
import { organisationsLog } from '../logger.ts';
import type { Acts } from '../services.ts';

export interface OrganisationChange {
  orgId: string;
  name?: string | undefined;
  threadStarters?: ThreadStarters | undefined;
  receipts?: boolean | undefined;
  partnershipApproval?: PartnershipApproval | undefined;
  retentionDays?: number | null | undefined;
}

/** Every member sees it at once. @throws Refusal `not_found`, `forbidden` */
export async function changeSettings(
  { acts }: { acts: Acts },
  actor: Actor,
  { orgId, name, threadStarters, receipts, partnershipApproval, retentionDays }: OrganisationChange,
): Promise<void> {
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(threadStarters && { threadStarters }),
    ...(receipts === undefined ? {} : { receipts }),
    ...(partnershipApproval && { partnershipApproval }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  };
  await acts.act(actor.personId, organisationScopes(orgId), async (tx, db) => {
    await changeOrganisation(tx, orgId, change);
    await audit(db, { kind: 'settings_changed', actor, orgId, details: change });
  });
  organisationsLog.info({ by: actor.personId, orgId, changed: Object.keys(change) }, 'an organisation was changed');
}
