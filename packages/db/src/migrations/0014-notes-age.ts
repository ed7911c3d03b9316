import { sql, type Kysely } from 'kysely';

/** Notes are kept as long as messages are, and lie about in the order of their times, too. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index note_age on note using brin (created_at)`.execute(db);
}
