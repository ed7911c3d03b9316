import { sql, type Kysely } from 'kysely';

/**
 * Accounts, organisations and everything that is synced.
 *
 * Every synced table carries `version` (its scope's, when the row last changed) and `deleted`; a tombstone has no
 * content, so content columns are null there and nowhere else. The tables of a thread are led by its home
 * organisation, which is the key to shard by.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...identity, ...engine, ...synced]) await sql.raw(statement).execute(db);
}

const identity = [
  `create table installation (
    one boolean primary key default true check (one),
    incarnation uuid not null default gen_random_uuid(),
    set_up_token_hash text,
    created_at timestamptz not null default now()
  )`,
  `insert into installation default values`,

  `create table person (
    id uuid primary key,
    name text not null,
    placeholder boolean not null default false,
    merged_into uuid references person,
    created_at timestamptz not null default now()
  )`,

  `create table auth_user (
    id uuid primary key references person,
    name text not null,
    email text not null unique,
    email_verified boolean not null default false,
    image text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create table auth_session (
    id text primary key,
    user_id uuid not null references auth_user on delete cascade,
    token text not null unique,
    expires_at timestamptz not null,
    ip_address text,
    user_agent text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create index auth_session_user on auth_session (user_id)`,
  `create table auth_account (
    id text primary key,
    account_id text not null,
    provider_id text not null,
    user_id uuid not null references auth_user on delete cascade,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamptz,
    refresh_token_expires_at timestamptz,
    scope text,
    password text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create index auth_account_user on auth_account (user_id)`,
  `create table auth_verification (
    id text primary key,
    identifier text not null,
    value text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create index auth_verification_identifier on auth_verification (identifier)`,

  `create table invitation (
    id uuid primary key,
    org_id uuid not null,
    email text not null,
    role text not null check (role in ('owner', 'admin', 'member', 'guest')),
    token_hash text not null unique,
    invited_by uuid references person,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid references person,
    revoked_at timestamptz
  )`,
  `create index invitation_org on invitation (org_id, created_at)`,
];

const engine = [
  // Updated by every write: room on the page keeps those updates away from the index.
  `create table sync_scope (
    id text collate "C" primary key,
    home_org uuid,
    version bigint not null default 0,
    seq bigint not null default 0,
    floor bigint not null default 0
  ) with (fillfactor = 60)`,
  `create table sync_client (
    id uuid primary key,
    person_id uuid not null references person,
    created_at timestamptz not null default now()
  )`,
  `create table sync_lane (
    client_id uuid not null references sync_client on delete cascade,
    lane text not null,
    last_n bigint not null,
    primary key (client_id, lane)
  ) with (fillfactor = 60)`,
  // Led by the person, so that nobody's ids can run into another's.
  `create table mutation_result (
    person_id uuid not null,
    id uuid not null,
    client_id uuid not null,
    lane text not null,
    n bigint not null,
    status text not null check (status in ('applied', 'rejected')),
    code text,
    message text,
    effects jsonb,
    created_at timestamptz not null default now(),
    primary key (person_id, id),
    unique (client_id, lane, n)
  )`,
  `create index mutation_result_created on mutation_result (created_at)`,
  `create table job (
    id bigint generated always as identity primary key,
    kind text not null,
    payload jsonb not null,
    created_at timestamptz not null default now()
  )`,
  // The relay takes the kinds that have a queue; the others wait beside them for as long as a day.
  `create index job_by_kind on job (kind, id)`,
];

const role = `text check (role in ('owner', 'admin', 'member', 'guest'))`;
const version = `version bigint not null, deleted boolean not null default false`;
const whole = (...columns: string[]) => `check (deleted or num_nulls(${columns.join(', ')}) = 0)`;

const synced = [
  `create table org (
    id uuid primary key,
    name text,
    created_at timestamptz,
    ${version},
    ${whole('name', 'created_at')}
  )`,
  `create table org_person (
    org_id uuid not null,
    person_id uuid not null references person,
    name text,
    email text,
    role ${role},
    placeholder boolean,
    active boolean,
    joined_at timestamptz,
    ${version},
    primary key (org_id, person_id),
    ${whole('name', 'role', 'placeholder', 'active', 'joined_at')}
  )`,
  `create index org_person_version on org_person (org_id, version)`,
  `create table membership (
    person_id uuid not null references person,
    org_id uuid not null,
    role ${role},
    active boolean,
    epoch bigint,
    joined_at timestamptz,
    ${version},
    primary key (person_id, org_id),
    ${whole('role', 'active', 'epoch', 'joined_at')}
  )`,
  `create index membership_version on membership (person_id, version)`,
  `create index membership_org on membership (org_id)`,
  `create table thread (
    home_org uuid not null,
    id uuid not null,
    subject text,
    kind text check (kind in ('internal', 'external')),
    created_by uuid,
    created_at timestamptz,
    last_seq bigint,
    last_message jsonb,
    ${version},
    primary key (home_org, id),
    ${whole('subject', 'kind', 'created_by', 'created_at', 'last_seq')}
  ) with (fillfactor = 80)`,
  `create table participant (
    home_org uuid not null,
    thread_id uuid not null,
    person_id uuid not null,
    name text,
    acting_org uuid,
    placeholder boolean,
    joined_at timestamptz,
    left_at timestamptz,
    ${version},
    primary key (home_org, thread_id, person_id),
    ${whole('name', 'acting_org', 'placeholder', 'joined_at')}
  )`,
  `create index participant_version on participant (home_org, thread_id, version)`,
  `create index participant_reader on participant (home_org, thread_id) where left_at is null and not placeholder and not deleted`,
  `create table participation (
    person_id uuid not null,
    thread_id uuid not null,
    acting_org uuid,
    epoch bigint,
    joined_at timestamptz,
    left_at timestamptz,
    ${version},
    primary key (person_id, thread_id),
    ${whole('acting_org', 'epoch', 'joined_at')}
  )`,
  `create index participation_version on participation (person_id, version)`,
  `create table read_position (
    person_id uuid not null,
    thread_id uuid not null,
    seq bigint,
    note_seq bigint,
    mark_epoch bigint,
    ${version},
    primary key (person_id, thread_id),
    ${whole('seq', 'note_seq', 'mark_epoch')}
  ) with (fillfactor = 80)`,
  `create index read_position_version on read_position (person_id, version)`,
  `create table message (
    home_org uuid not null,
    thread_id uuid not null,
    id uuid not null,
    seq bigint,
    kind text check (kind in ('internal', 'external', 'system')),
    author_id uuid,
    author_org uuid,
    owner_org uuid,
    text text,
    reply_to uuid,
    mentions jsonb,
    reactions jsonb,
    notice jsonb,
    created_at timestamptz,
    edited_at timestamptz,
    revisions bigint,
    deleted_at timestamptz,
    ${version},
    primary key (home_org, thread_id, id),
    unique (home_org, thread_id, seq),
    ${whole('seq', 'kind', 'owner_org', 'text', 'mentions', 'reactions', 'created_at', 'revisions')}
  )`,
  `create index message_version on message (home_org, thread_id, version)`,
  `create table revision (
    home_org uuid not null,
    thread_id uuid not null,
    id text not null,
    seq bigint,
    message_id uuid,
    text text,
    written_at timestamptz,
    ${version},
    primary key (home_org, thread_id, id),
    ${whole('seq', 'message_id', 'text', 'written_at')}
  )`,
  `create index revision_version on revision (home_org, thread_id, version)`,
  `create index revision_seq on revision (home_org, thread_id, seq)`,
];
