import { sql, type Kysely } from 'kysely';

/**
 * How far the people of a thread have read, for the others. A switch that is null is on: whoever wrote the row does not
 * know of it. Every thread gets the scope that its receipts are in; they come as people read on.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table receipt (
      home_org uuid not null,
      thread_id uuid not null,
      person_id uuid not null,
      up_to bigint,
      version bigint not null,
      deleted boolean not null default false,
      primary key (home_org, thread_id, person_id),
      check (deleted or up_to is not null)
    ) with (fillfactor = 80)`.execute(db);
  await sql`create index receipt_version on receipt (home_org, thread_id, version)`.execute(db);
  await sql`alter table person_settings add column receipts boolean`.execute(db);
  await sql`alter table org add column receipts boolean`.execute(db);
  await sql`insert into sync_scope (id, home_org, version)
    select 'receipts.thread:' || id, home_org, 1 from thread`.execute(db);
}
