import { sql, type Kysely } from 'kysely';

/** What a person has chosen for themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table person_settings (
      person_id uuid primary key references person,
      undo_seconds bigint,
      version bigint not null,
      deleted boolean not null default false,
      check (deleted or num_nulls(undo_seconds) = 0)
    )`.execute(db);
}
