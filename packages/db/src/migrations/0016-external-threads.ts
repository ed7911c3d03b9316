import { sql, type Kysely } from 'kysely';

/** Organisations that take part in threads, and the thread that one goes on from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table thread_org (
      home_org uuid not null,
      thread_id uuid not null,
      org_id uuid not null,
      name text,
      state text check (state in ('active', 'suspended', 'ended')),
      permission text check (permission in ('post', 'invite')),
      added_at timestamptz,
      version bigint not null,
      deleted boolean not null default false,
      primary key (home_org, thread_id, org_id),
      check (deleted or num_nulls(name, state, permission, added_at) = 0)
    )`.execute(db);
  await sql`create index thread_org_of on thread_org (org_id, home_org) where not deleted`.execute(db);
  await sql`alter table thread add column continued_from uuid`.execute(db);
}
