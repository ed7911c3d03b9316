import { orgPeopleScope, scopesOfThread, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { snippetOf } from '@parley/core/text';
import type { Database } from '@parley/db';
import { sql, type Kysely, type Transaction } from 'kysely';
import {
  MEMBERSHIP_COLUMNS,
  MESSAGE_COLUMNS,
  ORG_PERSON_COLUMNS,
  PARTICIPANT_COLUMNS,
  PARTICIPATION_COLUMNS,
  PERSON_COLUMNS,
  READ_POSITION_COLUMNS,
} from './columns.ts';
import type { PlannedPerson } from './people.ts';
import type { ImportPlan, PlannedMessage, PlannedThread } from './plan.ts';
import { insertRows } from './insert-rows.ts';
import { lockScopes, type ChangedScope, type LockedScopes } from './locked-scopes.ts';

/** What a run did; rows that were there already are left as they are, also where people have changed them since. */
export interface WrittenCounts {
  readonly people: Written;
  readonly threads: Written;
  /** Continuations of long messages are not counted. */
  readonly messages: Written;
  readonly reactionsCreated: number;
  readonly repliesCreated: number;
  /** Replies whose first message is neither in the export nor in the database; they stand by themselves. */
  readonly repliesWithoutRoot: number;
}

export interface Written {
  readonly created: number;
  readonly alreadyThere: number;
}

type Tx = Transaction<Database>;

/** Somebody with an account who is to see what was imported. */
interface Reader {
  readonly id: string;
  readonly name: string;
}

/**
 * Writes a plan in one transaction by the engine's rules: scopes locked in the order of their ids, what is there read
 * under the locks, rows stamped with the scope's next versions, places handed out from the scope's row. A scope in which
 * nothing changes keeps its version. Nobody is notified of old messages; a job is left for whoever was merged into
 * somebody else since an earlier import.
 */
export async function writePlan(
  kysely: Kysely<Database>,
  orgId: string,
  plan: Pick<ImportPlan, 'people' | 'threads'>,
  { now, onMessages = () => {} }: { now: number; onMessages?: (written: number) => void },
): Promise<WrittenCounts & { changes: readonly ChangedScope[] }> {
  return kysely.transaction().execute(async (tx) => {
    // Two imports into one organisation take turns.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`import:${orgId}`}, 0))`.execute(tx);
    const readers = await readersOf(tx, orgId);
    const scopes = await lockScopes(tx, {
      existing: [orgPeopleScope(orgId), ...readers.map(({ id }) => userScope(id))],
      made: [
        ...plan.people.map(({ id }) => ({ id: userScope(id), home_org: null })),
        ...plan.threads.flatMap(({ id }) => scopesOfThread(id).map((scope) => ({ id: scope, home_org: orgId }))),
      ],
    });
    const run: Run = { tx, scopes, orgId, now: new Date(now).toISOString() };
    const people = await writePeople(run, plan.people);
    const nameById = new Map([...plan.people, ...readers].map(({ id, name }) => [id, name]));
    const threadsBefore = await idsOf(
      tx,
      sql`select id from thread where home_org = ${orgId} and id = any(${plan.threads.map(({ id }) => id)})`,
    );
    const messages = { created: 0, alreadyThere: 0, reactionsCreated: 0, repliesCreated: 0, repliesWithoutRoot: 0 };
    let passed = 0;
    for (const thread of plan.threads) {
      const written = await writeMessages(run, thread);
      const isNew = !threadsBefore.has(thread.id);
      if (isNew || written.last)
        await writeHead(run, thread, { isNew, last: written.last, fallbackAuthor: readers[0]?.id });
      await writeParticipants(run, thread, { nameById, readers });
      for (const [count, value] of Object.entries(written.counts)) messages[count as keyof typeof messages] += value;
      passed += thread.messages.length;
      onMessages(passed);
    }
    const changes = await scopes.save();
    await sql`insert into job (kind, payload) select 'person.merged', jsonb_build_object('personId', id)
      from person where id = any(${plan.people.map(({ id }) => id)}) and merged_into is not null`.execute(tx);
    const { created, alreadyThere, ...others } = messages;
    return {
      people,
      threads: { created: plan.threads.length - threadsBefore.size, alreadyThere: threadsBefore.size },
      messages: { created, alreadyThere },
      ...others,
      changes,
    };
  });
}

interface Run {
  readonly tx: Tx;
  readonly scopes: LockedScopes;
  readonly orgId: string;
  /** ISO 8601. */
  readonly now: string;
}

/** Owners and admins with an account: without them nobody could open an imported thread. */
async function readersOf(tx: Tx, orgId: string): Promise<readonly Reader[]> {
  return tx
    .selectFrom('org_person')
    .select(['person_id as id', 'name'])
    .where('org_id', '=', orgId)
    .where('deleted', '=', false)
    .where('active', '=', true)
    .where('placeholder', '=', false)
    .where('role', 'in', ['owner', 'admin'])
    .orderBy('joined_at')
    .orderBy('person_id')
    .execute();
}

async function writePeople({ tx, scopes, orgId, now }: Run, people: readonly PlannedPerson[]): Promise<Written> {
  const ids = people.map(({ id }) => id);
  const known = await idsOf(tx, sql`select id from person where id = any(${ids})`);
  const listed = await idsOf(
    tx,
    sql`select person_id as id from org_person where org_id = ${orgId} and person_id = any(${ids})`,
  );
  const members = await idsOf(
    tx,
    sql`select person_id as id from membership where org_id = ${orgId} and person_id = any(${ids})`,
  );
  await insertRows(
    tx,
    'person',
    PERSON_COLUMNS,
    people.filter(({ id }) => !known.has(id)).map(({ id, name }) => ({ id, name, placeholder: true })),
  );
  await insertRows(
    tx,
    'org_person',
    ORG_PERSON_COLUMNS,
    people
      .filter(({ id }) => !listed.has(id))
      .map(({ id, name, email, role, active }) => ({
        org_id: orgId,
        person_id: id,
        name,
        email,
        role,
        placeholder: true,
        active,
        joined_at: now,
        version: scopes.nextVersion(orgPeopleScope(orgId)),
      })),
  );
  await insertRows(
    tx,
    'membership',
    MEMBERSHIP_COLUMNS,
    people
      .filter(({ id }) => !members.has(id))
      .map(({ id, role, active }) => ({
        person_id: id,
        org_id: orgId,
        role,
        active,
        epoch: 1,
        joined_at: now,
        version: scopes.nextVersion(userScope(id)),
      })),
  );
  return { created: people.length - listed.size, alreadyThere: listed.size };
}

async function writeMessages({ tx, scopes, orgId }: Run, thread: PlannedThread) {
  const scope = threadScope(thread.id);
  const mentioned = new Set(thread.messages.flatMap(({ id, replyTo }) => (replyTo === null ? [id] : [id, replyTo])));
  const stored = await idsOf(
    tx,
    sql`select id from message where home_org = ${orgId} and thread_id = ${thread.id} and id = any(${[...mentioned]})`,
  );
  const fresh = thread.messages.filter(({ id }) => !stored.has(id));
  const present = new Set([...stored, ...fresh.map(({ id }) => id)]);
  const rows = fresh.map((message) => ({
    home_org: orgId,
    thread_id: thread.id,
    id: message.id,
    seq: scopes.nextSeq(scope),
    kind: 'internal',
    author_id: message.authorId,
    author_org: orgId,
    owner_org: orgId,
    text: message.text,
    reply_to: message.replyTo !== null && present.has(message.replyTo) ? message.replyTo : null,
    mentions: message.mentions,
    reactions: message.reactions,
    created_at: new Date(message.createdAt).toISOString(),
    edited_at: message.editedAt === null ? null : new Date(message.editedAt).toISOString(),
    revisions: 0,
    version: scopes.nextVersion(scope),
  }));
  await insertRows(tx, 'message', MESSAGE_COLUMNS, rows);
  const counted = fresh.filter(({ isContinuation }) => !isContinuation);
  const last = fresh.at(-1);
  return {
    last: last && { message: last, seq: rows.at(-1)?.seq ?? 0 },
    counts: {
      created: counted.length,
      alreadyThere: thread.messages.filter(({ isContinuation }) => !isContinuation).length - counted.length,
      reactionsCreated: fresh.reduce((sum, { reactions }) => sum + Object.values(reactions).flat().length, 0),
      repliesCreated: counted.filter(({ replyTo }) => replyTo !== null && present.has(replyTo)).length,
      repliesWithoutRoot: counted.filter(({ replyTo }) => replyTo !== null && !present.has(replyTo)).length,
    },
  };
}

interface Head {
  readonly isNew: boolean;
  /** The newest message written in this run. */
  readonly last: { readonly message: PlannedMessage; readonly seq: number } | undefined;
  readonly fallbackAuthor: string | undefined;
}

async function writeHead({ tx, scopes, orgId }: Run, thread: PlannedThread, head: Head): Promise<void> {
  const scope = threadScope(thread.id);
  const { last } = head;
  const changing = {
    last_seq: last?.seq ?? 0,
    last_message: last
      ? JSON.stringify({
          id: last.message.id,
          authorId: last.message.authorId,
          kind: 'internal',
          snippet: snippetOf(last.message.text),
          at: last.message.createdAt,
        })
      : null,
    version: scopes.nextVersion(scope),
  };
  if (head.isNew) {
    const createdBy = thread.createdBy ?? head.fallbackAuthor ?? thread.participantIds[0] ?? orgId;
    await tx
      .insertInto('thread')
      .values({
        home_org: orgId,
        id: thread.id,
        subject: thread.subject,
        kind: 'internal',
        created_by: createdBy,
        created_at: new Date(thread.createdAt),
        ...changing,
      })
      .execute();
  } else {
    await tx.updateTable('thread').set(changing).where('home_org', '=', orgId).where('id', '=', thread.id).execute();
  }
}

async function writeParticipants(
  { tx, scopes, orgId, now }: Run,
  thread: PlannedThread,
  people: { readonly nameById: ReadonlyMap<string, string>; readonly readers: readonly Reader[] },
): Promise<void> {
  const readerIds = people.readers.map(({ id }) => id);
  const wanted = [...new Set([...thread.participantIds, ...readerIds])];
  const present = await idsOf(
    tx,
    sql`select person_id as id from participant where home_org = ${orgId} and thread_id = ${thread.id}`,
  );
  const joining = wanted.filter((id) => !present.has(id));
  const isReader = new Set(readerIds);
  await insertRows(
    tx,
    'participant',
    PARTICIPANT_COLUMNS,
    joining.map((personId) => ({
      home_org: orgId,
      thread_id: thread.id,
      person_id: personId,
      name: people.nameById.get(personId) ?? '',
      acting_org: orgId,
      placeholder: !isReader.has(personId),
      joined_at: now,
      version: scopes.nextVersion(threadPeopleScope(thread.id)),
    })),
  );
  await insertRows(
    tx,
    'participation',
    PARTICIPATION_COLUMNS,
    joining.map((personId) => ({
      person_id: personId,
      thread_id: thread.id,
      acting_org: orgId,
      epoch: 1,
      joined_at: now,
      version: scopes.nextVersion(userScope(personId)),
    })),
  );
  const readSeq = Math.max(0, scopes.lastSeq(threadScope(thread.id)) - (thread.unread ?? 0));
  await insertRows(
    tx,
    'read_position',
    READ_POSITION_COLUMNS,
    joining
      .filter((personId) => isReader.has(personId))
      .map((personId) => ({
        person_id: personId,
        thread_id: thread.id,
        seq: readSeq,
        note_seq: 0,
        mark_epoch: 0,
        version: scopes.nextVersion(userScope(personId)),
      })),
  );
}

async function idsOf(tx: Tx, query: ReturnType<typeof sql>): Promise<Set<string>> {
  const { rows } = await query.execute(tx);
  return new Set((rows as { id: string }[]).map(({ id }) => id));
}
