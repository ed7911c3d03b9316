/** Carries a new name to wherever the old one stands, a little at a time; done again, it changes nothing. */
import { showPartnersLater } from '@parley/core/partners';
import { orgPeopleScope, threadPeopleScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import type { Database, DatabaseTransaction } from '@parley/db';
import type { SyncServer } from '@parley/sync/server';
import { sql, type Kysely } from 'kysely';

/** Scopes that one transaction locks: short enough that nobody waits for them. */
const CHUNK = 50;

export interface CarryingNames {
  db: Kysely<Database>;
  acts: Pick<SyncServer<Tables, DatabaseTransaction>, 'act'>;
}

/**
 * The account first, then the directories, then the threads: who joins one meanwhile takes their card from a directory
 * that is new, or is found among the threads. What the name is, is read under the lock of the person's own scope each
 * time, so that of two names the last one stays.
 */
export async function carryName({ db, acts }: CarryingNames, { personId }: { personId: string }): Promise<void> {
  const own = userScope(personId);
  const name = await acts.act(null, { write: [], lock: [own] }, async (tx, trx) => {
    const chosen = (await tx.get('settings', own, personId))?.name ?? null;
    if (chosen === null) return null;
    await trx.updateTable('person').set({ name: chosen }).where('id', '=', personId).execute();
    await trx.updateTable('auth_user').set({ name: chosen }).where('id', '=', personId).execute();
    return chosen;
  });
  if (name === null) return;
  const carry = (table: 'person' | 'participant', scopes: readonly string[], shownBy?: string) =>
    acts.act(null, { write: scopes, lock: [own] }, async (tx) => {
      const now = (await tx.get('settings', own, personId))?.name ?? name;
      await Promise.all(
        scopes.map(async (scope) => {
          const card = await tx.get(table, scope, personId);
          if (card && card.name !== now) tx.put(table, scope, personId, { ...card, name: now });
        }),
      );
      if (shownBy !== undefined) showPartnersLater(tx, shownBy);
    });
  const orgIds = await directoriesWithAnother(db, personId, name);
  for (const orgId of orgIds) await carry('person', [orgPeopleScope(orgId)], orgId);
  const threadIds = await threadsWithAnother(db, personId, name);
  for (let start = 0; start < threadIds.length; start += CHUNK) {
    await carry('participant', threadIds.slice(start, start + CHUNK).map(threadPeopleScope));
  }
}

async function directoriesWithAnother(db: Kysely<Database>, personId: string, name: string): Promise<string[]> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('org_person', (join) =>
      join
        .onRef('org_person.org_id', '=', 'membership.org_id')
        .onRef('org_person.person_id', '=', 'membership.person_id'),
    )
    .select('org_person.org_id as orgId')
    .where('membership.person_id', '=', personId)
    .where('org_person.name', '<>', name)
    .orderBy('org_person.org_id')
    .execute();
  return rows.map(({ orgId }) => orgId);
}

/** Also those the person has left: the card stays with what they wrote. */
async function threadsWithAnother(db: Kysely<Database>, personId: string, name: string): Promise<string[]> {
  const rows = await db
    .selectFrom('participation')
    .innerJoin('sync_scope', (join) =>
      join.on('sync_scope.id', '=', sql<string>`'people.thread:' || participation.thread_id`),
    )
    .innerJoin('participant', (join) =>
      join
        .onRef('participant.home_org', '=', 'sync_scope.home_org')
        .onRef('participant.thread_id', '=', 'participation.thread_id')
        .onRef('participant.person_id', '=', 'participation.person_id'),
    )
    .select('participant.thread_id as threadId')
    .where('participation.person_id', '=', personId)
    .where('participant.name', '<>', name)
    .orderBy('participant.thread_id')
    .execute();
  return rows.map(({ threadId }) => threadId);
}
