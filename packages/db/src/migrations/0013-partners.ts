import { sql, type Kysely } from 'kysely';

/** What organisations know of each other as partners. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table partner (
      org_id uuid not null,
      partner_id uuid not null,
      name text,
      contacts jsonb,
      since timestamptz,
      suspended_by jsonb,
      ended jsonb,
      version bigint not null,
      deleted boolean not null default false,
      primary key (org_id, partner_id),
      check (deleted or num_nulls(name, contacts, since, suspended_by) = 0)
    )`.execute(db);
  await sql`create index partner_version on partner (org_id, version)`.execute(db);
}
