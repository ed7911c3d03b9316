import type { Database } from '@parley/db';
import { sql, type Transaction } from 'kysely';

/** Scopes held by a transaction, which stamps its rows from them and saves them last. */
export interface LockedScopes {
  /** The version for one more row written in the scope. */
  nextVersion(scope: string): number;
  /** The next place in the scope. */
  nextSeq(scope: string): number;
  lastSeq(scope: string): number;
  /** Writes the scopes in which something changed, and names them. */
  save(): Promise<ChangedScope[]>;
}

export interface ChangedScope {
  readonly scope: string;
  /** Versions before and after. */
  readonly from: number;
  readonly to: number;
}

/**
 * Rows that share a version. A client that follows the scope gets all rows of a version in one answer, so an import of
 * years takes many versions; as they are committed together, no reader sees one without the others.
 */
const ROWS_PER_VERSION = 500;

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
  const stateById = new Map(rows.map(({ id, version, seq }) => [id, { id, version, seq, rows: 0 }]));
  const stateOf = (id: string) => {
    const state = stateById.get(id);
    if (!state) throw new Error(`scope ${id} has no row`);
    return state;
  };
  for (const id of ids) stateOf(id);
  return {
    nextVersion(scope) {
      const state = stateOf(scope);
      const version = state.version + 1 + Math.floor(state.rows / ROWS_PER_VERSION);
      state.rows += 1;
      return version;
    },
    nextSeq(scope) {
      const state = stateOf(scope);
      state.seq += 1;
      return state.seq;
    },
    lastSeq: (scope) => stateOf(scope).seq,
    async save() {
      const changed = [...stateById.values()]
        .filter(({ rows: written }) => written > 0)
        .map(({ id, version, seq, rows: written }) => ({
          id,
          from: version,
          version: version + Math.ceil(written / ROWS_PER_VERSION),
          seq,
        }));
      await sql`
        update sync_scope set version = saved.version, seq = saved.seq
        from json_to_recordset(${JSON.stringify(changed)}::json) as saved (id text, version bigint, seq bigint)
        where sync_scope.id = saved.id
      `.execute(tx);
      return changed.map(({ id: scope, from, version: to }) => ({ scope, from, to }));
    },
  };
}
