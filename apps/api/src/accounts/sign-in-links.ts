/** Signing in by a link that comes by mail: once, within ten minutes. */
import type { Database } from '@parley/db';
import { signInLinkToken } from '@parley/jobs/sign-in-link';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Account } from './credentials.ts';
import { issueSecret, takeSecret } from './one-time-secrets.ts';
import { mustBeSomebody } from './password-reset.ts';

const VALID_MINUTES = 10;
/** Stands in for the id of a person whom nobody knows: a link of nobody's opens nothing, and takes as long to make. */
const NOBODY = 'nobody';

/** Has a link mailed. An address that nobody signs in with makes the same rows, so it cannot be told apart. */
export async function askForLink(
  db: Kysely<Database>,
  { email, authSecret, now }: { email: string; authSecret: string; now: number },
): Promise<void> {
  const id = uuidv7();
  const token = signInLinkToken(authSecret, id);
  await db.transaction().execute(async (tx) => {
    const account = await tx.selectFrom('auth_user').select('id').where('email', '=', email).executeTakeFirst();
    const value = account?.id ?? NOBODY;
    await issueSecret(tx, { purpose: 'link', value, now, minutes: VALID_MINUTES, id, token });
    await tx
      .insertInto('job')
      .values({ kind: 'sign-in-link.asked', payload: JSON.stringify({ linkId: id }) })
      .execute();
  });
}

/** Whose link it was; it opens nothing any more. @throws ApiError `LINK_INVALID` */
export async function useLink(db: Kysely<Database>, { token, now }: { token: string; now: number }): Promise<Account> {
  const value = await takeSecret(db, { purpose: 'link', token, now });
  return mustBeSomebody(db, value === NOBODY ? null : value);
}
