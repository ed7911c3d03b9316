import type { Database } from '@parley/db';
import { sql, type Transaction } from 'kysely';

type ColumnType = 'uuid' | 'text' | 'boolean' | 'bigint' | 'jsonb' | 'timestamptz';

/** Large enough that a round trip does not count, small enough that a batch of long messages is a few megabytes. */
const ROWS_AT_ONCE = 2_000;

/** Inserts plain rows in batches, each as one JSON parameter; a column that a row leaves out becomes null. */
export async function insertRows<Columns extends Readonly<Record<string, ColumnType>>>(
  tx: Transaction<Database>,
  table: keyof Database,
  columns: Columns,
  rows: readonly Readonly<Record<keyof Columns & string, unknown>>[],
): Promise<void> {
  const names = Object.keys(columns);
  const shape = sql.join(names.map((name) => sql`${sql.ref(name)} ${sql.raw(columns[name] ?? 'text')}`));
  const list = sql.join(names.map((name) => sql.ref(name)));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const batch = JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE));
    await sql`
      insert into ${sql.table(table)} (${list})
      select ${list} from json_to_recordset(${batch}::json) as row (${shape})
    `.execute(tx);
  }
}
