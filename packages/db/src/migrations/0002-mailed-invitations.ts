import { sql, type Kysely } from 'kysely';

/** An invitation is mailed once: by whom it is being mailed, and when it was. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table invitation
      add column mail_claimed_until timestamptz,
      add column mailed_at timestamptz`.execute(db);
}
