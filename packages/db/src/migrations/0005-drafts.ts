import { sql, type Kysely } from 'kysely';

/** What a person has begun to write, and what is to be sent later: rows of their own scope. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of tables) await sql.raw(statement).execute(db);
}

const tables = [
  `create table draft (
    person_id uuid not null references person,
    id text not null,
    thread_id uuid,
    root_id uuid,
    generation bigint,
    updates jsonb,
    text text,
    written_at timestamptz,
    version bigint not null,
    deleted boolean not null default false,
    primary key (person_id, id),
    check (deleted or num_nulls(thread_id, generation, updates, text, written_at) = 0)
  ) with (fillfactor = 80)`,
  `create index draft_version on draft (person_id, version)`,
  `create table scheduled (
    person_id uuid not null references person,
    id uuid not null,
    thread_id uuid,
    reply_to uuid,
    text text,
    due_at timestamptz,
    created_at timestamptz,
    failure jsonb,
    version bigint not null,
    deleted boolean not null default false,
    primary key (person_id, id),
    check (deleted or num_nulls(thread_id, text, due_at, created_at) = 0)
  )`,
  `create index scheduled_version on scheduled (person_id, version)`,
  // The worker looks here every second: only what can still go out is in it.
  `create index scheduled_due on scheduled (due_at) where not deleted and failure is null`,
];
