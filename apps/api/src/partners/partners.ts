import { mayAcceptPartner, needsApproval } from '@parley/core/organisations';
import {
  endPartnership,
  offerContacts,
  partnershipScopes,
  suspendPartner,
  type Contact,
  type Partnership,
} from '@parley/core/partners';
import { orgScope } from '@parley/core/scopes';
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { auditPartnership, type Actor } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import { organisationsLog } from '../logger.ts';
import { mustAdminister } from '../organisations/administer.ts';
import { organisationsOf } from '../organisations/members.ts';
import type { Acts } from '../services.ts';

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
  const rows = await organisationsOf(db, personId).select('partnership_approval').orderBy('joined_at').execute();
  return rows
    .filter(({ role }) => mayAcceptPartner(role))
    .map(({ id, name, role, partnership_approval: rule }) => ({
      id,
      name,
      outcome: needsApproval(role, rule) ? 'waiting' : 'partners',
    }));
}

/** Chooses whom of one's own the partner may start threads with. @throws Refusal `not_found`, `forbidden`, `ended`, `unknown_person` */
export async function offer(
  { acts }: { acts: Acts },
  actor: Actor,
  pair: Partnership,
  personIds: readonly string[],
): Promise<void> {
  const { orgId, partnerId } = pair;
  await acts.act(actor.personId, partnershipScopes(pair), async (tx, native) => {
    const offered = async () => (await tx.get('partner', orgScope(partnerId), orgId))?.contacts ?? [];
    const before = await offered();
    await offerContacts(tx, pair, personIds);
    const after = await offered();
    const details = { ...named('added', without(after, before)), ...named('removed', without(before, after)) };
    if (Object.keys(details).length === 0) return;
    await auditPartnership(native, { kind: 'partner_contacts_changed', actor, ...pair, details });
  });
  organisationsLog.info({ by: actor.personId, ...pair, offered: personIds.length }, 'people were offered to a partner');
}

const without = (all: readonly Contact[], some: readonly Contact[]): Contact[] =>
  all.filter(({ id }) => !some.some((other) => other.id === id));
const named = (key: 'added' | 'removed', people: readonly Contact[]) =>
  people.length > 0 && { [key]: people.map(({ name }) => name).join(', ') };

/** For one's own side: it rests as long as either side wants it to. @throws Refusal `not_found`, `forbidden`, `ended` */
export async function suspend(
  { acts }: { acts: Acts },
  actor: Actor,
  pair: Partnership,
  suspended: boolean,
): Promise<void> {
  const { orgId, partnerId } = pair;
  await acts.act(actor.personId, partnershipScopes(pair), async (tx, native) => {
    const before = await tx.get('partner', orgScope(orgId), partnerId);
    await suspendPartner(tx, pair, suspended);
    if (before?.suspendedBy.includes(orgId) === suspended) return;
    await auditPartnership(native, { kind: suspended ? 'partner_suspended' : 'partner_resumed', actor, ...pair });
  });
  organisationsLog.info({ by: actor.personId, ...pair, suspended }, 'a partnership was suspended or resumed');
}

/** For both sides. @throws Refusal `not_found`, `forbidden`, `ended` */
export async function end(
  { acts }: { acts: Acts },
  actor: Actor,
  pair: Partnership,
  threads: 'kept' | 'removed',
): Promise<void> {
  await acts.act(actor.personId, partnershipScopes(pair), async (tx, native) => {
    await endPartnership(tx, pair, threads);
    await auditPartnership(native, { kind: 'partner_ended', actor, ...pair, details: { threads } });
  });
  organisationsLog.info({ by: actor.personId, ...pair, threads }, 'a partnership was ended');
}
