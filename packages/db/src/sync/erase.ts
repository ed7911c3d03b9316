/** Erasing what has an end: an organisation that was made for trying things out. */
import { orgPeopleScope, orgScope, scopesOfThread, userScope } from '@parley/core/scopes';
import type { TableName } from '@parley/core/tables';
import type { ScopeId } from '@parley/sync/mutator';
import { sql, type Kysely } from 'kysely';
import { mustNotBeOnHold } from '../legal-hold.ts';
import type { Database } from '../tables.ts';
import { syncedTableNames, syncedTables } from './synced-tables.ts';

export interface Erasable {
  orgId: string;
  /** People who exist for this organisation only. */
  personIds: readonly string[];
}

/** The scopes that go with an organisation. Whoever erases it holds them all. */
export async function scopesToErase(db: Kysely<Database>, { orgId, personIds }: Erasable): Promise<ScopeId[]> {
  const threads = await db.selectFrom('thread').select('id').where('home_org', '=', orgId).execute();
  const notes = await db
    .selectFrom('sync_scope')
    .select('id')
    .where('home_org', '=', orgId)
    .where('id', 'like', 'notes:%')
    .execute();
  return [
    orgScope(orgId),
    orgPeopleScope(orgId),
    ...threads.flatMap(({ id }) => scopesOfThread(id)),
    ...notes.map(({ id }) => id),
    ...personIds.map(userScope),
  ];
}

/**
 * Deletes every row of an organisation, of its threads and of people who exist for it only. No tombstone is left: the
 * caller first takes from everybody else what they know of it.
 *
 * @throws Refusal `on_hold`
 */
export async function eraseOrganisation(tx: Kysely<Database>, erasable: Erasable): Promise<void> {
  const { orgId, personIds } = erasable;
  await mustNotBeOnHold(tx, orgId);
  const scopes = await scopesToErase(tx, erasable);
  for (const { sql: table, scopeKind, scopeColumns, isOfThread } of Object.values(syncedTables)) {
    const column = isOfThread ? 'home_org' : (scopeColumns[0] ?? '');
    const ids = scopeKind === 'user' ? personIds : [orgId];
    await sql`delete from ${sql.table(table)} where ${sql.ref(column)} = any(${ids}::uuid[])`.execute(tx);
  }
  await tx.deleteFrom('invitation').where('org_id', '=', orgId).execute();
  await sql`delete from partnership_invitation where org_id = ${orgId} or accepted_org = ${orgId}`.execute(tx);
  await sql`delete from person where id = any(${personIds}::uuid[]) and placeholder`.execute(tx);
  await sql`delete from sync_scope where id = any(${scopes})`.execute(tx);
}

/** What a person's own scope holds about an organisation and its threads. Nothing tells it once that is erased. */
export async function ownRowsAbout(
  tx: Kysely<Database>,
  { orgId, personId }: { orgId: string; personId: string },
): Promise<{ table: TableName; id: string }[]> {
  const found = await Promise.all(
    syncedTableNames.map(async (table) => {
      const { sql: name, scopeKind, idColumn, fields } = syncedTables[table];
      const about = ['org_id', 'thread_id'].find(
        (column) => column === idColumn || Object.values(fields).some(([kept]) => kept === column),
      );
      if (scopeKind !== 'user' || about === undefined) return [];
      const { rows } = await sql<{ id: string }>`
        select ${sql.ref(idColumn)} as id from ${sql.table(name)}
        where person_id = ${personId} and not deleted and ${sql.ref(about)} in
          (select ${orgId}::uuid union all select id from thread where home_org = ${orgId})
      `.execute(tx);
      return rows.map(({ id }) => ({ table, id }));
    }),
  );
  return found.flat();
}
