import { mayAcceptPartner, needsApproval } from '@parley/core/organisations';
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

/** Organisations for which a person may accept a partner's invitation, the longest first, and what comes of it. */
export async function choicesOf(
  db: Kysely<Database>,
  personId: string,
): Promise<{ id: string; name: string; outcome: 'partners' | 'waiting' }[]> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('org', 'org.id', 'membership.org_id')
    .select(['org.id', 'org.name', 'role', 'partnership_approval'])
    .where('person_id', '=', personId)
    .where('active', '=', true)
    .where('membership.deleted', '=', false)
    .where('org.deleted', '=', false)
    .orderBy('joined_at')
    .execute();
  return rows
    .filter(({ role }) => mayAcceptPartner(role))
    .map(({ id, name, role, partnership_approval: rule }) => ({
      id,
      name,
      outcome: needsApproval(role, rule) ? 'waiting' : 'partners',
    }));
}
