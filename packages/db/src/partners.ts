/** Keeps what partners see of an organisation in line with it: SPEC.md, [PART3]. */
import { partnershipScopes, showPartner } from '@parley/core/partners';
import type { Tables } from '@parley/core/tables';
import type { SyncServer } from '@parley/sync/server';
import type { Kysely } from 'kysely';
import type { DatabaseTransaction } from './sync/statement.ts';
import type { Database } from './tables.ts';

/** One partner at a time; done again, it changes nothing. */
export async function showPartners(
  db: Kysely<Database>,
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>,
  orgId: string,
): Promise<void> {
  const partners = await db
    .selectFrom('partner')
    .select('org_id')
    .where('partner_id', '=', orgId)
    .where('deleted', '=', false)
    .orderBy('org_id')
    .execute();
  for (const { org_id: partnerId } of partners) {
    const pair = { orgId, partnerId };
    await acts.act(null, partnershipScopes(pair), (tx) => showPartner(tx, pair));
  }
}
