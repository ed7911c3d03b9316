/** Lines of the audit log. Each is written by the transaction of the act that it tells of. */
import type { AuditDetails, AuditKind } from '@parley/core/audit';
import type { Partnership } from '@parley/core/partners';
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';

/** Where somebody comes from: their network address, and what their program calls itself. */
export interface Origin {
  address: string | null;
  userAgent: string | null;
}

/** Who acts; no person: whoever sits at the server. */
export interface Actor extends Origin {
  personId: string | null;
}

/** The command line, whose user owns the machine. */
export const OPERATOR: Actor = { personId: null, address: null, userAgent: null };
/** Somebody of a partner. Which line is whose, its details tell. */
const NOBODY: Actor = OPERATOR;

export const actorOf = ({ address, userAgent }: Origin, personId: string): Actor & { personId: string } => ({
  personId,
  address,
  userAgent,
});

interface AuditEvent {
  kind: AuditKind;
  actor: Actor;
  /** The person whom it was done to, where there is one. */
  subjectId?: string;
  details?: AuditDetails;
}

/** @param db the transaction of the act */
export async function audit(db: Kysely<Database>, event: AuditEvent & { orgId: string }): Promise<void> {
  await db
    .insertInto('audit_event')
    .values({ org_id: event.orgId, ...columnsOf(event) })
    .execute();
}

/** What concerns the account of a person is told to every organisation that has them. */
export async function auditAccount(db: Kysely<Database>, event: AuditEvent & { personId: string }): Promise<void> {
  const memberships = await db
    .selectFrom('membership')
    .select('org_id')
    .where('person_id', '=', event.personId)
    .where('active', '=', true)
    .where('deleted', '=', false)
    .execute();
  if (memberships.length === 0) return;
  await db
    .insertInto('audit_event')
    .values(memberships.map(({ org_id }) => ({ org_id, ...columnsOf(event) })))
    .execute();
}

/**
 * What an organisation does about a partner is told to both: to the other one as an act of the organisation, whose people
 * and their devices are not its business.
 */
export async function auditPartnership(
  db: Kysely<Database>,
  { orgId, partnerId, details, ...event }: AuditEvent & Partnership,
): Promise<void> {
  const orgs = await db.selectFrom('org').select(['id', 'name']).where('id', 'in', [orgId, partnerId]).execute();
  const nameOf = (id: string) => orgs.find((org) => org.id === id)?.name ?? null;
  await audit(db, { ...event, orgId, details: { partner: nameOf(partnerId), ...details } });
  await auditForPartner(db, { kind: event.kind, orgId: partnerId, details: { partner: nameOf(orgId), ...details } });
}

/** Tells an organisation alone what its partner did. */
export const auditForPartner = (
  db: Kysely<Database>,
  { details, ...event }: Pick<AuditEvent, 'kind' | 'details'> & { orgId: string },
): Promise<void> => audit(db, { ...event, actor: NOBODY, details: { ...details, byPartner: true } });

const columnsOf = ({ kind, actor, subjectId, details = {} }: AuditEvent) => ({
  kind,
  actor_id: actor.personId,
  subject_id: subjectId ?? null,
  details: JSON.stringify(details),
  ip_address: actor.address,
  user_agent: actor.userAgent,
});
