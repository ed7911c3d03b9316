import { sql, type Kysely } from 'kysely';

/**
 * Notes of one organisation in a partner thread, and the drafts of such. They lie beside the messages and never among
 * them: no statement about messages can find one. Their scope comes with the first of them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table note_head (
      home_org uuid not null,
      thread_id uuid not null,
      org_id uuid not null,
      last_seq bigint,
      last_note jsonb,
      version bigint not null,
      deleted boolean not null default false,
      primary key (home_org, org_id, thread_id),
      check (deleted or num_nulls(last_seq, last_note) = 0)
    ) with (fillfactor = 80)`.execute(db);
  await sql`
    create table note (
      home_org uuid not null,
      thread_id uuid not null,
      org_id uuid not null,
      id uuid not null,
      seq bigint,
      after_seq bigint,
      kind text check (kind = 'internal'),
      author_id uuid,
      author_org uuid,
      owner_org uuid,
      text text,
      reply_to uuid,
      mentions jsonb,
      reactions jsonb,
      notice jsonb,
      forwarded jsonb,
      created_at timestamptz,
      edited_at timestamptz,
      revisions bigint,
      deleted_at timestamptz,
      version bigint not null,
      deleted boolean not null default false,
      primary key (home_org, thread_id, org_id, id),
      unique (home_org, thread_id, org_id, seq),
      check (deleted or num_nulls(seq, after_seq, kind, owner_org, text, mentions, reactions, created_at, revisions) = 0)
    )`.execute(db);
  await sql`create index note_version on note (home_org, thread_id, org_id, version)`.execute(db);
  await sql`
    create table note_revision (
      home_org uuid not null,
      thread_id uuid not null,
      org_id uuid not null,
      id text not null,
      seq bigint,
      message_id uuid,
      text text,
      written_at timestamptz,
      version bigint not null,
      deleted boolean not null default false,
      primary key (home_org, thread_id, org_id, id),
      check (deleted or num_nulls(seq, message_id, text, written_at) = 0)
    )`.execute(db);
  await sql`create index note_revision_version on note_revision (home_org, thread_id, org_id, version)`.execute(db);
  await sql`create index note_revision_seq on note_revision (home_org, thread_id, org_id, seq)`.execute(db);
  await sql`alter table draft add column kind text check (kind = 'note')`.execute(db);
}
