import { sql, type Kysely } from 'kysely';

/** Who may start threads is the organisation's to say; until now every member could. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table org add column thread_starters text check (thread_starters in ('members', 'admins'))`.execute(
    db,
  );
  await sql`update org set thread_starters = 'members' where not deleted`.execute(db);
  await sql`alter table org add constraint org_settings_check check (deleted or thread_starters is not null)`.execute(
    db,
  );
}
