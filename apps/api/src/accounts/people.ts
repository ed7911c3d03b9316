/** Making people: the account, its place in an organisation, and what their clients and colleagues see of it. */
import { alignLater } from '@parley/core/groups';
import type { Role } from '@parley/core/organisations';
import { orgPeopleScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { lineOfText } from '@parley/core/text';
import type { Database } from '@parley/db';
import type { MutatorTx } from '@parley/sync/mutator';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

/** As it is stored and compared: trimmed, in lower case. */
export const emailAddress = z.string().trim().toLowerCase().max(254).pipe(z.email('This is not an e-mail address.'));

export const organisationName = lineOfText(100);

export interface NewAccount {
  personId: string;
  name: string;
  email: string;
  passwordHash: string;
}

/** Adds a person who can sign in, or makes one of a placeholder. Fails on a unique key when the address has an account. */
export async function insertAccount(db: Kysely<Database>, account: NewAccount): Promise<void> {
  const { personId, name, email, passwordHash } = account;
  await db
    .insertInto('person')
    .values({ id: personId, name })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ name, placeholder: false }))
    .execute();
  await db.insertInto('auth_user').values({ id: personId, name, email }).execute();
  await db
    .insertInto('auth_account')
    .values({
      id: uuidv7(),
      account_id: personId,
      provider_id: 'credential',
      user_id: personId,
      password: passwordHash,
    })
    .execute();
}

/** Makes a person a member: their own row, and their card in the directory. Both scopes must be written by the act. */
export async function putMember(
  tx: MutatorTx<Tables>,
  member: { personId: string; orgId: string; name: string; email: string; role: Role },
): Promise<void> {
  const { personId, orgId, name, email, role } = member;
  const before = await tx.get('membership', userScope(personId), orgId);
  const common = { role, active: true, joinedAt: tx.now };
  tx.put('membership', userScope(personId), orgId, { ...common, epoch: (before?.epoch ?? 0) + 1 });
  tx.put('person', orgPeopleScope(orgId), personId, { ...common, name, email, placeholder: false });
  alignLater(tx, { orgId, personId });
}
