import { sql, type Kysely } from 'kysely';

/**
 * Who did what in an organisation. It is told to outlive whom it tells of, so it refers to no row; the application may
 * add to it and read it, and neither change nor delete (`application-role.ts`).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_event (
      id bigint generated always as identity primary key,
      org_id uuid not null,
      at timestamptz not null default now(),
      kind text not null,
      actor_id uuid,
      subject_id uuid,
      details jsonb not null default '{}',
      ip_address text,
      user_agent text
    )`.execute(db);
  await sql`create index audit_event_org on audit_event (org_id, id)`.execute(db);
}
