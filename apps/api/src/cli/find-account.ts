import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { CommandError } from './command.ts';

/**
 * The account of that address, or the only one there is.
 * @throws CommandError `ACCOUNT_MISSING`, `ACCOUNT_UNKNOWN`, `ACCOUNT_AMBIGUOUS`
 */
export async function findAccount(
  db: Kysely<Database>,
  email: string | undefined,
): Promise<{ readonly id: string; readonly email: string }> {
  const accounts = await db
    .selectFrom('auth_user')
    .select(['id', 'email'])
    .$if(email !== undefined, (query) => query.where('email', '=', (email ?? '').trim().toLowerCase()))
    .limit(2)
    .execute();
  const [only, second] = accounts;
  if (!only && email !== undefined) throw new CommandError('ACCOUNT_UNKNOWN', `Nobody has an account as ${email}.`);
  if (!only) {
    throw new CommandError(
      'ACCOUNT_MISSING',
      'There is no account yet. Run npm start and open the set-up link it prints, or run npm run parley -- create-admin.',
    );
  }
  if (second) throw new CommandError('ACCOUNT_AMBIGUOUS', 'There are several accounts: say whose with --for EMAIL.');
  return only;
}
