/** Invitations to become partners: links bound to an e-mail address that work once and end after 14 days. */
import { accessOrg, mayAcceptPartner, needsApproval } from '@parley/core/organisations';
import { befriend, mustBecomePartners, partnershipScopes } from '@parley/core/partners';
import { orgScope } from '@parley/core/scopes';
import type { Database } from '@parley/db';
import { invitationToken } from '@parley/jobs/invitation-token';
import { Refusal } from '@parley/sync/mutator';
import type { Kysely } from 'kysely';
import { audit, auditForPartner, auditPartnership, type Actor } from '../audit/audit.ts';
import { hashToken } from '../accounts/secret-token.ts';
import { ApiError } from '../http/api-error.ts';
import { organisationsLog } from '../logger.ts';
import { mustAdminister } from '../organisations/administer.ts';
import { mustBeOpen } from '../organisations/invitations.ts';
import { issueInvitation, SHOWN_AFTER_MS } from '../organisations/issue-invitation.ts';
import type { Acts } from '../services.ts';

export interface PartnerInvitation {
  id: string;
  email: string;
  invitedBy: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Accepted, and waiting for a yes of those who look after the other organisation. */
  isWaiting: boolean;
}

/**
 * Invites whoever has this address to become partners for an organisation of theirs; they also get a mail. An earlier
 * invitation of the same address that nobody has accepted ends.
 * @throws ApiError `NOT_FOUND`, `FORBIDDEN`
 */
export async function invitePartner(
  db: Kysely<Database>,
  invitation: {
    inviter: Actor & { personId: string };
    orgId: string;
    email: string;
    authSecret: string;
    now: number;
  },
): Promise<{ token: string; expiresAt: number }> {
  const { inviter, orgId, email, authSecret, now } = invitation;
  return db.transaction().execute(async (tx) => {
    await mustAdminister(tx, inviter.personId, orgId);
    const link = await issueInvitation(tx, 'partnership_invitation', { orgId, email, authSecret, now }, (issued) =>
      tx
        .insertInto('partnership_invitation')
        .values({ ...issued, invited_by: inviter.personId })
        .execute(),
    );
    await audit(tx, { kind: 'partner_invited', actor: inviter, orgId, details: { email } });
    return link;
  });
}

/** Invitations that are open, wait at the other side or ended lately, newest first. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function partnerInvitations(
  db: Kysely<Database>,
  { personId, orgId, now }: { personId: string; orgId: string; now: number },
): Promise<PartnerInvitation[]> {
  await mustAdminister(db, personId, orgId);
  const rows = await db
    .selectFrom('partnership_invitation as i')
    .innerJoin('person', 'person.id', 'i.invited_by')
    .select(['i.id', 'email', 'expires_at', 'accepted_at', 'person.name as inviter'])
    .where('org_id', '=', orgId)
    .where('revoked_at', 'is', null)
    .where('approved_at', 'is', null)
    .where('declined_at', 'is', null)
    .where(({ or, eb }) =>
      or([eb('accepted_at', 'is not', null), eb('expires_at', '>', new Date(now - SHOWN_AFTER_MS))]),
    )
    .orderBy('i.created_at', 'desc')
    .limit(500)
    .execute();
  return rows.map(({ id, email, expires_at, accepted_at, inviter }) => ({
    id,
    email,
    invitedBy: inviter,
    expiresAt: expires_at.getTime(),
    isWaiting: accepted_at !== null,
  }));
}

/** The token of an open invitation. @throws ApiError `NOT_FOUND`, `FORBIDDEN`, `INVITATION_…` */
export async function partnerInvitationToken(
  db: Kysely<Database>,
  { personId, orgId, invitationId, now }: { personId: string; orgId: string; invitationId: string; now: number },
  authSecret: string,
): Promise<string> {
  await mustAdminister(db, personId, orgId);
  const row = await db
    .selectFrom('partnership_invitation')
    .select(['expires_at', 'accepted_at', 'revoked_at'])
    .where('id', '=', invitationId)
    .where('org_id', '=', orgId)
    .executeTakeFirst();
  mustBeOpen(row, now);
  return invitationToken(authSecret, invitationId);
}

/** Ends an invitation, also one that waits at the other side. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function revokePartnerInvitation(
  db: Kysely<Database>,
  actor: Actor & { personId: string },
  { orgId, invitationId, now }: { orgId: string; invitationId: string; now: number },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await mustAdminister(tx, actor.personId, orgId);
    const known = await tx
      .selectFrom('partnership_invitation')
      .innerJoin('org', 'org.id', 'org_id')
      .select(['email', 'name', 'accepted_org', 'declined_at', 'revoked_at'])
      .where('partnership_invitation.id', '=', invitationId)
      .where('org_id', '=', orgId)
      .where('approved_at', 'is', null)
      .forUpdate('partnership_invitation')
      .executeTakeFirst();
    if (!known) throw noInvitation();
    if (known.revoked_at) return;
    await tx
      .updateTable('partnership_invitation')
      .set({ revoked_at: new Date(now) })
      .where('id', '=', invitationId)
      .execute();
    const kind = 'partner_invitation_withdrawn';
    await audit(tx, { kind, actor, orgId, details: { email: known.email } });
    if (known.accepted_org === null || known.declined_at) return;
    await auditForPartner(tx, { kind, orgId: known.accepted_org, details: { partner: known.name } });
  });
}

/** What the holder of a link is told. @throws ApiError `INVITATION_INVALID`, `INVITATION_EXPIRED`, `INVITATION_USED` */
export async function readPartnerInvitation(
  db: Kysely<Database>,
  { token, now }: { token: string; now: number },
): Promise<{ orgId: string; organisationName: string; email: string; invitedBy: string; expiresAt: number }> {
  const row = await db
    .selectFrom('partnership_invitation')
    .innerJoin('org', 'org.id', 'org_id')
    .innerJoin('person', 'person.id', 'invited_by')
    .select(['org_id', 'email', 'org.name as organisation', 'person.name as inviter'])
    .select(['expires_at', 'accepted_at', 'revoked_at'])
    .where('token_hash', '=', hashToken(token))
    .where('org.deleted', '=', false)
    .executeTakeFirst();
  const open = mustBeOpen(row, now);
  return {
    orgId: open.org_id,
    organisationName: open.organisation,
    email: open.email,
    invitedBy: open.inviter,
    expiresAt: open.expires_at.getTime(),
  };
}

/**
 * Says yes for an organisation, once: of two at the same time one is refused. Where the organisation's rule asks for it, a
 * member's yes waits for one of those who look after it.
 * @throws ApiError `INVITATION_INVALID`, `INVITATION_EXPIRED`, `INVITATION_USED`, `WRONG_ACCOUNT`, `NOT_FOUND`, `FORBIDDEN`
 * @throws Refusal `same_organisation`, `partners_already`
 */
export async function acceptPartner(
  { db, acts }: { db: Kysely<Database>; acts: Acts },
  accepting: { token: string; now: number; orgId: string; actor: Actor & { personId: string }; email: string },
): Promise<'partners' | 'waiting'> {
  const { token, now, orgId, actor, email } = accepting;
  const { personId } = actor;
  const asked = await readPartnerInvitation(db, { token, now });
  if (asked.email !== email) throw wrongAccount(asked.email);
  const pair = { orgId, partnerId: asked.orgId };
  const outcome = await acts.act(personId, partnershipScopes(pair), async (tx, native) => {
    const { role } = await accessOrg(tx, orgId);
    if (!mayAcceptPartner(role)) throw new Refusal('forbidden', 'Guests speak for no organisation.');
    const held = await native
      .selectFrom('partnership_invitation')
      .select(['id', 'invited_by', 'expires_at', 'accepted_at', 'revoked_at'])
      .where('token_hash', '=', hashToken(token))
      .forUpdate()
      .executeTakeFirst();
    const { id, invited_by: inviterId } = mustBeOpen(held, now);
    await mustBecomePartners(tx, pair);
    const rule = (await tx.get('org', orgScope(orgId), orgId))?.partnershipApproval;
    const waits = needsApproval(role, rule);
    await native
      .updateTable('partnership_invitation')
      .set({
        ...{ accepted_at: new Date(now), accepted_by: personId, accepted_org: orgId },
        ...(!waits && { approved_at: new Date(now), decided_by: personId }),
      })
      .where('id', '=', id)
      .execute();
    const kind = 'partner_accepted';
    if (waits) {
      await audit(native, { kind, actor, orgId, details: { partner: asked.organisationName, waits } });
      // Whose yes it will be, the other side learns with that.
      await auditForPartner(native, { kind, orgId: asked.orgId, details: { email, waits } });
    } else {
      await befriend(tx, { orgId, personId }, { orgId: asked.orgId, personId: inviterId });
      await auditPartnership(native, { kind, actor, orgId, partnerId: asked.orgId });
    }
    return waits ? 'waiting' : 'partners';
  });
  organisationsLog.info({ by: personId, orgId, inviter: asked.orgId, outcome }, 'a partner was accepted');
  return outcome;
}

export interface WaitingPartner {
  id: string;
  organisationName: string;
  invitedBy: string;
  acceptedBy: string;
  /** Milliseconds since 1970. */
  acceptedAt: number;
}

/** What members said yes to and waits for one who looks after the organisation. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function waitingPartners(
  db: Kysely<Database>,
  { personId, orgId }: { personId: string; orgId: string },
): Promise<WaitingPartner[]> {
  await mustAdminister(db, personId, orgId);
  const rows = await db
    .selectFrom('partnership_invitation as i')
    .innerJoin('org', 'org.id', 'i.org_id')
    .innerJoin('person as accepter', 'accepter.id', 'i.accepted_by')
    .innerJoin('person as inviter', 'inviter.id', 'i.invited_by')
    .select(['i.id', 'i.accepted_at', 'org.name', 'accepter.name as acceptedBy', 'inviter.name as invitedBy'])
    .where('accepted_org', '=', orgId)
    .where('approved_at', 'is', null)
    .where('declined_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('org.deleted', '=', false)
    .orderBy('i.accepted_at')
    .execute();
  return rows.flatMap(({ id, accepted_at, name, acceptedBy, invitedBy }) =>
    accepted_at ? [{ id, organisationName: name, invitedBy, acceptedBy, acceptedAt: accepted_at.getTime() }] : [],
  );
}

/**
 * Decides about what a member said yes to.
 * @throws ApiError `NOT_FOUND`, `FORBIDDEN`
 * @throws Refusal `partners_already`
 */
export async function decidePartner(
  { db, acts }: { db: Kysely<Database>; acts: Acts },
  decision: {
    actor: Actor & { personId: string };
    orgId: string;
    invitationId: string;
    approve: boolean;
    now: number;
  },
): Promise<void> {
  const { actor, orgId, invitationId, approve, now } = decision;
  const { personId } = actor;
  await mustAdminister(db, personId, orgId);
  const asked = await db
    .selectFrom('partnership_invitation')
    .innerJoin('org', 'org.id', 'org_id')
    .select(['org_id', 'email', 'name'])
    .where('partnership_invitation.id', '=', invitationId)
    .where('accepted_org', '=', orgId)
    .executeTakeFirst();
  if (!asked) throw noInvitation();
  await acts.act(personId, partnershipScopes({ orgId, partnerId: asked.org_id }), async (tx, native) => {
    await mustAdminister(native, personId, orgId);
    const decided = await native
      .updateTable('partnership_invitation')
      .set({ [approve ? 'approved_at' : 'declined_at']: new Date(now), decided_by: personId })
      .where('id', '=', invitationId)
      .where('accepted_org', '=', orgId)
      .where('approved_at', 'is', null)
      .where('declined_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning(['accepted_by', 'invited_by'])
      .executeTakeFirst();
    if (!decided?.accepted_by) throw noInvitation();
    const inviter = { orgId: asked.org_id, personId: decided.invited_by };
    if (approve) {
      await befriend(tx, { orgId, personId: decided.accepted_by }, inviter);
      await auditPartnership(native, { kind: 'partner_approved', actor, orgId, partnerId: inviter.orgId });
      return;
    }
    const kind = 'partner_declined';
    await audit(native, { kind, actor, orgId, details: { partner: asked.name } });
    await auditForPartner(native, { kind, orgId: inviter.orgId, details: { email: asked.email } });
  });
  organisationsLog.info({ by: personId, orgId, inviter: asked.org_id, approve }, 'a partner was decided about');
}

const noInvitation = () => new ApiError('NOT_FOUND', 'There is no such invitation.', { status: 'NOT_FOUND' });

const wrongAccount = (email: string) =>
  new ApiError('WRONG_ACCOUNT', `This invitation is for ${email}. Use that account to accept it.`, {
    status: 'FORBIDDEN',
  });
