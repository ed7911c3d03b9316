/** The application is not the owner of its tables: what it may do, and how it comes to its role. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { RoleMissing } from './application-role.ts';
import { applicationRole, openDatabase } from './connection.ts';
import { isMigrated, migrateToLatest } from './migrate.ts';
import { createEmptyTestDatabase, createTestDatabase } from './testing/index.ts';

const asOwner = { as: 'owner', connections: 1 } as const;

async function say(url: string, text: string, options: Parameters<typeof openDatabase>[1] = asOwner): Promise<unknown> {
  const { kysely, close } = openDatabase(url, options);
  try {
    return (await sql.raw(text).execute(kysely)).rows;
  } finally {
    await close();
  }
}

const whoAmI = 'select current_user as me';

test('the application works with rows, and can change nothing of the schema', async () => {
  const { url, drop } = await createTestDatabase();
  const application = openDatabase(url, { connections: 1 });
  const run = (text: string) => sql.raw(text).execute(application.kysely);
  await run(`insert into job (kind, payload) values ('x', '{}')`);
  await run(`update job set payload = '[]'`);
  expect((await run('delete from job returning kind')).rows).toEqual([{ kind: 'x' }]);
  for (const text of [
    'create table mine ()',
    'alter table job add column x text',
    'drop table job',
    'truncate job',
    'alter table job disable trigger all',
    'create index mine on job (kind)',
    'select * from schema_migration',
    'set session_replication_role = replica',
  ]) {
    await expect(run(text), text).rejects.toThrow(/permission denied|must be owner/);
  }
  // Nothing that begins anew makes it the owner.
  for (const text of ['reset role', 'discard all']) await run(text);
  expect((await run(whoAmI)).rows).toEqual([{ me: applicationRole(url) }]);
  await application.close();
  await drop();
});

test('the application adds to the audit log, and cannot take back a line of it by any way there is', async () => {
  const { url, drop } = await createTestDatabase();
  const application = openDatabase(url, { sees: 'everything', connections: 1 });
  const run = (text: string) => sql.raw(text).execute(application.kysely);
  const insert = `insert into audit_event (org_id, kind) values ('${randomUUID()}', 'signed_in')`;
  await run(insert);
  for (const text of [
    `update audit_event set kind = 'invited'`,
    'delete from audit_event',
    'truncate audit_event',
    `insert into audit_event (id, org_id, kind) overriding system value
      values (1, '${randomUUID()}', 'signed_in') on conflict (id) do update set kind = 'invited'`,
    'merge into audit_event e using (select 1) o on true when matched then delete',
    'with gone as (delete from audit_event returning id) select * from gone',
    'select * from audit_event for update',
    'drop table audit_event',
    'alter table audit_event disable trigger all',
    `create rule gone as on insert to audit_event do instead nothing`,
    'set session_replication_role = replica',
  ]) {
    await expect(run(text), text).rejects.toThrow(/permission denied|must be owner/);
  }
  expect((await run('select kind from audit_event')).rows).toEqual([{ kind: 'signed_in' }]);
  await application.close();
  await drop();
});

/** A user who is no superuser, with a database of their own. */
async function createUser(attributes: string) {
  const database = await createEmptyTestDatabase();
  const user = `user ${randomUUID().slice(0, 8)}`;
  await say(database.url, `create role "${user}" login password 'secret' ${attributes}`);
  const give = async (of: { url: string }): Promise<string> => {
    await say(of.url, `alter database ${new URL(of.url).pathname.slice(1)} owner to "${user}"`);
    const url = new URL(of.url);
    url.username = encodeURIComponent(user);
    url.password = 'secret';
    return url.href;
  };
  return {
    admin: database.url,
    user,
    role: `${user}_app`,
    url: await give(database),
    give,
    async [Symbol.asyncDispose]() {
      await database.drop();
    },
  };
}

test('a user who may make roles makes it, from several processes and in two databases at once', async () => {
  await using made = await createUser('createrole');
  const second = await createEmptyTestDatabase();
  const urls = [made.url, await made.give(second)];
  await Promise.all([...urls, ...urls, ...urls].map(migrateToLatest));
  for (const url of urls) {
    expect(await isMigrated(url)).toBe(true);
    expect(await say(url, whoAmI, {})).toEqual([{ me: made.role }]);
    expect(await say(url, 'select count(*) from installation', {})).toEqual([{ count: 1 }]);
  }
  await second.drop();
});

test('a user who may not make roles is told what to prepare, and works with it', async () => {
  await using made = await createUser('');
  const refusal: unknown = await migrateToLatest(made.url).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(RoleMissing);
  const [, statements = ''] = /run: (.*)$/.exec(String(refusal)) ?? [];
  await say(made.admin, statements);
  expect(await migrateToLatest(made.url)).toEqual([]);
  expect(await say(made.url, whoAmI, {})).toEqual([{ me: made.role }]);
});

test('a database that is there, and its role is not, gets one at the next start', async () => {
  await using made = await createUser('createrole');
  await migrateToLatest(made.url);
  await say(made.admin, `drop owned by "${made.role}"; drop role "${made.role}"`);
  expect(await isMigrated(made.url)).toBe(false);
  expect(await migrateToLatest(made.url)).toEqual([]);
  expect(await isMigrated(made.url)).toBe(true);
  expect(await say(made.url, 'select count(*) from installation', {})).toEqual([{ count: 1 }]);
});
