/** Mails an invitation: once, and only while it is open. */
import type { Database } from '@parley/db';
import { invitationEmail, type Mailer } from '@parley/emails';
import { invitationToken } from '@parley/jobs/invitation-token';
import type { Kysely } from 'kysely';
import { claimMail, sendClaimed } from './mail-once.ts';

export interface InvitationMailing {
  db: Kysely<Database>;
  mailer: Mailer;
  /** Origin under which people reach the installation, without a trailing slash. */
  publicUrl: string;
  authSecret: string;
}

/**
 * Claims the invitation, then sends; so of two workers one does. A worker that dies in between leaves its claim, and
 * after it has lapsed the mail is sent under the same key, by which the service or the receiver knows the second copy.
 * Does nothing where the invitation was mailed, accepted, revoked or has expired, and gives up where the address
 * refuses mail.
 * @param now milliseconds since 1970
 * @throws MailFailed, or an error while another worker is at it: both are to be tried again
 */
export async function mailInvitation(
  { db, mailer, publicUrl, authSecret }: InvitationMailing,
  { invitationId, now }: { invitationId: string; now: number },
): Promise<void> {
  const invitation = await claim(db, { invitationId, now });
  if (!invitation) return;
  const { email, role, organisation, inviter, expires_at } = invitation;
  const url = `${publicUrl}/invitation/${invitationToken(authSecret, invitationId)}`;
  const words = await invitationEmail({
    organisationName: organisation,
    invitedBy: inviter,
    email,
    role,
    url,
    expiresAt: expires_at.getTime(),
  });
  const mail = { ...words, to: email, idempotencyKey: `invitation-${invitationId}` };
  await sendClaimed({ db, mailer }, 'invitation', { id: invitationId, now, mail });
}

async function claim(db: Kysely<Database>, { invitationId, now }: { invitationId: string; now: number }) {
  const open = db
    .selectFrom('invitation')
    .innerJoin('org', 'org.id', 'invitation.org_id')
    .leftJoin('person', 'person.id', 'invitation.invited_by')
    .select(['email', 'role', 'expires_at', 'org.name as organisation', 'person.name as inviter'])
    .where('invitation.id', '=', invitationId)
    .where('org.deleted', '=', false)
    .where('mailed_at', 'is', null)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', new Date(now));
  const invitation = await open.executeTakeFirst();
  if (!invitation) return undefined;
  await claimMail(db, 'invitation', { id: invitationId, now });
  return invitation;
}
