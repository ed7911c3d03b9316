import { sql, type Kysely } from 'kysely';

/** A thread may be resolved; and what it is to one person: how much of it counts, put away, kept on top. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table thread add column resolved jsonb`.execute(db);
  await sql`create table thread_setting (
    person_id uuid not null references person,
    thread_id uuid not null,
    level text check (level in ('all', 'mentions', 'nothing')),
    archived_seq bigint,
    pinned_at timestamptz,
    version bigint not null,
    deleted boolean not null default false,
    primary key (person_id, thread_id),
    check (deleted or level is not null)
  )`.execute(db);
  await sql`create index thread_setting_version on thread_setting (person_id, version)`.execute(db);
}
