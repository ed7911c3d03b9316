import type { Database } from '@parley/db';
import { sql, type Transaction } from 'kysely';

/** Scopes held by a transaction, which stamps its rows from them and saves them last. */
export interface LockedScopes {
  /** The version that rows written in the scope now carry: one above the last, the same for the whole transaction. */
  nextVersion(scope: string): number;
  /** The next place in the scope. */
  nextSeq(scope: string): number;
  lastSeq(scope: string): number;
  /** Writes the scopes in which something changed. */
  save(): Promise<void>;
}

/**
 * Makes the scopes that are missing among `made` and locks all in the order of their ids, as every writer does.
 * @throws Error where one of `existing` has no row.
 */
export async function lockScopes(
  tx: Transaction<Database>,
  scopes: {
    readonly existing: readonly string[];
    readonly made: readonly { readonly id: string; readonly home_org: string | null }[];
  },
): Promise<LockedScopes> {
  await sql`
    insert into sync_scope (id, home_org)
    select id, home_org from json_to_recordset(${JSON.stringify(scopes.made)}::json) as made (id text, home_org uuid)
    order by id collate "C"
    on conflict do nothing
  `.execute(tx);
  const ids = [...new Set([...scopes.existing, ...scopes.made.map(({ id }) => id)])];
  const rows = await tx
    .selectFrom('sync_scope')
    .select(['id', 'version', 'seq'])
    .where('id', '=', sql<string>`any(${ids})`)
    .orderBy('id')
    .forUpdate()
    .execute();
  const stateById = new Map(rows.map(({ id, version, seq }) => [id, { id, version, seq, changed: false }]));
  const stateOf = (id: string) => {
    const state = stateById.get(id);
    if (!state) throw new Error(`scope ${id} has no row`);
    return state;
  };
  for (const id of ids) stateOf(id);
  return {
    nextVersion(scope) {
      const state = stateOf(scope);
      state.changed = true;
      return state.version + 1;
    },
    nextSeq(scope) {
      const state = stateOf(scope);
      state.changed = true;
      state.seq += 1;
      return state.seq;
    },
    lastSeq: (scope) => stateOf(scope).seq,
    async save() {
      const changed = [...stateById.values()]
        .filter((state) => state.changed)
        .map(({ id, version, seq }) => ({ id, version: version + 1, seq }));
      await sql`
        update sync_scope set version = saved.version, seq = saved.seq
        from json_to_recordset(${JSON.stringify(changed)}::json) as saved (id text, version bigint, seq bigint)
        where sync_scope.id = saved.id
      `.execute(tx);
    },
  };
}
