/** Mails a link that signs in, while it works. */
import type { Database } from '@parley/db';
import { MailFailed, signInLinkEmail, type Mailer } from '@parley/emails';
import { signInLinkToken } from '@parley/jobs/sign-in-link';
import type { Kysely } from 'kysely';
import { workerLog } from '../logger.ts';

export interface SignInLinkMailing {
  db: Kysely<Database>;
  mailer: Mailer;
  /** Origin under which people reach the installation, without a trailing slash. */
  publicUrl: string;
  authSecret: string;
}

const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };
const MINUTE_MS = 60_000;

/**
 * Does nothing where the link was used or is over, and where nobody signs in with the address that asked. Tried again,
 * the mail goes under the same key, by which the service or the receiver knows the second copy.
 * @param now milliseconds since 1970
 * @throws MailFailed where it is to be tried again
 */
export async function mailSignInLink(
  { db, mailer, publicUrl, authSecret }: SignInLinkMailing,
  { linkId, now }: { linkId: string; now: number },
): Promise<void> {
  const link = await db
    .selectFrom('auth_verification')
    .innerJoin('auth_user', (join) =>
      join.on((eb) => eb(eb.cast<string>('auth_user.id', 'text'), '=', eb.ref('auth_verification.value'))),
    )
    .select(['auth_user.name', 'auth_user.email', 'auth_verification.expires_at'])
    .where('auth_verification.id', '=', linkId)
    .where('auth_verification.expires_at', '>', new Date(now))
    .executeTakeFirst();
  if (!link) return;
  const { name, email, expires_at } = link;
  const url = `${publicUrl}/sign-in-link#token=${signInLinkToken(authSecret, linkId)}`;
  const minutes = Math.max(1, Math.round((expires_at.getTime() - now) / MINUTE_MS));
  const words = await signInLinkEmail({ name, email, url, minutes });
  try {
    await mailer.send({ ...words, to: email, headers, idempotencyKey: `sign-in-link-${linkId}` });
  } catch (error) {
    if (!(error instanceof MailFailed && error.permanent)) throw error;
    workerLog.info({ linkId, error: error.message }, 'a link to sign in cannot be mailed');
  }
}
