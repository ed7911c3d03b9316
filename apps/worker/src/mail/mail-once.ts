/** Mails that go out once, although workers die and several are at work. */
import type { Database } from '@parley/db';
import { MailFailed, type Mail, type Mailer } from '@parley/emails';
import type { Kysely } from 'kysely';
import { workerLog } from '../logger.ts';

/** What is mailed once keeps in its row who is at it, and when it was mailed. */
type MailedOnce = 'invitation' | 'partnership_invitation';

// Longer than any mailer takes: who still holds a claim after it is dead.
const CLAIM_MS = 60_000;

// Nobody's holiday answers an invitation.
const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/** Keeps the mail from every other worker. @throws while another worker is at it: to be tried again */
export async function claimMail(
  db: Kysely<Database>,
  table: MailedOnce,
  { id, now }: { id: string; now: number },
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable(table)
    .set({ mail_claimed_until: new Date(now + CLAIM_MS) })
    .where('id', '=', id)
    .where('mailed_at', 'is', null)
    .where((eb) => eb.or([eb('mail_claimed_until', 'is', null), eb('mail_claimed_until', '<=', new Date(now))]))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new Error('Another worker is mailing this invitation.');
}

/** Sends what was claimed, and gives up where the address refuses mail. @throws MailFailed, to be tried again */
export async function sendClaimed(
  { db, mailer }: { db: Kysely<Database>; mailer: Mailer },
  table: MailedOnce,
  { id, now, mail }: { id: string; now: number; mail: Omit<Mail, 'headers'> },
): Promise<void> {
  const settle = (mailedAt: Date | null) =>
    db.updateTable(table).set({ mail_claimed_until: null, mailed_at: mailedAt }).where('id', '=', id).execute();
  try {
    await mailer.send({ ...mail, headers });
  } catch (error) {
    await settle(null);
    if (!(error instanceof MailFailed && error.permanent)) throw error;
    workerLog.info({ table, id, error: error.message }, 'an invitation cannot be mailed');
    return;
  }
  await settle(new Date(now));
  workerLog.info({ table, id }, 'an invitation was mailed');
}
