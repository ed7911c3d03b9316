import { sql, type Kysely } from 'kysely';

/**
 * Sessions bound to a browser, and the other ways to sign in.
 *
 * A session whose `key_hash` is set is opened by its cookie together with that key. Sessions from before have none and
 * would be opened by the cookie alone, so they end: what is not sent is kept, and goes out after signing in again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `delete from auth_session`,
  `alter table auth_session
     add column key_hash text,
     add column used_at timestamptz not null default now()`,

  // `last_step` is the time step of the code that was used last: a code works once.
  `create table two_step (
    person_id uuid primary key references auth_user on delete cascade,
    secret text not null,
    last_step bigint not null default 0,
    confirmed_at timestamptz,
    created_at timestamptz not null default now()
  )`,
  `create table recovery_code (
    person_id uuid not null references auth_user on delete cascade,
    code_hash text not null,
    primary key (person_id, code_hash)
  )`,
  `create table passkey (
    id text primary key,
    person_id uuid not null references auth_user on delete cascade,
    name text not null,
    public_key bytea not null,
    counter bigint not null,
    transports text[] not null,
    synced boolean not null,
    created_at timestamptz not null default now(),
    used_at timestamptz
  )`,
  `create index passkey_person on passkey (person_id, created_at)`,
];
