import { CompiledQuery, type Transaction } from 'kysely';
import type { Database } from '../tables.ts';

export type DatabaseTransaction = Transaction<Database>;

/** Runs a statement that is put together from SQL text made in this folder; values travel as parameters only. */
export async function run<Row>(
  trx: Pick<DatabaseTransaction, 'executeQuery'>,
  text: string,
  parameters: readonly unknown[],
): Promise<{ rows: Row[]; changed: number }> {
  const { rows, numAffectedRows } = await trx.executeQuery<Row>(
    CompiledQuery.raw(text, [...parameters]) as CompiledQuery<Row>,
  );
  return { rows, changed: Number(numAffectedRows ?? 0) };
}
