import { sql, type Kysely } from 'kysely';

const KEPT = ['message', 'revision', 'note', 'note_revision'] as const;

/**
 * Organisations on hold, and what their members deleted meanwhile. Whoever deletes cannot know of the hold, and the
 * application may not read what is kept: the database puts it aside by itself, as the owner of the schema.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table legal_hold (
      id uuid primary key,
      org_id uuid not null,
      reason text not null,
      placed_by uuid not null,
      placed_at timestamptz not null,
      lifted_by uuid,
      lifted_at timestamptz
    )`.execute(db);
  await sql`create unique index legal_hold_now on legal_hold (org_id) where lifted_at is null`.execute(db);
  await sql`
    create table held_text (
      id bigint generated always as identity primary key,
      org_id uuid not null,
      source text not null,
      row jsonb not null,
      deleted_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index held_text_org on held_text (org_id, id)`.execute(db);

  await sql`
    create function hold_text() returns trigger language plpgsql security definer set search_path from current as $$
    declare owner uuid;
    begin
      if tg_table_name = 'message' then
        owner := old.owner_org;
      elsif tg_table_name = 'revision' then
        select m.owner_org into owner from message m
          where m.home_org = old.home_org and m.thread_id = old.thread_id and m.id = old.message_id;
      else
        owner := old.org_id;
      end if;
      if exists (select from legal_hold where org_id = owner and lifted_at is null) then
        insert into held_text (org_id, source, row) values (owner, tg_table_name, to_jsonb(old));
      end if;
      return null;
    end $$`.execute(db);
  for (const table of KEPT) {
    const hasPlace = table === 'message' || table === 'note';
    const deletes = sql.raw(
      hasPlace
        ? 'old.deleted_at is null and not old.deleted and (new.deleted or new.deleted_at is not null)'
        : 'not old.deleted and new.deleted',
    );
    await sql`
      create trigger hold_text after update on ${sql.table(table)}
      for each row when (${deletes}) execute function hold_text()`.execute(db);
  }

  await sql`
    create function release_text() returns trigger language plpgsql security definer set search_path from current as $$
    begin
      delete from held_text where org_id = new.org_id;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger release_text after update on legal_hold
    for each row when (old.lifted_at is null and new.lifted_at is not null) execute function release_text()`.execute(
    db,
  );
}
