import { befriend, partnershipScopes } from '@parley/core/partners';
import { userScope } from '@parley/core/scopes';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SyncClient } from '../testing/sync-client.ts';
import { addMember, makeCast, PASSWORD, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';
import { brightwater } from './brightwater.ts';
import { addDemo, hasDemo, removeDemo } from './demo.ts';
import { kestrel } from './kestrel.ts';

let server: TestServer;
let cast: Cast;
beforeEach(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
});
afterEach(() => server.stop());

const asker = (personId: string) => ({ ...server.services, personId, now: Date.now() });

/** Rows of every table that has any, by table. */
async function rowCounts(): Promise<Record<string, number>> {
  const { db } = server.services;
  const tables = await sql<{ name: string }>`
    select tablename as name from pg_tables
    where schemaname = 'public' and has_table_privilege(format('%I.%I', schemaname, tablename), 'select')
  `.execute(db);
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(name)}`.execute(db);
    counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}

test('the demo is there once, however often it is asked for, and for nobody else', async () => {
  const { alice, bob } = cast;
  await addDemo(asker(alice.personId));
  const once = await rowCounts();
  await addDemo(asker(alice.personId));
  expect(await rowCounts()).toEqual(once);
  const threads = [brightwater, kestrel].flatMap((organisation) => organisation.threads);
  expect(once).toMatchObject({
    org: 2 + 2,
    thread: threads.length,
    message: threads.flatMap(({ messages }) => messages).length,
  });
  expect(await hasDemo(asker(alice.personId))).toBe(true);
  expect(await hasDemo(asker(bob.personId))).toBe(false);
});

test('an open window hears of it, and of its end', async () => {
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const client = await SyncClient.connect(browser, cast.alice.personId);
  const own = userScope(cast.alice.personId);
  const threads = async () => {
    const { answers } = await client.pull([own]);
    const rows = answers.flatMap((answer) => ('rows' in answer ? answer.rows : []));
    return rows.filter(([table, , , data]) => table === 'participation' && data !== null).length;
  };
  expect(await threads()).toBe(0);
  await browser.call('mutation', 'demo.add');
  await client.poke(own);
  expect(await threads()).toBe(8);
  await browser.call('mutation', 'demo.remove');
  await client.poke(own);
  expect(await threads()).toBe(0);
  client.close();
});

test("removed, it leaves nothing but tombstones in its owner's own scope; then it can be made anew", async () => {
  const { alice } = cast;
  const before = await rowCounts();
  await addDemo(asker(alice.personId));
  const added = await rowCounts();
  await removeDemo(asker(alice.personId));
  const after = await rowCounts();
  // What the worker was asked to do when people joined is taken by it, and finds nothing.
  const left = Object.keys(after).filter((table) => table !== 'job' && after[table] !== before[table]);
  expect(left.toSorted()).toEqual(['membership', 'participation', 'read_position', 'sync_tombstone']);
  const live = await server.services.db
    .selectFrom('participation')
    .select('thread_id')
    .where('person_id', '=', alice.personId)
    .where('deleted', '=', false)
    .execute();
  expect(live).toEqual([]);

  await addDemo(asker(alice.personId));
  expect((await rowCounts())['message']).toBe(added['message']);
  expect(await hasDemo(asker(alice.personId))).toBe(true);
});

test('its partners are told that it is gone', async () => {
  const { alice, carol, globex } = cast;
  await addDemo(asker(alice.personId));
  const { org_id: demo } = await server.services.db
    .selectFrom('membership')
    .select('org_id')
    .where('person_id', '=', alice.personId)
    .where('org_id', '<>', cast.acme)
    .where('deleted', '=', false)
    .executeTakeFirstOrThrow();
  const pair = { orgId: demo, partnerId: globex };
  await server.services.acts.act(null, partnershipScopes(pair), (tx) =>
    befriend(tx, { orgId: demo, personId: alice.personId }, { orgId: globex, personId: carol.personId }),
  );
  await removeDemo(asker(alice.personId));
  const left = await server.services.db.selectFrom('partner').select(['org_id', 'name', 'deleted']).execute();
  expect(left).toEqual([{ org_id: globex, name: null, deleted: true }]);
});

test('removing what is not there does nothing', async () => {
  const before = await rowCounts();
  await removeDemo(asker(cast.alice.personId));
  expect(await rowCounts()).toEqual(before);
});

test('guests and people of no organisation get none', async () => {
  const gus = { personId: uuidv7(), name: 'Gus', email: 'gus@example.org' };
  await addMember(server.services, { ...gus, orgId: cast.acme, role: 'guest' });
  for (const { personId } of [gus, cast.dave]) {
    await expect(addDemo(asker(personId))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});
