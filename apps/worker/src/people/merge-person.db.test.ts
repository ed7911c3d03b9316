import { mergeMember, mergeScopes } from '@parley/core/merging';
import { mutators, type MutatorName } from '@parley/core/mutators';
import {
  isPaged,
  notesScope,
  orgPeopleScope,
  orgScope,
  threadPeopleScope,
  threadScope,
  userScope,
} from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import {
  alignGroups,
  createPostgresStorage,
  openDatabase,
  type DatabaseTransaction,
  type OpenDatabase,
} from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { PROTOCOL_VERSION, type WireRow } from '@parley/sync/protocol';
import { createSyncServer, type SyncServer } from '@parley/sync/server';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mergePerson } from './merge-person.ts';

let database: TestDatabase;
let open: OpenDatabase;
let server: SyncServer<Tables, DatabaseTransaction>;
const acme = newId();
const [alice, bob, old, fresh] = [newId(), newId(), newId(), newId()];
const everybody = { [alice]: 'Alice', [bob]: 'Bob', [old]: 'Al Old', [fresh]: 'Al' };

beforeEach(async () => {
  database = await createTestDatabase();
  open = openDatabase(database.url, { sees: 'everything' });
  server = createSyncServer<Tables, DatabaseTransaction>({
    storage: createPostgresStorage(open.kysely),
    mutators,
    isPaged,
    ownScope: userScope,
    publish: () => {},
  });
  const create = [orgScope(acme), orgPeopleScope(acme), ...Object.keys(everybody).map(userScope)];
  await server.act(null, { create, write: [] }, async (tx, trx) => {
    tx.put('org', orgScope(acme), acme, { name: 'Acme', threadStarters: 'members', createdAt: tx.now });
    for (const [id, name] of Object.entries(everybody)) {
      await trx.insertInto('person').values({ id, name, merged_into: null }).execute();
      const common = { role: id === alice ? ('owner' as const) : ('member' as const), active: true, joinedAt: tx.now };
      tx.put('membership', userScope(id), acme, { ...common, epoch: 1 });
      tx.put('person', orgPeopleScope(acme), id, { ...common, name, email: null, placeholder: false });
    }
  });
});
afterEach(async () => {
  await open.close();
  await database.drop();
});

/** As if the person had pushed it. */
async function act(personId: string, name: MutatorName, args: object): Promise<void> {
  const mutator = mutators[name];
  const parsed = mutator.args.parse(args);
  await server.act(personId, mutator.scopes(parsed as never, personId), (tx) => mutator.run(tx, parsed as never));
}

async function startThread(by: string, participantIds: string[]): Promise<string> {
  const threadId = newId();
  await act(by, 'createThread', { threadId, orgId: acme, subject: 'Plans', participantIds });
  return threadId;
}

async function send(by: string, threadId: string, text: string, replyTo: string | null = null): Promise<string> {
  const messageId = newId();
  await act(by, 'sendMessage', { threadId, messageId, text, replyTo });
  return messageId;
}

/** A thread in which `old` stands wherever a person can stand. */
async function fullThread(): Promise<{ threadId: string; messageId: string }> {
  const threadId = await startThread(old, [alice, bob]);
  const messageId = await send(old, threadId, 'Mine');
  const mentioning = await send(bob, threadId, `Ask <@${old}>`);
  await act(bob, 'editMessage', { threadId, messageId: mentioning, text: `Do ask <@${old}>` });
  await act(old, 'react', { threadId, messageId: mentioning, emoji: '👍', on: true });
  await act(bob, 'react', { threadId, messageId, emoji: '🎉', on: true });
  await act(old, 'pinMessage', { threadId, messageId, on: true });
  await act(old, 'resolveThread', { threadId, messageId: newId(), resolved: true });
  return { threadId, messageId };
}

async function merge(): Promise<void> {
  const two = { orgId: acme, fromId: old, intoId: fresh };
  await server.act(alice, mergeScopes(two), async (tx, trx) => {
    await mergeMember(tx, two, { otherOwners: 1, isElsewhere: false });
    await trx.updateTable('person').set({ merged_into: fresh }).where('id', '=', old).execute();
  });
}
const carry = (acts: Pick<typeof server, 'act'> = server) => mergePerson({ db: open.kysely, acts }, { personId: old });

type Held = Map<string, { version: number; rows: Map<string, WireRow> }>;

/** What somebody holds, brought up to date from wherever it stood. */
async function pull(personId: string, threadIds: string[], held: Held = new Map()): Promise<Held> {
  const threads = threadIds.flatMap((id) => [threadScope(id), threadPeopleScope(id)]);
  const scopes = [userScope(personId), orgPeopleScope(acme), ...threads];
  const caller = { protocol: PROTOCOL_VERSION, personId, clientId: newId() };
  const { answers } = await server.pull(personId, {
    ...caller,
    incarnation: null,
    scopes: scopes.map((scope) => ({ scope, from: held.get(scope)?.version ?? null, epoch: null, window: 500 })),
  });
  const now: Held = new Map();
  for (const answer of answers) {
    if (answer.kind === 'forbidden') continue;
    // Rights given anew: from nothing.
    if (answer.kind === 'reset') return pull(personId, threadIds, new Map());
    const rows = new Map(answer.kind === 'delta' ? held.get(answer.scope)?.rows : []);
    for (const row of answer.rows) {
      const key = `${row[0]} ${row[1]}`;
      if (row[3] === null) rows.delete(key);
      else rows.set(key, row);
    }
    now.set(answer.scope, { version: answer.to, rows });
  }
  return now;
}

test('what the one who goes said, pinned, started, resolved and reacted to is the other’s, on every device', async () => {
  const { threadId, messageId } = await fullThread();
  const before = await pull(bob, [threadId]);
  expect(JSON.stringify([...before.values()].map(({ rows }) => [...rows]))).toContain(old);
  await merge();
  await carry();
  const after = await pull(bob, [threadId], before);
  const newcomer = await pull(bob, [threadId]);
  const plain = (held: Held) => [...held].map(([scope, { version, rows }]) => [scope, version, [...rows].sort()]);
  expect(plain(after)).toEqual(plain(newcomer));
  expect(JSON.stringify(plain(after))).not.toContain(old);
  expect(after.get(threadScope(threadId))?.rows.get(`message ${messageId}`)?.[3]).toMatchObject({ authorId: fresh });

  // And it works on: their own message is theirs to edit.
  await act(fresh, 'editMessage', { threadId, messageId, text: 'Mine, still' });
  await act(fresh, 'react', { threadId, messageId, emoji: '🎉', on: true });
});

test('the one who stays reads the threads of the other, as one who has read everything', async () => {
  const { threadId } = await fullThread();
  const held = await pull(fresh, [threadId]);
  expect(held.has(threadScope(threadId))).toBe(false);
  await merge();
  await carry();
  const after = await pull(fresh, [threadId], held);
  const last = await open.kysely.selectFrom('thread').select('last_seq').where('id', '=', threadId).execute();
  expect(after.get(threadScope(threadId))?.rows.size).toBeGreaterThan(5);
  expect(after.get(userScope(fresh))?.rows.get(`readPosition ${threadId}`)?.[3]).toMatchObject({
    seq: last[0]?.last_seq,
  });
  expect((await pull(old, [threadId])).has(threadScope(threadId))).toBe(false);
});

test('where both took part the one who stays keeps their place; where one had left, they are back', async () => {
  const both = await startThread(alice, [old, fresh]);
  await send(alice, both, 'One');
  await act(fresh, 'markRead', { threadId: both, seq: 1, markEpoch: 0 });
  const back = await startThread(alice, [old, fresh]);
  await act(alice, 'removeParticipant', { threadId: back, messageId: newId(), personId: fresh });
  const gone = await startThread(alice, [old, bob]);
  await act(alice, 'removeParticipant', { threadId: gone, messageId: newId(), personId: old });
  await merge();
  await carry();
  const held = await pull(fresh, [both, back, gone]);
  expect(held.has(threadScope(both)) && held.has(threadScope(back))).toBe(true);
  expect(held.has(threadScope(gone))).toBe(false);
  const people = (await pull(alice, [both, back, gone])).get(threadPeopleScope(both))?.rows;
  expect([...(people?.keys() ?? [])].sort()).toEqual([`participant ${alice}`, `participant ${fresh}`].sort());
  expect(held.get(userScope(fresh))?.rows.get(`readPosition ${both}`)?.[3]).toMatchObject({ seq: 1 });
});

test('it comes in pieces, and a worker that died in the middle is followed by one that does the rest', async () => {
  const threadId = await startThread(alice, [old, bob]);
  for (let n = 0; n < 230; n += 1) await send(n % 2 === 0 ? old : bob, threadId, `Number ${n}, <@${old}>`);
  await merge();
  let count = 0;
  const dying: typeof server.act = (...call) => {
    if ((count += 1) > 2) throw new Error('killed');
    return server.act(...call);
  };
  await expect(carry({ act: dying })).rejects.toThrow('killed');
  const left = () =>
    open.kysely
      .selectFrom('message')
      .select(({ fn }) => fn.countAll<number>().as('rows'))
      .where('text', 'like', `%${old}%`)
      .executeTakeFirstOrThrow();
  expect((await left()).rows).toBe(30);
  await carry();
  expect((await left()).rows).toBe(0);
  const versions = () => open.kysely.selectFrom('sync_scope').select(['id', 'version']).orderBy('id').execute();
  const before = await versions();
  await carry();
  expect(await versions()).toEqual(before);
});

test('[GRP4] the one who stays does not stay in a thread through a group of the one who goes', async () => {
  const teamId = newId();
  await act(alice, 'createTeam', { orgId: acme, teamId, name: 'Drivers', memberIds: [old] });
  const threadId = newId();
  const args = { threadId, orgId: acme, subject: 'Rota', participantIds: [], groupIds: [teamId] };
  await act(alice, 'createThread', args);
  await alignGroups(open.kysely, server, { orgId: acme });
  await merge();
  await carry();
  await alignGroups(open.kysely, server, { orgId: acme });
  const people = await open.kysely
    .selectFrom('participant')
    .select(['person_id'])
    .where('thread_id', '=', threadId)
    .where('left_at', 'is', null)
    .where('deleted', '=', false)
    .execute();
  expect(people.map(({ person_id: id }) => id)).toEqual([alice]);
});

test('what they wrote, said of each other and reacted to in notes is the other’s, and read by the one who stays', async () => {
  const threadId = await startThread(old, [alice]);
  await server.act(null, { write: [threadScope(threadId)] }, async (tx) => {
    const thread = await tx.get('thread', threadScope(threadId), threadId);
    if (thread) tx.put('thread', threadScope(threadId), threadId, { ...thread, kind: 'external' });
  });
  const [mine, hers] = [newId(), newId()];
  const note = { threadId, orgId: acme };
  await act(alice, 'sendNote', { ...note, messageId: hers, text: `Ask <@${old}>` });
  await act(alice, 'editNote', { ...note, messageId: hers, text: `Do ask <@${old}>` });
  await act(old, 'reactToNote', { ...note, messageId: hers, emoji: '👍', on: true });
  await act(old, 'sendNote', { ...note, messageId: mine, text: 'Mine' });
  await merge();
  await carry();
  const caller = { protocol: PROTOCOL_VERSION, personId: fresh, clientId: newId(), incarnation: null };
  const scope = notesScope(threadId, acme);
  const { answers } = await server.pull(fresh, { ...caller, scopes: [{ scope, from: null, epoch: null, window: 9 }] });
  expect(answers).toMatchObject([{ kind: 'truncated' }]);
  expect(JSON.stringify(answers)).not.toContain(old);
  const [read] = await open.kysely
    .selectFrom('read_position')
    .select('note_seq')
    .where('person_id', '=', fresh)
    .where('thread_id', '=', threadId)
    .execute();
  expect(read).toEqual({ note_seq: 2 });
});
