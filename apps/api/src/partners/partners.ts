import type { Partnership } from '@parley/core/partners';
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { ApiError } from '../http/api-error.ts';
import { mustAdminister } from '../organisations/administer.ts';

/** Whom of its own people an organisation offers a partner, as the partner's own row has it. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function offeredTo(
  db: Kysely<Database>,
  { orgId, partnerId, personId }: Partnership & { personId: string },
): Promise<string[]> {
  await mustAdminister(db, personId, orgId);
  const row = await db
    .selectFrom('partner')
    .select('contacts')
    .where('org_id', '=', partnerId)
    .where('partner_id', '=', orgId)
    .where('deleted', '=', false)
    .executeTakeFirst();
  if (!row) throw new ApiError('NOT_FOUND', 'There is no such partner.', { status: 'NOT_FOUND' });
  return row.contacts.map(({ id }) => id);
}
