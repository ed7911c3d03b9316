/** Tells people by mail that how they sign in was changed. */
import type { Database } from '@parley/db';
import { MailFailed, signInChangedEmail, type Mailer } from '@parley/emails';
import type { Payload } from '@parley/jobs';
import type { Kysely } from 'kysely';
import { workerLog } from '../logger.ts';

export interface SignInChangedMailing {
  db: Kysely<Database>;
  mailer: Mailer;
  /** Origin under which people reach the installation, without a trailing slash. */
  publicUrl: string;
}

const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/**
 * Does nothing for somebody who has no account any more. Tried again, the mail goes under the same key, by which the
 * service or the receiver knows the second copy.
 * @throws MailFailed where it is to be tried again
 */
export async function mailSignInChanged(
  { db, mailer, publicUrl }: SignInChangedMailing,
  { personId, change, at, changeId }: Payload<'sign-in.changed'>,
): Promise<void> {
  const account = await db
    .selectFrom('auth_user')
    .select(['name', 'email'])
    .where('id', '=', personId)
    .executeTakeFirst();
  if (!account) return;
  const { name, email } = account;
  const words = await signInChangedEmail({ name, change, at, url: publicUrl });
  try {
    await mailer.send({ ...words, to: email, headers, idempotencyKey: `sign-in-changed-${changeId}` });
  } catch (error) {
    if (!(error instanceof MailFailed && error.permanent)) throw error;
    workerLog.info({ changeId, error: error.message }, 'a change of how somebody signs in cannot be mailed');
  }
}
