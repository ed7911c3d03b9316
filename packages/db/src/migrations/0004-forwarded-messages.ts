import { sql, type Kysely } from 'kysely';

/** Whose words a forwarded message holds, and where they were written. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table message add column forwarded jsonb`.execute(db);
}
