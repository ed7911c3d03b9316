import { sql, type Kysely } from 'kysely';

/** Invitations to become partners, and whose yes to one is enough for an organisation. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table partnership_invitation (
      id uuid primary key,
      org_id uuid not null,
      email text not null,
      token_hash text not null unique,
      invited_by uuid not null references person,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      revoked_at timestamptz,
      accepted_at timestamptz,
      accepted_by uuid references person,
      accepted_org uuid,
      approved_at timestamptz,
      declined_at timestamptz,
      decided_by uuid references person,
      mail_claimed_until timestamptz,
      mailed_at timestamptz,
      check (num_nulls(accepted_at, accepted_by, accepted_org) in (0, 3)),
      check (accepted_at is not null or num_nulls(approved_at, declined_at) = 2)
    )`.execute(db);
  await sql`create index partnership_invitation_org on partnership_invitation (org_id, created_at)`.execute(db);
  await sql`create index partnership_invitation_waiting on partnership_invitation (accepted_org)
    where accepted_at is not null and approved_at is null and declined_at is null and revoked_at is null`.execute(db);
  await sql`alter table org add column partnership_approval text
    check (partnership_approval in ('members', 'admins'))`.execute(db);
}
