/** The door to everything that only owners and admins of an organisation may do. */
import { mayAdminister, type Role } from '@parley/core/organisations';
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { ApiError } from '../http/api-error.ts';

/**
 * The person's role, if it lets them look after the organisation; held until the transaction ends.
 * @throws ApiError `NOT_FOUND`, also where the organisation does not exist; `FORBIDDEN`
 */
export async function mustAdminister(db: Kysely<Database>, personId: string, orgId: string): Promise<Role> {
  const own = await db
    .selectFrom('membership')
    .select(['role', 'active'])
    .where('person_id', '=', personId)
    .where('org_id', '=', orgId)
    .where('deleted', '=', false)
    .forShare()
    .executeTakeFirst();
  if (!own?.active) throw noOrganisation();
  if (!mayAdminister(own.role)) {
    throw new ApiError('FORBIDDEN', 'Only owners and admins look after members.', { status: 'FORBIDDEN' });
  }
  return own.role;
}

export const noOrganisation = () =>
  new ApiError('NOT_FOUND', 'There is no such organisation.', { status: 'NOT_FOUND' });
