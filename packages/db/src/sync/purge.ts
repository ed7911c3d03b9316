/** Forgetting what was deleted long ago: SPEC.md, [SCOPE6]. */
import { parseScope } from '@parley/core/scopes';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../tables.ts';
import { tablesIn } from './row-sql.ts';
import type { DatabaseTransaction } from './statement.ts';

/** Scopes whose names are fetched at once. */
const BATCH = 500;

/**
 * Takes away tombstones older than `before`, scope by scope under its lock, and raises the scope's floor to the last one:
 * a client that has not heard of it starts this scope from nothing.
 * @returns how many rows went
 */
export async function purgeTombstones(db: Kysely<Database>, before: Date): Promise<number> {
  let purged = 0;
  for (;;) {
    const due = await db
      .selectFrom('sync_tombstone')
      .select('scope')
      .distinct()
      .where('created_at', '<', before)
      .orderBy('scope')
      .limit(BATCH)
      .execute();
    for (const { scope } of due) purged += await db.transaction().execute((trx) => purgeScope(trx, scope, before));
    if (due.length < BATCH) return purged;
  }
}

async function purgeScope(trx: DatabaseTransaction, scope: string, before: Date): Promise<number> {
  const { kind, ids } = parseScope(scope) ?? { ids: [] };
  const locked = await trx.selectFrom('sync_scope').select('home_org').where('id', '=', scope).forUpdate().execute();
  const { rows } = await sql<{ version: number }>`
    delete from sync_tombstone where scope = ${scope} and created_at < ${before} returning version`.execute(trx);
  const floor = Math.max(0, ...rows.map(({ version }) => version));
  if (kind === undefined || locked.length === 0 || floor === 0) return 0;
  let purged = 0;
  for (const [, table] of tablesIn(kind)) {
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table.sql)}
        where ${sql.join(
          table.scopeColumns.map((column, index) => sql`${sql.ref(column)} = ${ids[index]}`),
          sql` and `,
        )}
        and ${table.isOfThread ? sql`home_org = ${locked[0]?.home_org}` : sql`true`}
        and deleted and version <= ${floor}`.execute(trx);
    purged += Number(numAffectedRows);
  }
  await sql`update sync_scope set floor = greatest(floor, ${floor}) where id = ${scope}`.execute(trx);
  return purged;
}
