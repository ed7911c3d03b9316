import { sql, type Kysely } from 'kysely';

/** What a thread has pinned, and what a person has saved. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table thread_pins (
      home_org uuid not null,
      thread_id uuid not null,
      pins jsonb,
      version bigint not null,
      deleted boolean not null default false,
      primary key (home_org, thread_id),
      check (deleted or num_nulls(pins) = 0)
    )`.execute(db);
  await sql`
    create table saved_message (
      person_id uuid not null references person,
      message_id uuid not null,
      thread_id uuid,
      place bigint,
      saved_at timestamptz,
      version bigint not null,
      deleted boolean not null default false,
      primary key (person_id, message_id),
      check (deleted or num_nulls(thread_id, place, saved_at) = 0)
    )`.execute(db);
  await sql`create index saved_message_version on saved_message (person_id, version)`.execute(db);
}
