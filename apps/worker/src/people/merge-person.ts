/** Carries a person's place in threads over to the one they were merged into; done again, it changes nothing. */
import { alignLater } from '@parley/core/groups';
import { withPersonReplaced } from '@parley/core/merging';
import { RECEIPTS_DUE } from '@parley/core/receipts';
import { notesScope, orgPeopleScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import type { MutatorTx } from '@parley/sync/mutator';
import { sql } from 'kysely';
import type { CarryingNames } from './carry-name.ts';

/** Messages that one transaction rewrites: short enough that nobody who writes there waits for it. */
const CHUNK = 100;

interface Two {
  fromId: string;
  intoId: string;
}

/**
 * Thread by thread, what was said first and who takes part last, and the card in the directory when all is done: so a
 * worker that comes after one that died finds what is left.
 */
export async function mergePerson(merging: CarryingNames, { personId: fromId }: { personId: string }): Promise<void> {
  const { db, acts } = merging;
  const { merged_into: intoId } = await db
    .selectFrom('person')
    .select('merged_into')
    .where('id', '=', fromId)
    .executeTakeFirstOrThrow();
  if (intoId === null) return;
  const two = { fromId, intoId };
  const orgs = await db.selectFrom('membership').select('org_id').where('person_id', '=', fromId).execute();
  for (const { org_id: orgId } of orgs) {
    for (const { id, home_org: homeOrg } of await threadsThatMayName(db, { orgId, personId: fromId }))
      await replaceAll(acts, two, threadScope(id), () => rowsThatName(merging, two, { homeOrg, threadId: id }));
    const notes = await db.selectFrom('note_head').select('thread_id').where('org_id', '=', orgId).execute();
    for (const { thread_id: threadId } of notes)
      await replaceAll(acts, two, notesScope(threadId, orgId), () => notesThatName(merging, two, { orgId, threadId }));
    for (const threadId of await threadsOf(db, fromId)) await mergeParticipation(acts, two, { orgId, threadId });
    await acts.act(null, { write: [orgPeopleScope(orgId), userScope(fromId)] }, async (tx) => {
      if (await tx.get('person', orgPeopleScope(orgId), fromId)) tx.remove('person', orgPeopleScope(orgId), fromId);
      if (await tx.get('membership', userScope(fromId), orgId)) tx.remove('membership', userScope(fromId), orgId);
    });
  }
}

interface Place {
  orgId: string;
  threadId: string;
}

/** Those of their organisation, and those of partners that they ever took part in. */
function threadsThatMayName(db: CarryingNames['db'], { orgId, personId }: { orgId: string; personId: string }) {
  return db
    .selectFrom('thread')
    .select(['id', 'home_org'])
    .where((eb) =>
      eb.or([
        eb('home_org', '=', orgId),
        eb('id', 'in', eb.selectFrom('participation').select('thread_id').where('person_id', '=', personId)),
      ]),
    )
    .orderBy('id')
    .execute();
}

async function threadsOf(db: CarryingNames['db'], personId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('participation')
    .select('thread_id')
    .where('person_id', '=', personId)
    .where('deleted', '=', false)
    .execute();
  return rows.map(({ thread_id: id }) => id);
}

/** A thread, and the organisation whose it is. */
interface Home {
  homeOrg: string;
  threadId: string;
}

async function replaceAll(
  acts: CarryingNames['acts'],
  two: Two,
  scope: string,
  find: () => Promise<Named[]>,
): Promise<void> {
  for (;;) {
    const found = await find();
    if (found.length === 0) break;
    await acts.act(null, { write: [scope] }, async (tx) => {
      await Promise.all(found.map(({ table, id }) => replaceIn(tx, two, { table, scope, id })));
    });
  }
}

interface Named {
  table: 'thread' | 'pins' | 'message' | 'revision' | 'noteHead' | 'note' | 'noteRevision';
  id: string;
}

/** Some of the rows in which the one who goes stands. What merely quotes their id is not among them. */
async function rowsThatName({ db }: CarryingNames, { fromId }: Two, { homeOrg, threadId }: Home): Promise<Named[]> {
  const id = `%"${fromId}"%`;
  const mention = `%<@${fromId}>%`;
  const { rows } = await sql<Named>`
    select 'thread' as "table", id::text from thread
      where home_org = ${homeOrg} and id = ${threadId} and not deleted and (created_by = ${fromId}
        or resolved::text like ${id} or last_message::text like ${id} or last_message::text like ${mention})
    union all select 'pins', thread_id::text from thread_pins
      where home_org = ${homeOrg} and thread_id = ${threadId} and not deleted
        and (pins::text like ${id} or pins::text like ${mention})
    union all (select 'message', id::text from message
      where home_org = ${homeOrg} and thread_id = ${threadId} and not deleted and (author_id = ${fromId}
        or mentions::text like ${id} or reactions::text like ${id} or notice::text like ${id}
        or forwarded::text like ${id} or text like ${mention}) order by seq limit ${CHUNK})
    union all (select 'revision', id from revision
      where home_org = ${homeOrg} and thread_id = ${threadId} and not deleted and text like ${mention} limit ${CHUNK})
  `.execute(db);
  return rows;
}

/** The same of an organisation's notes. */
async function notesThatName({ db }: CarryingNames, { fromId }: Two, { orgId, threadId }: Place): Promise<Named[]> {
  const id = `%"${fromId}"%`;
  const mention = `%<@${fromId}>%`;
  const here = sql`org_id = ${orgId} and thread_id = ${threadId} and not deleted`;
  const { rows } = await sql<Named>`
    select 'noteHead' as "table", thread_id::text as id from note_head
      where ${here} and (last_note::text like ${id} or last_note::text like ${mention})
    union all (select 'note', id::text from note
      where ${here} and (author_id = ${fromId} or mentions::text like ${id} or reactions::text like ${id}
        or text like ${mention}) order by seq limit ${CHUNK})
    union all (select 'noteRevision', id from note_revision
      where ${here} and text like ${mention} limit ${CHUNK})
  `.execute(db);
  return rows;
}

async function replaceIn(
  tx: MutatorTx<Tables>,
  { fromId, intoId }: Two,
  { table, scope, id }: Named & { scope: string },
): Promise<void> {
  const row = await tx.get(table, scope, id);
  if (row) tx.put(table, scope, id, withPersonReplaced(row, fromId, intoId));
}

/** The one who stays takes part where the other did: as a newcomer who has read everything, or as before. */
async function mergeParticipation(
  acts: CarryingNames['acts'],
  { fromId, intoId }: Two,
  { orgId, threadId }: Place,
): Promise<void> {
  const [people, from, into] = [threadPeopleScope(threadId), userScope(fromId), userScope(intoId)];
  const lock = [threadScope(threadId), orgPeopleScope(orgId)];
  await acts.act(null, { write: [people, from, into], lock }, async (tx) => {
    const [gone, before, own, theirs, card, thread] = await Promise.all([
      tx.get('participant', people, fromId),
      tx.get('participant', people, intoId),
      tx.get('participation', from, threadId),
      tx.get('participation', into, threadId),
      tx.get('person', orgPeopleScope(orgId), intoId),
      tx.get('thread', threadScope(threadId), threadId),
    ]);
    if (own) tx.remove('participation', from, threadId);
    if (!gone) return;
    tx.remove('participant', people, fromId);
    tx.enqueue(RECEIPTS_DUE, { threadId });
    if (!card || !thread || (before && (before.leftAt === null || gone.leftAt !== null))) return;
    const { actingOrg, joinedAt, leftAt, via = null } = gone;
    const { name, placeholder } = card;
    tx.put('participant', people, intoId, { name, placeholder, actingOrg, joinedAt, leftAt, via });
    // A group that brought the one need not stand for the other.
    if (via) alignLater(tx, { orgId, threadId, personId: intoId });
    tx.put('participation', into, threadId, { actingOrg, joinedAt, leftAt, epoch: (theirs?.epoch ?? 0) + 1 });
    if (leftAt === null && !theirs && !placeholder) {
      const notes = await tx.get('noteHead', notesScope(threadId, actingOrg), threadId);
      tx.put('readPosition', into, threadId, { seq: thread.lastSeq, noteSeq: notes?.lastSeq ?? 0, markEpoch: 0 });
    }
  });
}
