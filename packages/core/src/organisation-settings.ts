/** What owners and admins decide about their organisation. Run by the server alone. */
import { Refusal, type MutatorScopes, type MutatorTx } from '@parley/sync/mutator';
import { accessOrg, mayAdminister, type OrgRow } from './organisations.ts';
import { showPartnersLater } from './partners.ts';
import { RECEIPTS_SWITCHED, receiptsOn } from './receipts.ts';
import { orgScope } from './scopes.ts';
import type { Tables } from './tables.ts';

export const organisationScopes = (orgId: string): MutatorScopes => ({ write: [orgScope(orgId)] });

/** Changes what is given and leaves the rest. @throws Refusal `not_found`, `forbidden` */
export async function changeOrganisation(
  tx: MutatorTx<Tables>,
  orgId: string,
  change: Partial<Pick<OrgRow, 'name' | 'threadStarters' | 'receipts' | 'retentionDays' | 'partnershipApproval'>>,
): Promise<void> {
  const { role } = await accessOrg(tx, orgId);
  if (!mayAdminister(role)) throw new Refusal('forbidden', 'Only owners and admins look after the organisation.');
  const org = await tx.get('org', orgScope(orgId), orgId);
  if (!org) throw new Refusal('not_found', 'There is no such organisation.');
  tx.put('org', orgScope(orgId), orgId, { ...org, ...change });
  if (change.name !== undefined && change.name !== org.name) showPartnersLater(tx, orgId);
  if (receiptsOn({ ...org, ...change }) !== receiptsOn(org)) tx.enqueue(RECEIPTS_SWITCHED, { orgId });
}
