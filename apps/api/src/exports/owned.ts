/**
 * What an organisation owns: its people, and what its members wrote, wherever it stands. Of a thread that it shares that is
 * its own members' messages and its own notes; those of others are theirs. Described in `docs/export.md`.
 */
import type { Database } from '@parley/db';
import { sql, type Kysely, type RawBuilder } from 'kysely';

export interface OwnedThread {
  id: string;
  subject: string;
  kind: string;
  /** Whose thread it is. */
  organisation: string;
  startedAt: Date;
  resolvedAt: Date | null;
}

export interface OwnedMessage {
  id: string;
  place: number;
  author: string | null;
  authorName: string | null;
  text: string;
  replyTo: string | null;
  mentions: string[];
  /** Of the people among them, by id. */
  mentionedNames: Record<string, string>;
  reactions: Record<string, string[]>;
  forwarded: object | null;
  notice: object | null;
  sentAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
  /** Earlier texts, the oldest first. */
  earlier: { text: string; writtenAt: string }[];
}

export async function ownedPeople(db: Kysely<Database>, orgId: string) {
  return db
    .selectFrom('org_person')
    .select(['person_id as id', 'name', 'email', 'role', 'active', 'joined_at as joinedAt'])
    .where('org_id', '=', orgId)
    .where('deleted', '=', false)
    .orderBy('joined_at')
    .orderBy('person_id')
    .execute();
}

/** Threads of the organisation, and those in which its members wrote, the oldest first. */
export async function ownedThreads(db: Kysely<Database>, orgId: string): Promise<OwnedThread[]> {
  const { rows } = await sql<OwnedThread>`
    select id, subject, kind, home_org as organisation, created_at as "startedAt",
      to_timestamp((resolved->>'at')::float8 / 1000) as "resolvedAt"
    from thread t
    where not deleted and (home_org = ${orgId}
      or exists (select from message m
        where m.home_org = t.home_org and m.thread_id = t.id and m.owner_org = ${orgId} and not m.deleted)
      or exists (select from note n
        where n.home_org = t.home_org and n.thread_id = t.id and n.org_id = ${orgId} and not n.deleted))
    order by created_at, id`.execute(db);
  return rows;
}

const PAGE = 1_000;

const iso = (time: RawBuilder<unknown>) => sql`to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Messages of a thread, or notes in it, that are the organisation's, by place and a page at a time. */
export async function* ownedMessages(
  db: Kysely<Database>,
  { orgId, thread, kind }: { orgId: string; thread: OwnedThread; kind: 'message' | 'note' },
): AsyncGenerator<OwnedMessage> {
  const [owner, revision, sameOwner] =
    kind === 'message'
      ? [sql`m.owner_org`, sql`revision`, sql``]
      : [sql`m.org_id`, sql`note_revision`, sql`and r.org_id = m.org_id`];
  for (let after = 0; ;) {
    const { rows } = await sql<OwnedMessage>`
      select m.id, m.seq as place, m.author_id as author, p.name as "authorName", m.text, m.reply_to as "replyTo",
        m.mentions, (select coalesce(jsonb_object_agg(o.id, o.name), '{}') from person o
          where o.id in (select jsonb_array_elements_text(m.mentions)::uuid)) as "mentionedNames",
        m.reactions, m.forwarded, m.notice, m.created_at as "sentAt", m.edited_at as "editedAt",
        m.deleted_at as "deletedAt",
        (select coalesce(jsonb_agg(jsonb_build_object('text', r.text, 'writtenAt', ${iso(sql`r.written_at`)}) order by r.written_at), '[]')
          from ${revision} r
          where r.home_org = m.home_org and r.thread_id = m.thread_id ${sameOwner} and r.seq = m.seq
            and r.message_id = m.id and not r.deleted) as earlier
      from ${sql.table(kind)} m left join person p on p.id = m.author_id
      where m.home_org = ${thread.organisation} and m.thread_id = ${thread.id} and ${owner} = ${orgId}
        and not m.deleted and m.seq > ${after}
      order by m.seq limit ${PAGE}`.execute(db);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.place;
  }
}
