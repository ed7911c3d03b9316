/** Whether an organisation is on hold: nothing of what its members wrote may get lost. */
import { Refusal } from '@parley/sync/mutator';
import type { Kysely } from 'kysely';
import type { Database } from './tables.ts';

export async function isOnHold(db: Kysely<Database>, orgId: string): Promise<boolean> {
  const hold = await db
    .selectFrom('legal_hold')
    .select('id')
    .where('org_id', '=', orgId)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return hold !== undefined;
}

/** Lets no hold be placed before the transaction ends: whoever places one waits for what is being taken away. */
export async function withholdHold(tx: Kysely<Database>, orgId: string): Promise<void> {
  await tx.selectFrom('org').select('id').where('id', '=', orgId).forKeyShare().execute();
}

/** @throws Refusal `on_hold` */
export async function mustNotBeOnHold(tx: Kysely<Database>, orgId: string): Promise<void> {
  await withholdHold(tx, orgId);
  if (await isOnHold(tx, orgId)) throw new Refusal('on_hold', 'This organisation is on hold: nothing of it is erased.');
}
