/** The first account of an installation, made through a link that was printed where only its operator reads. */
import { orgPeopleScope, orgScope, userScope } from '@parley/core/scopes';
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { actorOf, audit, OPERATOR, type Origin } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import type { Acts } from '../services.ts';
import { hashPassword, mustBeGoodPassword } from './password.ts';
import { insertAccount, putMember } from './people.ts';
import { hashToken, newToken } from './secret-token.ts';

/** Whether nobody has an account yet. */
export async function needsSetUp(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await anyAccount(db);
  return rows === 0;
}

const anyAccount = (db: Kysely<Database>) =>
  db
    .selectFrom(db.selectFrom('auth_user').select('id').limit(1).as('one'))
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();

/** Makes a new one-time token, the only one that works; `null` once there is an account. */
export async function issueSetUpToken(db: Kysely<Database>): Promise<string | null> {
  if (!(await needsSetUp(db))) return null;
  const token = newToken();
  await db
    .updateTable('installation')
    .set({ set_up_token_hash: hashToken(token) })
    .execute();
  return token;
}

export interface FirstAccount {
  organisationName: string;
  name: string;
  email: string;
  password: string;
}

/**
 * Makes the first organisation and its owner. Works once: of two at the same time one is refused.
 * @param link with the token that was printed; `null` from the command line, whose user owns the machine
 * @throws ApiError `ALREADY_SET_UP`, `SET_UP_TOKEN_INVALID`, `PASSWORD_TOO_WEAK`
 */
export async function setUpFirstAccount(
  acts: Acts,
  { organisationName, name, email, password }: FirstAccount,
  link: { token: string; from: Origin } | null,
): Promise<{ personId: string; orgId: string }> {
  await mustBeGoodPassword(password, { name, email, organisations: [organisationName] });
  const [personId, orgId] = [uuidv7(), uuidv7()];
  const passwordHash = await hashPassword(password);
  const scopes = { write: [], create: [orgScope(orgId), orgPeopleScope(orgId), userScope(personId)] };
  return acts.act(null, scopes, async (tx, db) => {
    const installation = await db.selectFrom('installation').selectAll().forUpdate().executeTakeFirstOrThrow();
    if (!(await needsSetUp(db))) {
      throw new ApiError('ALREADY_SET_UP', 'This installation is set up already. Sign in.', { status: 'CONFLICT' });
    }
    if (link && installation.set_up_token_hash !== hashToken(link.token)) {
      throw new ApiError(
        'SET_UP_TOKEN_INVALID',
        'This link is no longer valid. Use the newest one the server printed.',
        {
          status: 'FORBIDDEN',
        },
      );
    }
    await db.updateTable('installation').set({ set_up_token_hash: null }).execute();
    await insertAccount(db, { personId, name, email, passwordHash });
    tx.put('org', orgScope(orgId), orgId, { name: organisationName, threadStarters: 'members', createdAt: tx.now });
    await putMember(tx, { personId, orgId, name, email, role: 'owner' });
    const actor = link ? actorOf(link.from, personId) : OPERATOR;
    await audit(db, {
      kind: 'organisation_made',
      actor,
      orgId,
      subjectId: personId,
      details: { name: organisationName },
    });
    return { personId, orgId };
  });
}
