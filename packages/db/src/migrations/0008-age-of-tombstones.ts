import { sql, type Kysely } from 'kysely';

/** When rows were deleted: by scope and version, so that old tombstones are found and their scope's floor is known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table sync_tombstone (
    scope text collate "C" not null references sync_scope on delete cascade,
    version bigint not null,
    created_at timestamptz not null default now(),
    primary key (scope, version)
  )`.execute(db);
  await sql`create index sync_tombstone_created on sync_tombstone (created_at)`.execute(db);
  // Nobody knows how old those are that are there already: they begin today.
  await sql`insert into sync_tombstone (scope, version)
    select scope, version from (
      select 'org:' || id as scope, version from org where deleted
      union select 'people.org:' || org_id, version from org_person where deleted
      union select 'user:' || person_id, version from membership where deleted
      union select 'user:' || person_id, version from participation where deleted
      union select 'user:' || person_id, version from read_position where deleted
      union select 'thread:' || id, version from thread where deleted
      union select 'people.thread:' || thread_id, version from participant where deleted
      union select 'thread:' || thread_id, version from message where deleted
      union select 'thread:' || thread_id, version from revision where deleted
    ) as tombstone where exists (select from sync_scope where id = scope)`.execute(db);
}
