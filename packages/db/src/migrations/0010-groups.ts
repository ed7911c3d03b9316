import { sql, type Kysely } from 'kysely';

/** Teams of an organisation, groups that take part in threads, and through which of them a person does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table team (
      org_id uuid not null,
      id uuid not null,
      name text,
      member_ids jsonb,
      created_at timestamptz,
      version bigint not null,
      deleted boolean not null default false,
      primary key (org_id, id),
      check (deleted or num_nulls(name, member_ids, created_at) = 0)
    )`.execute(db);
  await sql`create index team_version on team (org_id, version)`.execute(db);
  await sql`
    create table thread_group (
      home_org uuid not null,
      thread_id uuid not null,
      id uuid not null,
      kind text check (kind in ('org', 'team')),
      org_id uuid,
      name text,
      added_at timestamptz,
      version bigint not null,
      deleted boolean not null default false,
      primary key (home_org, thread_id, id),
      check (deleted or num_nulls(kind, org_id, name, added_at) = 0)
    )`.execute(db);
  await sql`create index thread_group_of on thread_group (org_id, id) where not deleted`.execute(db);
  await sql`alter table participant add column via jsonb`.execute(db);
  // Of all participants few are there through a group, and they are looked for whenever one changes.
  await sql`create index participant_via on participant (acting_org, thread_id)
    where via is not null and left_at is null and not deleted`.execute(db);
}
