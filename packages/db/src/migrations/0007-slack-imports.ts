import { sql, type Kysely } from 'kysely';

/** Imports that were begun in the browser; one at a time for an organisation. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table slack_import (
      id uuid primary key,
      org_id uuid not null,
      started_by uuid not null references person,
      file_name text not null,
      bytes bigint not null,
      received bigint not null default 0,
      with_direct_messages boolean not null,
      state text not null default 'uploading' check (state in ('uploading', 'running', 'done', 'failed')),
      progress jsonb,
      report jsonb,
      refusal text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index slack_import_org on slack_import (org_id, created_at)`.execute(db);
  await sql`create unique index slack_import_open on slack_import (org_id) where state in ('uploading', 'running')`.execute(
    db,
  );
}
