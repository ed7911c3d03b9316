import { CompiledQuery, type Transaction } from 'kysely';
import { prepareOnUse } from '../prepared-statements.ts';
import type { Database } from '../tables.ts';

export type DatabaseTransaction = Transaction<Database>;

/** Runs a statement that is put together from SQL text made in this folder; values travel as parameters only. */
export async function run<Row>(
  trx: Pick<DatabaseTransaction, 'executeQuery'>,
  text: string,
  parameters: readonly unknown[],
): Promise<{ rows: Row[]; changed: number }> {
  const { rows, numAffectedRows } = await trx.executeQuery<Row>(CompiledQuery.raw(text, [...parameters]));
  return { rows, changed: Number(numAffectedRows ?? 0) };
}

/** The same for small statements of few texts, which are planned once a connection. */
export function runPrepared<Row>(
  trx: Pick<DatabaseTransaction, 'executeQuery'>,
  text: string,
  parameters: readonly unknown[],
): Promise<{ rows: Row[]; changed: number }> {
  prepareOnUse(text);
  return run<Row>(trx, text, parameters);
}

/** Rows that are spelled out; more become arrays. Spelled out, a plan does not depend on how many they are. */
export const SPELLED_OUT = 4;

/** A relation made of parameters, to stand after `from`; `parameter` takes a value and says its number. */
export function relationOf(
  rows: readonly (readonly unknown[])[],
  types: readonly string[],
  parameter: (value: unknown) => number,
): string {
  if (rows.length <= SPELLED_OUT) {
    const spelled = rows.map(
      (row) => `(${types.map((type, index) => `$${parameter(row[index])}::${type}`).join(', ')})`,
    );
    return `(values ${spelled.join(', ')})`;
  }
  const arrays = types.map((type, index) => `$${parameter(rows.map((row) => row[index]))}::${type}[]`);
  return `unnest(${arrays.join(', ')})`;
}
