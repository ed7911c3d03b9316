/** Address and password: who they belong to, at the same pace for everybody. */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { ApiError } from '../http/api-error.ts';
import { hashPassword, mustBeGoodPassword, verifyPassword } from './password.ts';
import { newToken } from './secret-token.ts';
import { tellOfChange } from './sign-in-changes.ts';

export interface Account {
  personId: string;
  name: string;
  email: string;
}

let nobodys: Promise<string> | undefined;

/** Wrong address and wrong password take the same time and give the same answer. @throws ApiError `INVALID_CREDENTIALS` */
export async function mustKnowPassword(
  db: Kysely<Database>,
  { email, password }: { email: string; password: string },
): Promise<Account> {
  const account = await passwordAccounts(db).where('auth_user.email', '=', email).executeTakeFirst();
  nobodys ??= hashPassword(newToken());
  const hash = account?.password ?? (await nobodys);
  const isRight = await verifyPassword({ hash, password });
  if (!account?.password || !isRight) {
    throw new ApiError('INVALID_CREDENTIALS', 'The e-mail address or the password is not right.', {
      status: 'UNAUTHORIZED',
    });
  }
  return { personId: account.id, name: account.name, email };
}

/** Somebody signed in shows that they still sit there. @throws ApiError `PASSWORD_WRONG` */
export async function mustConfirmPassword(
  db: Kysely<Database>,
  { personId, password }: { personId: string; password: string },
): Promise<void> {
  const account = await passwordAccounts(db).where('auth_user.id', '=', personId).executeTakeFirst();
  if (account?.password && (await verifyPassword({ hash: account.password, password }))) return;
  throw new ApiError('PASSWORD_WRONG', 'This is not your password.', { status: 'FORBIDDEN' });
}

/** @throws ApiError `PASSWORD_TOO_WEAK` */
export async function mustChooseWell(
  db: Kysely<Database>,
  { personId, name, email }: Account,
  password: string,
): Promise<void> {
  const organisations = await db
    .selectFrom('membership')
    .innerJoin('org', 'org.id', 'membership.org_id')
    .select('org.name')
    .where('person_id', '=', personId)
    .where('membership.deleted', '=', false)
    .execute();
  await mustBeGoodPassword(password, { name, email, organisations: organisations.map((org) => org.name) });
}

/** In a transaction. @throws ApiError `PASSWORD_TOO_WEAK` */
export async function replacePassword(tx: Kysely<Database>, account: Account, password: string): Promise<void> {
  await mustChooseWell(tx, account, password);
  await tx
    .updateTable('auth_account')
    .set({ password: await hashPassword(password), updated_at: new Date() })
    .where('user_id', '=', account.personId)
    .where('provider_id', '=', 'credential')
    .execute();
  await tellOfChange(tx, { personId: account.personId, change: 'password' });
}

const passwordAccounts = (db: Kysely<Database>) =>
  db
    .selectFrom('auth_user')
    .innerJoin('auth_account', 'auth_account.user_id', 'auth_user.id')
    .select(['auth_user.id', 'auth_user.name', 'auth_account.password'])
    .where('provider_id', '=', 'credential');
