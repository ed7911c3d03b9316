/**
 * What becomes known to a browser whose session ended because its person was shut out of their last organisation, however
 * late it asks: an ended session merely locks what it keeps, and this one has nothing to keep any more.
 */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { hashToken } from './secret-token.ts';

/** A session that ended. `keyHash`: of the key that its browser still brings. */
export interface EndedSession {
  id: string;
  personId: string;
  keyHash: string | null;
}

const DAYS_KEPT = 90;

const identifierOf = (keyHash: string): string => `shut-out:${keyHash}`;

/** Leaves word for the browsers of these sessions. */
export async function leaveWord(db: Kysely<Database>, ended: readonly EndedSession[], now: number): Promise<void> {
  const expiresAt = new Date(now + DAYS_KEPT * 86_400_000);
  const words = ended.flatMap(({ personId, keyHash }) =>
    keyHash === null
      ? []
      : [{ id: uuidv7(), identifier: identifierOf(keyHash), value: personId, expires_at: expiresAt }],
  );
  if (words.length > 0) await db.insertInto('auth_verification').values(words).execute();
}

/** The person who was shut out while this key was theirs, unless an organisation has them again. */
export async function whoIsShutOut(
  db: Kysely<Database>,
  { key, now }: { key: string; now: number },
): Promise<string | undefined> {
  const word = await db
    .selectFrom('auth_verification')
    .select('value')
    .where('identifier', '=', identifierOf(hashToken(key)))
    .where('expires_at', '>', new Date(now))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('membership')
            .select('org_id')
            .whereRef((eb) => eb.cast<string>('person_id', 'text'), '=', 'auth_verification.value')
            .where('active', '=', true)
            .where('deleted', '=', false),
        ),
      ),
    )
    .executeTakeFirst();
  return word?.value;
}
