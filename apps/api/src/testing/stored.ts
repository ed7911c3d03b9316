import type { Database } from '@parley/db';
import { sql, type Kysely } from 'kysely';

/** A sum of each table's rows: equal as long as nothing is written. */
export async function stored(db: Kysely<Database>): Promise<unknown> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables
    where schemaname = 'public' and has_table_privilege(format('%I.%I', schemaname, tablename), 'select')`.execute(db);
  const sums = tables.map(
    ({ name }) => sql`
      select ${name}::text as name, md5(string_agg(each::text, '' order by each::text)) as sum
      from ${sql.table(name)} each`,
  );
  return (await sql`${sql.join(sums, sql` union all `)} order by name`.execute(db)).rows;
}
