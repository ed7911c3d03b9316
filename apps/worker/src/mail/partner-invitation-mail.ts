/** Mails an invitation to become partners: once, and only while it is open. */
import { partnerInvitationEmail } from '@parley/emails';
import { invitationToken } from '@parley/jobs/invitation-token';
import type { InvitationMailing } from './invitation-mail.ts';
import { claimMail, sendClaimed } from './mail-once.ts';

/**
 * Does nothing where the invitation was mailed, accepted, revoked or has expired, and gives up where the address refuses
 * mail.
 * @param now milliseconds since 1970
 * @throws MailFailed, or an error while another worker is at it: both are to be tried again
 */
export async function mailPartnerInvitation(
  { db, mailer, publicUrl, authSecret }: InvitationMailing,
  { invitationId, now }: { invitationId: string; now: number },
): Promise<void> {
  const invitation = await db
    .selectFrom('partnership_invitation')
    .innerJoin('org', 'org.id', 'partnership_invitation.org_id')
    .innerJoin('person', 'person.id', 'partnership_invitation.invited_by')
    .select(['email', 'expires_at', 'org.name as organisationName', 'person.name as invitedBy'])
    .where('partnership_invitation.id', '=', invitationId)
    .where('org.deleted', '=', false)
    .where('mailed_at', 'is', null)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', new Date(now))
    .executeTakeFirst();
  if (!invitation) return;
  await claimMail(db, 'partnership_invitation', { id: invitationId, now });
  const { email, expires_at, organisationName, invitedBy } = invitation;
  const url = `${publicUrl}/partner-invitation/${invitationToken(authSecret, invitationId)}`;
  const expiresAt = expires_at.getTime();
  const words = await partnerInvitationEmail({ organisationName, invitedBy, email, url, expiresAt });
  const mail = { ...words, to: email, idempotencyKey: `partner-invitation-${invitationId}` };
  await sendClaimed({ db, mailer }, 'partnership_invitation', { id: invitationId, now, mail });
}
