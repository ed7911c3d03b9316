import { sql, type Kysely } from 'kysely';

/** Members who are shut out are few, and looked for whenever the readers of a thread are named. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index membership_shut_out on membership (org_id, person_id) where not active`.execute(db);
}
