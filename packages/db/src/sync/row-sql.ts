/** SQL for the rows of synced tables: out as the data that travels, in from one JSON parameter a table. */
import type { RowWrite } from '@parley/sync/server';
import { mustSynced, syncedTableNames, syncedTables, type SqlType, type SyncedTable } from './synced-tables.ts';

/** A row's data as JSON, of a table aliased `r`. Times travel as milliseconds since 1970. */
export const dataOf = ({ fields }: SyncedTable): string =>
  `json_build_object(${Object.entries(fields)
    .map(([field, [column, type]]) => `'${field}', ${outOf(column, type)}`)
    .join(', ')})`;

const nothing = new Map<string, object>(
  Object.entries(syncedTables).map(([name, { fields }]) => [
    name,
    Object.fromEntries(Object.keys(fields).map((field) => [field, null])),
  ]),
);

/** A row's data with all its fields, as `dataOf` reads it once it is written. */
export const completeRow = (table: string, data: object): object => ({ ...nothing.get(table), ...data });

const outOf = (column: string, type: SqlType): string =>
  type === 'timestamptz' ? `(extract(epoch from r.${column}) * 1000)::float8` : `r.${column}`;

/** `insert … on conflict … update` of the rows in parameter `$n`, see `rowParameter`. */
export function upsertOf(table: SyncedTable, n: number): string {
  const key = keyColumns(table);
  const content = Object.values(table.fields).filter(([column]) => !key.some(([name]) => name === column));
  const all: (readonly [string, SqlType])[] = [...key, ...content, ['version', 'bigint'], ['deleted', 'boolean']];
  const names = all.map(([column]) => column);
  const from = all.map(([column, type]) =>
    type === 'timestamptz' ? `to_timestamp(r.${column} / 1000)` : `r.${column}`,
  );
  const shape = all.map(([column, type]) => `${column} ${type === 'timestamptz' ? 'float8' : type}`);
  const changed = names.slice(key.length).map((column) => `${column} = excluded.${column}`);
  return `insert into ${table.sql} (${names.join(', ')}) select ${from.join(', ')}
    from jsonb_to_recordset($${n}::jsonb) as r(${shape.join(', ')})
    on conflict (${key.map(([column]) => column).join(', ')}) do update set ${changed.join(', ')}`;
}

const upserts = new Map(syncedTableNames.map((name) => [name as string, new Map<number, string>()]));

/** The same, made once. */
export function cachedUpsertOf(name: string, n: number): string {
  const table = mustSynced(name);
  const made = upserts.get(name)?.get(n) ?? upsertOf(table, n);
  upserts.get(name)?.set(n, made);
  return made;
}

/** The rows of one table as `upsertOf` reads them. */
export function rowParameter(
  table: SyncedTable,
  rows: readonly RowWrite[],
  idsOf: (row: RowWrite) => { scopeIds: readonly string[]; homeOrg: string | null },
): string {
  return JSON.stringify(
    rows.map((row) => {
      const { scopeIds, homeOrg } = idsOf(row);
      const columns: Record<string, unknown> = { version: row.version, deleted: row.data === null };
      if (row.data !== null) {
        const data = row.data as Record<string, unknown>;
        for (const [field, [column]] of Object.entries(table.fields)) columns[column] = data[field];
      }
      table.scopeColumns.forEach((column, index) => (columns[column] = scopeIds[index]));
      columns[table.idColumn] = row.id;
      if (table.isOfThread) columns['home_org'] = homeOrg;
      return columns;
    }),
  );
}

function keyColumns({ isOfThread, scopeColumns, idColumn, idType }: SyncedTable): (readonly [string, SqlType])[] {
  const key: (readonly [string, SqlType])[] = isOfThread ? [['home_org', 'uuid']] : [];
  for (const column of scopeColumns) if (column !== idColumn) key.push([column, 'uuid']);
  key.push([idColumn, idType]);
  return key;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a row can have this id, spelled as the database will spell it. */
export const isRowId = (table: string, id: string): boolean => mustSynced(table).idType === 'text' || uuid.test(id);

/** What says that a row, of a table aliased `r`, lies in the scope that `ask` names by `id0`, `id1` and so on. */
export const inScope = ({ scopeColumns }: SyncedTable): string =>
  scopeColumns.map((column, index) => `r.${column} = ask.id${index}`).join(' and ');

/** Tables with rows in a kind of scope. */
export const tablesIn = (scopeKind: string): [name: string, table: SyncedTable][] =>
  Object.entries(syncedTables).filter(([, table]) => table.scopeKind === scopeKind);
