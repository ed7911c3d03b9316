import { sql, type Kysely } from 'kysely';

/** Until when a person wants to be left alone, and when each room last saw whom in it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table person_settings add column do_not_disturb_until bigint`.execute(db);
  await sql`
    create table last_seen (
      scope text not null,
      person_id uuid not null references person (id) on delete cascade,
      at timestamptz not null,
      primary key (scope, person_id)
    )`.execute(db);
}
