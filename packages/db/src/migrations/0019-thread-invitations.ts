import { sql, type Kysely } from 'kysely';

/** Invitations of guests that lead into one thread. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table invitation add column thread_id uuid`.execute(db);
}
