/**
 * Secrets that work once and for minutes: links, and what is handed over between two steps of signing in. Only their
 * hashes are stored; taking one deletes it, so of two at the same time one gets it.
 */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { hashToken, newToken } from './secret-token.ts';

type Purpose = 'reset' | 'link' | 'second-step' | 'passkey';

const identifierOf = (purpose: Purpose, token: string): string => `${purpose}:${hashToken(token)}`;

/**
 * @param id also the row's; given where a worker has to find it
 * @returns the secret, which is stored nowhere
 */
export async function issueSecret(
  db: Kysely<Database>,
  secret: { purpose: Purpose; value: string; now: number; minutes: number; id?: string; token?: string },
): Promise<string> {
  const { purpose, value, now, minutes, id = uuidv7(), token = newToken() } = secret;
  await db
    .insertInto('auth_verification')
    .values({ id, identifier: identifierOf(purpose, token), value, expires_at: new Date(now + minutes * 60_000) })
    .execute();
  return token;
}

interface Held {
  purpose: Purpose;
  token: string;
  now: number;
}

/** What the secret was issued for; `null` where it is over, used or none. */
export async function readSecret(db: Kysely<Database>, { purpose, token, now }: Held): Promise<string | null> {
  const row = await db
    .selectFrom('auth_verification')
    .select('value')
    .where('identifier', '=', identifierOf(purpose, token))
    .where('expires_at', '>', new Date(now))
    .executeTakeFirst();
  return row?.value ?? null;
}

/** The same, for the last time. */
export async function takeSecret(db: Kysely<Database>, { purpose, token, now }: Held): Promise<string | null> {
  const row = await db
    .deleteFrom('auth_verification')
    .where('identifier', '=', identifierOf(purpose, token))
    .where('expires_at', '>', new Date(now))
    .returning('value')
    .executeTakeFirst();
  return row?.value ?? null;
}

/** Makes every secret of a person for this purpose worthless. */
export async function forgetSecrets(
  db: Kysely<Database>,
  { purpose, value }: { purpose: Purpose; value: string },
): Promise<void> {
  await db
    .deleteFrom('auth_verification')
    .where('identifier', 'like', `${purpose}:%`)
    .where('value', '=', value)
    .execute();
}
