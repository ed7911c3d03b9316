/** What invitations of every kind have in common: a link bound to an e-mail address that works once and ends after 14 days. */
import type { Database } from '@parley/db';
import { invitationToken } from '@parley/jobs/invitation-token';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { hashToken } from '../accounts/secret-token.ts';

const DAY = 24 * 60 * 60 * 1000;
const VALID_MS = 14 * DAY;
/** For how long an invitation that ended unused is still shown. */
export const SHOWN_AFTER_MS = 30 * DAY;

/** The kind of job that mails each. */
const mailing = {
  invitation: 'invitation.created',
  partnership_invitation: 'partnership-invitation.created',
} as const;

/** What a row of either kind begins with. */
interface Issued {
  id: string;
  org_id: string;
  email: string;
  token_hash: string;
  created_at: Date;
  expires_at: Date;
}

/**
 * Ends an earlier one of the same address that nobody has accepted, and leaves the job that mails the new one. The link's
 * token is in the answer and nowhere else: the worker makes it anew for the mail.
 * @param tx the transaction of whoever has seen to it that the inviter may
 * @param insert writes the row, with what else is in it
 */
export async function issueInvitation(
  tx: Kysely<Database>,
  table: keyof typeof mailing,
  { orgId, email, authSecret, now }: { orgId: string; email: string; authSecret: string; now: number },
  insert: (issued: Issued) => Promise<unknown>,
): Promise<{ token: string; expiresAt: number }> {
  const id = uuidv7();
  const token = invitationToken(authSecret, id);
  const expiresAt = now + VALID_MS;
  await tx
    .updateTable(table)
    .set({ revoked_at: new Date(now) })
    .where('org_id', '=', orgId)
    .where('email', '=', email)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
  await insert({
    ...{ id, email, org_id: orgId, token_hash: hashToken(token) },
    ...{ created_at: new Date(now), expires_at: new Date(expiresAt) },
  });
  await tx
    .insertInto('job')
    .values({ kind: mailing[table], payload: JSON.stringify({ invitationId: id }) })
    .execute();
  return { token, expiresAt };
}
