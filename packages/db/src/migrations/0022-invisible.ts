import { sql, type Kysely } from 'kysely';

/** Whether a person wants to be seen when they are there. A switch that is null is off. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table person_settings add column invisible boolean`.execute(db);
}
