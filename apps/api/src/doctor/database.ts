/** What PostgreSQL is like: reachable, new enough, durable, of our schema, and on time. */
import { applicationRole, isMigrated, openDatabase, roleStatements, type Database } from '@parley/db';
import { sql, type Kysely } from 'kysely';
import { reason, type Finding } from './finding.ts';

/** Connections of the API, the worker and the queues, with some to spare for an operator. */
const CONNECTIONS = 40;

export interface DatabaseDemands {
  /** As in `server_version_num`. */
  version?: number;
  connections?: number;
  /** Milliseconds that its clock may differ from ours. */
  clockMs?: number;
  /** Milliseconds after which a waiting job means that nobody takes it. */
  jobMs?: number;
}

export async function examineDatabase(databaseUrl: string, demands: DatabaseDemands = {}): Promise<Finding[]> {
  const options = { connections: 1, statementTimeoutMs: 10_000 };
  const owner = openDatabase(databaseUrl, { ...options, as: 'owner' });
  const database = openDatabase(databaseUrl, options);
  try {
    const server = await examineServer(owner.kysely, applicationRole(databaseUrl), demands);
    if (!(await isMigrated(databaseUrl))) {
      const mend = 'npm run parley -- migrate, or restart Parley: it migrates as it starts.';
      return [...server, { code: 'SCHEMA_BEHIND', what: 'The database has the schema of an older release.', mend }];
    }
    if (server.some(({ code }) => code === 'DATABASE_ROLE')) return server;
    return [...server, ...(await examineContents(database.kysely, demands))];
  } catch (error) {
    return [unusable(databaseUrl, error)];
  } finally {
    await owner.close();
    await database.close();
  }
}

/** Never the URL itself: it holds the password. */
function unusable(databaseUrl: string, error: unknown): Finding {
  const { host, pathname, username } = new URL(databaseUrl);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('28')) {
    return {
      code: 'DATABASE_PASSWORD',
      what: `The database at ${host} does not let ${username || 'us'} in: ${reason(error)}.`,
      mend: 'Put user and password of DATABASE_URL right. Signs such as @ and / are written %40 and %2F there.',
    };
  }
  if (code === '3D000') {
    return {
      code: 'DATABASE_MISSING',
      what: `There is no database ${pathname.slice(1)} at ${host}.`,
      mend: `createdb --encoding UTF8 ${pathname.slice(1)}`,
    };
  }
  return {
    code: 'DATABASE_UNREACHABLE',
    what: `The database at ${host} cannot be used: ${reason(error)}.`,
    mend: 'See that it runs, that host and port of DATABASE_URL are right, and that no firewall is between.',
  };
}

async function examineServer(db: Kysely<Database>, role: string, demands: DatabaseDemands): Promise<Finding[]> {
  const { version = 150_000, connections = CONNECTIONS, clockMs = 5_000 } = demands;
  const { rows } = await sql<Record<string, string>>`
    select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
      current_setting('max_connections') as connections, current_setting('fsync') as fsync,
      current_setting('full_page_writes') as pages, current_setting('synchronous_commit') as commit,
      (extract(epoch from clock_timestamp()) * 1000)::text as clock,
      has_schema_privilege(current_schema(), 'create')::text as may_create,
      (select (rolsuper or rolcreaterole)::text from pg_roles where rolname = current_user) as may_make_roles,
      (select (pg_has_role(oid, 'member') and not rolsuper and not rolbypassrls)::text from pg_roles
        where rolname = ${role}) as role
  `.execute(db);
  const found = rows[0] ?? {};
  const behind = Math.abs(Number(found['clock']) - Date.now());
  const undurable = ['fsync', 'pages', 'commit'].filter((name) => found[name] === 'off');
  const settings: Record<string, string> = { fsync: 'fsync', pages: 'full_page_writes', commit: 'synchronous_commit' };
  const list: (Finding | false)[] = [
    Number(found['version']) < version && {
      code: 'DATABASE_OLD',
      what: `PostgreSQL is of version ${Math.floor(Number(found['version']) / 10_000)}.`,
      mend: `Parley needs ${Math.floor(version / 10_000)} or newer: upgrade it, or leave DATABASE_URL away and use the one Parley brings.`,
    },
    found['encoding'] !== 'UTF8' && {
      code: 'DATABASE_ENCODING',
      what: `The database is encoded in ${found['encoding']}, which cannot hold every letter.`,
      mend: 'Make one with createdb --encoding UTF8 --template template0 NAME, and name it in DATABASE_URL.',
    },
    undurable.length > 0 && {
      code: 'DATABASE_NOT_DURABLE',
      what: `A power failure can lose acknowledged messages: ${undurable.map((name) => settings[name]).join(', ')} off.`,
      mend: 'Set them to on in postgresql.conf and reload it.',
    },
    Number(found['connections']) < connections && {
      code: 'DATABASE_CONNECTIONS',
      what: `The database takes ${found['connections']} connections at once.`,
      mend: `Set max_connections to ${connections} or more in postgresql.conf and restart it.`,
    },
    found['may_create'] === 'false' && {
      code: 'DATABASE_RIGHTS',
      what: 'The user of DATABASE_URL may not make tables there.',
      mend: 'Make it the owner of the database: alter database NAME owner to USER.',
    },
    found['role'] !== 'true' &&
      (found['role'] === 'false' || found['may_make_roles'] === 'false') && {
        code: 'DATABASE_ROLE',
        what: `Parley works as the role ${role}: it is not there, not granted to the user of DATABASE_URL, or may do anything.`,
        mend: `Let somebody who may make roles run: ${roleStatements(role)}; alter role "${role}" nosuperuser nobypassrls;`,
      },
    behind > clockMs && {
      code: 'DATABASE_CLOCK',
      what: `The clock of the database differs from ours by ${Math.round(behind / 1000)} s.`,
      mend: 'Let both machines take their time from the network (NTP).',
    },
  ];
  return list.filter((finding) => finding !== false);
}

async function examineContents(db: Kysely<Database>, { jobMs = 600_000 }: DatabaseDemands): Promise<Finding[]> {
  const account = await db.selectFrom('auth_user').select('id').limit(1).executeTakeFirst();
  const waiting = await db
    .selectFrom('job')
    .select(({ fn }) => [fn.countAll<number>().as('jobs')])
    .where('kind', '=', 'invitation.created')
    .where('created_at', '<', new Date(Date.now() - jobMs))
    .executeTakeFirst();
  const list: (Finding | false)[] = [
    !account && {
      code: 'NOBODY_YET',
      what: 'Nobody has an account yet.',
      mend: 'Open the set-up link that npm start prints, or run npm run parley -- create-admin.',
    },
    (waiting?.jobs ?? 0) > 0 && {
      code: 'WORK_WAITS',
      what: `${waiting?.jobs} mails wait to be written, the oldest for more than ${Math.round(jobMs / 60_000)} minutes.`,
      mend: 'See that the worker runs: npm start starts it, and parley.log in DATA_DIR says what it met.',
    },
  ];
  return list.filter((finding) => finding !== false);
}
