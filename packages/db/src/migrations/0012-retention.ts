import { sql, type Kysely } from 'kysely';

/** How long an organisation keeps messages; until now all of them. Messages lie about in the order of their times. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table org add column retention_days bigint check (retention_days > 0)`.execute(db);
  await sql`create index message_age on message using brin (created_at)`.execute(db);
}
