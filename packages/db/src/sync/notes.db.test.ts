/** Notes of an organisation in a partner thread: who reads them, where they stand, what may be done. Rules: SPEC.md, [NOTE1] and on. */
import { changeRole, deactivateMember, memberScopes, reactivateMember } from '@parley/core/members';
import { notesScope, threadScope, userScope } from '@parley/core/scopes';
import { LIMITS, type ScopeAnswer } from '@parley/sync/protocol';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readMemberFacts } from '../members.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  addPerson,
  openInstallation,
  orgs,
  people,
  seed,
  settle,
  startPartnerThread,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';
import { purgeTombstones } from './purge.ts';
import { Replica } from './replica.fixture.ts';

let testDatabase: TestDatabase;
let installation: TestInstallation;
let threadId: string;
let notes: string;
/** Of Acme, and changed by its tests. */
let mia: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  mia = newId();
  await addPerson(installation.server, { id: mia, name: 'mia', orgId: orgs.acme, role: 'member' });
  const ofAcme = [people.alice, people.bob, people.gus, mia];
  const ofGlobex = [people.carol, people.erin];
  threadId = await startPartnerThread(installation.server, [
    ...ofAcme.map((personId) => [personId, orgs.acme] as const),
    ...ofGlobex.map((personId) => [personId, orgs.globex] as const),
  ]);
  notes = notesScope(threadId, orgs.acme);
});

const clientOf = (personId: string): TestClient => new TestClient(installation.server, personId);
async function write(personId: string, text: string, orgId = orgs.acme): Promise<string> {
  const messageId = newId();
  const result = await clientOf(personId).do('sendNote', { threadId, orgId, messageId, text });
  expect(result).toMatchObject({ status: 'applied' });
  return messageId;
}
async function say(personId: string, text: string): Promise<void> {
  await clientOf(personId).do('sendMessage', { threadId, messageId: newId(), text });
}
const look = async (personId: string, scope = notes): Promise<ScopeAnswer | undefined> =>
  (await clientOf(personId).pull({ scope, from: null, epoch: null, window: LIMITS.pageRows }))[0];
async function rowsFor(personId: string, table: string, scope = notes): Promise<object[]> {
  const answer = await look(personId, scope);
  if (answer?.kind !== 'truncated') throw new Error(`The answer is ${answer?.kind}.`);
  return answer.rows.flatMap(([name, , , data]) => (name === table && data ? [data] : []));
}
const forbidden = { scope: expect.any(String), kind: 'forbidden' };

test('[NOTE1] who acts for the organisation reads its notes; its guest, and who acts for another, do not', async () => {
  await write(people.alice, 'Between us');
  for (const personId of [people.alice, people.bob, mia])
    expect(await rowsFor(personId, 'note')).toMatchObject([{ text: 'Between us', kind: 'internal', seq: 1 }]);
  for (const personId of [people.gus, people.carol, people.erin, people.dave])
    expect(await look(personId)).toEqual(forbidden);

  await write(people.erin, 'Among Globex', orgs.globex);
  const theirs = notesScope(threadId, orgs.globex);
  expect(await rowsFor(people.carol, 'note', theirs)).toMatchObject([{ text: 'Among Globex' }]);
  for (const personId of [people.alice, people.bob, people.gus])
    expect(await look(personId, theirs)).toEqual(forbidden);
});

describe('[NOTE2]', () => {
  test('a note stands after the newest message, and the thread keeps its version', async () => {
    await say(people.carol, 'one');
    const before = await look(people.carol, threadScope(threadId));
    await write(people.alice, 'after one');
    await write(people.bob, 'after that');
    expect(await look(people.carol, threadScope(threadId))).toEqual(before);
    await say(people.carol, 'two');
    await write(people.alice, 'after two');
    expect(await rowsFor(people.bob, 'note')).toMatchObject([
      { seq: 1, afterSeq: 1 },
      { seq: 2, afterSeq: 1 },
      { seq: 3, afterSeq: 2 },
    ]);
    expect(await rowsFor(people.bob, 'noteHead')).toMatchObject([{ lastSeq: 3, lastNote: { snippet: 'after two' } }]);
  });

  test('where messages and notes come together, no note knows of a message that was not there', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0 ? say(people.carol, `message ${index}`) : write(people.alice, `note ${index}`),
      ),
    );
    const rows = (await rowsFor(people.alice, 'note')) as { seq: number; afterSeq: number }[];
    const sorted = rows.toSorted((a, b) => a.seq - b.seq);
    expect(sorted.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    expect(sorted.map(({ afterSeq }) => afterSeq)).toEqual(
      sorted.map(({ afterSeq }) => afterSeq).toSorted((a, b) => a - b),
    );
  });
});

describe('[NOTE3] before the first note', () => {
  test('its scope is held by whoever may read it, and the first one continues what is held', async () => {
    expect(await look(people.bob)).toMatchObject({ kind: 'truncated', to: 0, low: 1, rows: [] });
    for (const personId of [people.gus, people.carol]) expect(await look(personId)).toEqual(forbidden);
    const bob = new Replica(clientOf(people.bob));
    await bob.pull([notes]);
    installation.commits.length = 0;
    await write(people.alice, 'First');
    const changes = installation.commits.flatMap((commit) => commit.changes);
    expect(changes).toMatchObject([{ scope: notes, from: 0, to: 1 }]);
    expect(changes[0]?.recipients?.toSorted()).toEqual([people.alice, people.bob, mia].toSorted());
    for (const change of changes) bob.poke(change);
    const fresh = new Replica(clientOf(people.bob));
    await fresh.pull([notes]);
    expect(bob.state).toEqual(fresh.state);
  });

  test('several who write it at once each have theirs', async () => {
    await Promise.all([people.alice, people.bob, mia].map((personId) => write(personId, `by ${personId}`)));
    expect(await rowsFor(people.bob, 'note')).toHaveLength(3);
  });

  test('whoever is refused makes no scope', async () => {
    const note = { threadId, orgId: orgs.acme, messageId: newId(), text: 'Me too' };
    expect(await clientOf(people.carol).do('sendNote', note)).toMatchObject({ code: 'not_found' });
    const { kysely } = installation.database;
    expect(await kysely.selectFrom('sync_scope').select('id').where('id', '=', notes).execute()).toEqual([]);
  });
});

describe('[NOTE4] no note reaches', () => {
  /** Whether mia would be told of a note, and what she can read of it. */
  async function expectNothingFor(personId: string): Promise<void> {
    installation.commits.length = 0;
    await write(people.alice, 'Without her');
    const [change] = installation.commits.flatMap((commit) => commit.changes);
    expect(change?.recipients).not.toContain(personId);
    expect(await look(personId)).toEqual(forbidden);
    const scope = { scope: notes, incarnation: await incarnation(), epoch: 1, before: 100, limit: 10 };
    const { server } = installation;
    expect(await server.page(personId, { ...clientOf(personId).caller, ...scope })).toEqual({ kind: 'forbidden' });
  }
  const incarnation = async () =>
    (await installation.database.kysely.selectFrom('installation').select('incarnation').executeTakeFirstOrThrow())
      .incarnation;
  const lostNotes = () =>
    installation.commits.flatMap((commit) => commit.lost.filter(({ scope }) => scope.startsWith('notes:')));
  async function manage(run: typeof deactivateMember): Promise<void> {
    const member = { orgId: orgs.acme, personId: mia };
    await installation.server.act(people.alice, memberScopes(member), async (tx, trx) =>
      run(tx, member, await readMemberFacts(trx, member)),
    );
  }
  const giveRole = (role: 'guest' | 'member') =>
    manage((tx, member, facts) => changeRole(tx, { ...member, role }, facts));

  beforeEach(async () => {
    await write(people.alice, 'With her');
    expect(await rowsFor(mia, 'note')).toHaveLength(1);
    installation.commits.length = 0;
  });

  test('who left, until they are added again', async () => {
    await clientOf(people.alice).do('removeParticipant', { threadId, messageId: newId(), personId: mia });
    expect(lostNotes()).toEqual([{ scope: notes, personId: mia }]);
    await expectNothingFor(mia);
    const added = { threadId, orgId: orgs.acme, messageId: newId(), personIds: [mia] };
    await clientOf(people.alice).do('addParticipants', added);
    expect(await rowsFor(mia, 'note')).toHaveLength(2);
  });

  test('who is shut out of the organisation, until they are let in', async () => {
    await manage(deactivateMember);
    expect(lostNotes()).toEqual([{ scope: notes, personId: mia }]);
    await expectNothingFor(mia);
    await manage(reactivateMember);
    expect(await rowsFor(mia, 'note')).toHaveLength(2);
  });

  test('who became a guest, and stays in the thread, until they are one no more', async () => {
    await giveRole('guest');
    expect(lostNotes()).toEqual([{ scope: notes, personId: mia }]);
    expect(await look(mia, threadScope(threadId))).toMatchObject({ kind: 'truncated' });
    await expectNothingFor(mia);
    await giveRole('member');
    expect(await rowsFor(mia, 'note')).toHaveLength(2);
  });

  test('who went between two acts that share a transaction', async () => {
    const [alice, bob] = [clientOf(people.alice), clientOf(people.bob)];
    await Promise.all([
      alice.do('removeParticipant', { threadId, messageId: newId(), personId: mia }),
      bob.do('sendNote', { threadId, orgId: orgs.acme, messageId: newId(), text: 'At once' }),
    ]);
    const order = installation.commits.map(({ changes, lost }) => ({
      goes: lost.some(({ personId }) => personId === mia),
      told: changes.some(({ scope, recipients }) => scope === notes && recipients?.includes(mia)),
    }));
    const went = order.findIndex(({ goes }) => goes);
    expect(order.slice(went).some(({ told }) => told)).toBe(false);
  });
});

describe('[NOTE5]', () => {
  test('its author edits a note and leaves its history, others react, owners delete it', async () => {
    const messageId = await write(people.bob, 'Frist');
    const note = { threadId, orgId: orgs.acme, messageId };
    const [alice, bob, third] = [clientOf(people.alice), clientOf(people.bob), clientOf(mia)];
    expect(await third.do('editNote', { ...note, text: 'Hers' })).toMatchObject({ code: 'forbidden' });
    await bob.do('editNote', { ...note, text: 'First' });
    await third.do('reactToNote', { ...note, emoji: '👍', on: true });
    expect(await rowsFor(people.alice, 'note')).toMatchObject([
      { text: 'First', revisions: 1, reactions: { '👍': [mia] } },
    ]);
    expect(await rowsFor(people.alice, 'noteRevision')).toMatchObject([{ text: 'Frist', messageId }]);
    expect(await rowsFor(people.alice, 'noteHead')).toMatchObject([{ lastNote: { snippet: 'First' } }]);
    expect(await third.do('deleteNote', note)).toMatchObject({ code: 'forbidden' });
    expect(await alice.do('deleteNote', note)).toMatchObject({ status: 'applied' });
    expect(await rowsFor(people.alice, 'note')).toMatchObject([{ text: '', deletedAt: expect.any(Number) }]);
    expect(await rowsFor(people.alice, 'noteRevision')).toEqual([]);
    expect(await bob.do('editNote', { ...note, text: 'Again' })).toMatchObject({ code: 'not_found' });
  });

  test('what is deleted of a note is forgotten in time, and nothing of others with it', async () => {
    const theirs = notesScope(threadId, orgs.globex);
    const ofGlobex = { threadId, orgId: orgs.globex, messageId: await write(people.carol, 'One', orgs.globex) };
    await clientOf(people.carol).do('editNote', { ...ofGlobex, text: 'Two' });
    const note = { threadId, orgId: orgs.acme, messageId: await write(people.alice, 'One') };
    await clientOf(people.alice).do('editNote', { ...note, text: 'Two' });
    await clientOf(people.alice).do('deleteNote', note);
    const { kysely } = installation.database;
    await purgeTombstones(kysely, new Date(Date.now() + 60_000));
    const kept = await kysely.selectFrom('note_revision').select('org_id').where('thread_id', '=', threadId).execute();
    expect(kept).toEqual([{ org_id: orgs.globex }]);
    const [answer] = await clientOf(people.bob).pull({ scope: notes, from: 1, epoch: 1, window: 10 });
    expect(answer).toMatchObject({ kind: 'reset' });
    expect(await rowsFor(people.carol, 'noteRevision', theirs)).toHaveLength(1);
  });

  test('a thread of one organisation has none', async () => {
    const internal = await startThread(installation.server, [people.bob]);
    const note = { threadId: internal, orgId: orgs.acme, messageId: newId(), text: 'Psst' };
    expect(await clientOf(people.alice).do('sendNote', note)).toMatchObject({ code: 'not_found' });
  });

  test('acts on messages find none, and its id is free for a message', async () => {
    const messageId = await write(people.alice, 'A note');
    const place = { threadId, messageId };
    const alice = clientOf(people.alice);
    for (const result of [
      await alice.do('editMessage', { ...place, text: 'Hers' }),
      await alice.do('deleteMessage', place),
      await alice.do('react', { ...place, emoji: '👍', on: true }),
      await alice.do('pinMessage', { ...place, on: true }),
      await alice.do('saveMessage', place),
      await alice.do('forwardMessage', {
        ...place,
        messageId: newId(),
        fromThreadId: threadId,
        fromMessageId: messageId,
      }),
    ])
      expect(result).toMatchObject({ code: 'not_found' });
    const reply = { threadId, messageId: newId(), text: 'Yes', replyTo: messageId };
    expect(await alice.do('sendMessage', reply)).toMatchObject({ code: 'reply_gone' });
    expect(await alice.do('sendMessage', { ...place, text: 'A message' })).toMatchObject({ status: 'applied' });
  });

  test('its draft is another than that of the message', async () => {
    const updates = { generation: 0, updates: ['AAA='], text: '', added: '' };
    const bob = clientOf(people.bob);
    await bob.do('mergeDraft', { threadId, rootId: null, ...updates });
    await bob.do('mergeDraft', { threadId, rootId: null, kind: 'note', ...updates });
    await bob.do('sendNote', {
      ...{ threadId, orgId: orgs.acme, messageId: newId(), text: 'Written' },
      draft: { rootId: null, kind: 'note', generation: 0 },
    });
    const { kysely } = installation.database;
    const drafts = await kysely
      .selectFrom('draft')
      .select(['id', 'kind', 'generation'])
      .where('thread_id', '=', threadId)
      .orderBy('id')
      .execute();
    expect(drafts).toEqual([
      { id: threadId, kind: null, generation: 0 },
      { id: `${threadId}.note`, kind: 'note', generation: 1 },
    ]);
  });
});

test('[NOTE6] how far notes were read only grows, goes no further than there are notes, and makes no receipt', async () => {
  await say(people.carol, 'one');
  await write(people.alice, 'One');
  await write(people.alice, 'Two');
  const bob = clientOf(people.bob);
  const position = async () => {
    const rows = await installation.database.kysely
      .selectFrom('read_position')
      .select(['seq', 'note_seq'])
      .where('person_id', '=', people.bob)
      .where('thread_id', '=', threadId)
      .execute();
    return rows[0];
  };
  await bob.do('markRead', { threadId, seq: 0, noteSeq: 1, markEpoch: 0 });
  expect(await position()).toEqual({ seq: 0, note_seq: 1 });
  await settle(installation.server, threadId);
  const { rows } = await sql`select from receipt where thread_id = ${threadId}`.execute(installation.database.kysely);
  expect(rows).toEqual([]);
  await bob.do('markRead', { threadId, seq: 1, noteSeq: 99, markEpoch: 0 });
  expect(await position()).toEqual({ seq: 1, note_seq: 2 });
  await bob.do('markRead', { threadId, seq: 1, noteSeq: 1, markEpoch: 0 });
  expect(await position()).toEqual({ seq: 1, note_seq: 2 });
  const carol = clientOf(people.carol);
  await carol.do('markRead', { threadId, seq: 1, noteSeq: 99, markEpoch: 0 });
  const theirs = await look(people.carol, userScope(people.carol));
  expect(JSON.stringify(theirs)).not.toContain('"noteSeq":99');
});
