/** A new password for somebody who has lost theirs: by a link that the operator makes and hands over. */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { actorOf, auditAccount, OPERATOR, type Origin } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import { mustChooseWell, replacePassword, type Account } from './credentials.ts';
import { endDevices } from './devices.ts';
import { forgetSecrets, issueSecret, readSecret, takeSecret } from './one-time-secrets.ts';

const VALID_MINUTES = 60;

/** Makes the link's token; an earlier one of this person ends. @throws ApiError `NOT_FOUND` */
export async function issueReset(
  db: Kysely<Database>,
  { email, now }: { email: string; now: number },
): Promise<{ token: string; name: string; expiresAt: number }> {
  const account = await db.selectFrom('auth_user').select(['id', 'name']).where('email', '=', email).executeTakeFirst();
  if (!account) throw new ApiError('NOT_FOUND', `Nobody signs in as ${email}.`, { status: 'NOT_FOUND' });
  const token = await db.transaction().execute(async (tx) => {
    await forgetSecrets(tx, { purpose: 'reset', value: account.id });
    const event = { kind: 'reset_link_made', actor: OPERATOR, personId: account.id, subjectId: account.id } as const;
    await auditAccount(tx, event);
    return issueSecret(tx, { purpose: 'reset', value: account.id, now, minutes: VALID_MINUTES });
  });
  return { token, name: account.name, expiresAt: now + VALID_MINUTES * 60_000 };
}

/** Whose link it is. @throws ApiError `LINK_INVALID` */
export async function mustOpenReset(
  db: Kysely<Database>,
  { token, now }: { token: string; now: number },
): Promise<Account> {
  return mustBeSomebody(db, await readSecret(db, { purpose: 'reset', token, now }));
}

/**
 * Sets the password and ends every session, also that of whoever may have stolen one.
 * @returns the ids of the sessions that ended
 * @throws ApiError `LINK_INVALID`, `PASSWORD_TOO_WEAK`
 */
export async function useReset(
  db: Kysely<Database>,
  { token, password, now, from }: { token: string; password: string; now: number; from: Origin },
): Promise<{ email: string; ended: string[] }> {
  // A password that is refused must not use the link up.
  await mustChooseWell(db, await mustOpenReset(db, { token, now }), password);
  return db.transaction().execute(async (tx) => {
    const account = await mustBeSomebody(tx, await takeSecret(tx, { purpose: 'reset', token, now }));
    const { personId, email } = account;
    await replacePassword(tx, account, password);
    await auditAccount(tx, { kind: 'password_reset', actor: actorOf(from, personId), personId });
    return { email, ended: await endDevices(tx, { personId, except: null }) };
  });
}

/** @throws ApiError `LINK_INVALID` */
export async function mustBeSomebody(db: Kysely<Database>, personId: string | null): Promise<Account> {
  const account =
    personId === null
      ? undefined
      : await db.selectFrom('auth_user').select(['name', 'email']).where('id', '=', personId).executeTakeFirst();
  if (personId !== null && account) return { personId, ...account };
  throw new ApiError('LINK_INVALID', 'This link was used, or is too old.', { status: 'NOT_FOUND' });
}
