/** What the application may do: rows of every table, and nothing to the tables themselves. */
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import type { Database } from './tables.ts';

/** The user of the database may not make the role that the application works as. */
export class RoleMissing extends Error {
  override readonly name = 'RoleMissing';
}

// Any number that nobody else locks in the database.
const ROLE_LOCK = 6_803_197;

/**
 * Makes the role where it is missing, and grants it what it needs of the tables there are. Said at every start, as
 * roles belong to the cluster: a database that was restored elsewhere comes without them.
 *
 * @throws RoleMissing
 */
export async function grantToApplication(owner: Kysely<Database>, role: string): Promise<void> {
  await owner.connection().execute(async (db) => {
    await sql`select pg_advisory_lock(${ROLE_LOCK})`.execute(db);
    try {
      await makeRole(db, role);
      await db.transaction().execute((trx) => grant(trx, role));
    } finally {
      await sql`select pg_advisory_unlock(${ROLE_LOCK})`.execute(db);
    }
  });
}

/** The lock is the database's, and the role the cluster's: whoever makes it a moment earlier in another is as good. */
async function makeRole(db: Kysely<Database>, role: string): Promise<void> {
  try {
    const { rows } = await sql`select from pg_roles where rolname = ${role}`.execute(db);
    if (rows.length === 0) await sql`create role ${sql.ref(role)} nologin`.execute(db).catch(ignore(DUPLICATE));
    if (!(await mayBecome(db, role))) await sql`grant ${sql.ref(role)} to current_user`.execute(db);
  } catch (error) {
    if (codeOf(error) !== DENIED) throw error;
    throw new RoleMissing(
      `there is no role ${role} for Parley to work as, and its user may not make one. ` +
        `Let somebody who may run: ${roleStatements(role)}`,
      { cause: error },
    );
  }
}

/** What prepares the role for a user that may not make it. */
export const roleStatements = (role: string): string =>
  `create role "${role}" nologin; grant "${role}" to "${role.replace(/_app$/, '')}"`;

/** Tried, as a role that was made for others is its maker's to grant and not to become. */
async function mayBecome(db: Kysely<Database>, role: string): Promise<boolean> {
  try {
    await sql`set role ${sql.ref(role)}`.execute(db);
    await sql`reset role`.execute(db);
    return true;
  } catch (error) {
    if (codeOf(error) !== DENIED) throw error;
    return false;
  }
}

async function grant(trx: Kysely<Database>, role: string): Promise<void> {
  const { rows } = await sql<{ schema: string; name: string }>`
    select schemaname as schema, tablename as name from pg_tables
    where schemaname = current_schema() and left(tablename, 16) <> 'schema_migration'`.execute(trx);
  const to = sql`to ${sql.ref(role)}`;
  const tables = (names: readonly string[]) => sql.join(names.map((name) => sql.table(name)));
  const names = rows.map(({ name }) => name).filter((name) => ![...APPEND_ONLY, ...SEALED].includes(name));
  await sql`grant usage on schema ${sql.ref(rows[0]?.schema ?? 'public')} ${to}`.execute(trx);
  await sql`grant select, insert, update, delete on ${tables(names)} ${to}`.execute(trx);
  await sql`revoke all on ${tables([...APPEND_ONLY, ...SEALED])} from ${sql.ref(role)}`.execute(trx);
  await sql`grant select, insert on ${tables(APPEND_ONLY)} ${to}`.execute(trx);
}

/** Tables that only grow. */
const APPEND_ONLY: readonly string[] = ['audit_event'];
/** Tables that are the owner's alone. */
const SEALED: readonly string[] = ['held_text'];
const DENIED = '42501';
/** What is said of a role that is there, and of one that is being made. */
const DUPLICATE = ['42710', '23505'];

const codeOf = (error: unknown): string | undefined => (error instanceof pg.DatabaseError ? error.code : undefined);

const ignore =
  (codes: readonly string[]) =>
  (error: unknown): void => {
    if (!codes.includes(codeOf(error) ?? '')) throw error;
  };
