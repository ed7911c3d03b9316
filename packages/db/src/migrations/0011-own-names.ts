import { sql, type Kysely } from 'kysely';

/** Names that people gave themselves after their accounts were made. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table person_settings add column name text`.execute(db);
}
