/**
 * That nobody else can tell whether an organisation writes notes: the same history is lived through twice, with its notes
 * and without them, and whatever the others are answered, told or refused must be the same, byte for byte.
 */
import { changeRole, memberScopes } from '@parley/core/members';
import { mutators, type MutatorArgs, type MutatorName } from '@parley/core/mutators';
import { isPaged, notesScope, orgPeopleScope, orgScope, scopesOfThread, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { createHub, createLocalBus, createSyncServer } from '@parley/sync/server';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../connection.ts';
import { readMemberFacts } from '../members.ts';
import { createTestDatabase } from '../testing/index.ts';
import { addPerson, orgs, people, seed, settle, startPartnerThread } from './acme.fixture.ts';
import type { DatabaseTransaction } from './statement.ts';
import { createPostgresStorage } from './storage.ts';

const id = (n: number): string => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;
const MARKER = 'zanzibar';
const threadId = id(1);
/** The first note; its own id is guessed by the others. */
const noteId = id(2);
const firstId = id(3);
/** Of Acme: one leaves the thread, one becomes a guest, one was never in it. */
const others = { rob: id(11), mia: id(12), zoe: id(13) };
const { alice, bob, gus, carol, dave, erin } = people;

const notes = notesScope(threadId, orgs.acme);
const note = { threadId, orgId: orgs.acme, messageId: noteId };

interface Step {
  by: string;
  name: MutatorName;
  args: object;
  /** Left out where nobody writes notes. */
  isNote?: true;
}
const step = <Name extends MutatorName>(by: string, name: Name, args: MutatorArgs<Name>): Step => ({ by, name, args });
const ofNotes = <Name extends MutatorName>(by: string, name: Name, args: MutatorArgs<Name>): Step => ({
  ...step(by, name, args),
  isNote: true,
});

const history: (Step | 'mia becomes a guest')[] = [
  step(carol, 'sendMessage', { threadId, messageId: firstId, text: 'When does it come?' }),
  ofNotes(alice, 'mergeDraft', {
    ...{ threadId, rootId: null, kind: 'note', generation: 0, updates: ['AAA='], text: MARKER, added: MARKER },
  }),
  ofNotes(alice, 'sendNote', {
    ...note,
    text: `${MARKER} <@${bob}>`,
    draft: { rootId: null, kind: 'note', generation: 0 },
  }),
  ofNotes(alice, 'editNote', { ...note, text: `${MARKER}, says <@${carol}>` }),
  ofNotes(bob, 'reactToNote', { ...note, emoji: '👍', on: true }),
  ofNotes(bob, 'markRead', { threadId, seq: 0, noteSeq: 1, markEpoch: 0 }),
  ofNotes(others.rob, 'sendNote', { ...note, messageId: id(4), text: `${MARKER} by rob` }),
  step(alice, 'removeParticipant', { threadId, messageId: id(5), personId: others.rob }),
  step(alice, 'sendMessage', { threadId, messageId: id(6), text: 'Tomorrow', replyTo: firstId }),
  step(bob, 'markRead', { threadId, seq: 3, markEpoch: 0 }),
  ofNotes(others.mia, 'sendNote', { ...note, messageId: id(7), text: `${MARKER} by mia` }),
  'mia becomes a guest',
  ofNotes(bob, 'sendNote', { ...note, messageId: id(8), text: `${MARKER} after they went` }),
  step(carol, 'sendNote', { threadId, orgId: orgs.globex, messageId: id(9), text: 'Late again' }),
  step(erin, 'markRead', { threadId, seq: 3, noteSeq: 1, markEpoch: 0 }),
  ofNotes(alice, 'deleteNote', note),
  step(carol, 'react', { threadId, messageId: id(6), emoji: '🎉', on: true }),
];

/** What they try, each under ids that anybody could guess. */
const attempts: [MutatorName, object][] = [
  ['sendNote', { ...note, messageId: id(30), text: 'Mine' }],
  ['sendNote', { ...note, text: 'Taken?' }],
  ['editNote', { ...note, text: 'Mine' }],
  ['deleteNote', note],
  ['reactToNote', { ...note, emoji: '👀', on: true }],
  ['editMessage', { threadId, messageId: noteId, text: 'Mine' }],
  ['deleteMessage', { threadId, messageId: noteId }],
  ['react', { threadId, messageId: noteId, emoji: '👀', on: true }],
  ['pinMessage', { threadId, messageId: noteId, on: true }],
  ['saveMessage', { threadId, messageId: noteId }],
  ['forwardMessage', { threadId, messageId: id(31), fromThreadId: threadId, fromMessageId: noteId }],
  ['sendMessage', { threadId, messageId: id(32), text: 'Yes', replyTo: noteId }],
  ['markRead', { threadId, seq: 0, noteSeq: 99, markEpoch: 0 }],
];

const onlookers = {
  'somebody of the partner organisation': carol,
  'a guest of the same organisation': gus,
  'somebody of both who acts for the other': erin,
  'a colleague who is not in the thread': others.zoe,
  'an outsider': dave,
};
/** Who read notes for a while; what they are answered after that. */
const formerReaders = { 'somebody who left': others.rob, 'somebody who became a guest': others.mia };

/** Everything the server says to somebody, in its order. */
type Heard = Map<string, string[]>;

async function live(withNotes: boolean): Promise<{ heard: Heard; jobs: { kind: string; payload: string }[] }> {
  const testDatabase = await createTestDatabase();
  const database = openDatabase(testDatabase.url, { sees: 'everything' });
  try {
    await sql`update installation set incarnation = ${id(99)}`.execute(database.kysely);
    const storage = createPostgresStorage(database.kysely);
    const hub = createHub({ bus: createLocalBus(), incarnation: storage.incarnation, now: () => 0 });
    let now = 1_000_000;
    const server = createSyncServer<Tables, DatabaseTransaction>({
      ...{ storage, mutators, isPaged, ownScope: userScope, now: () => now },
      publish: hub.publish,
      interest: hub,
    });
    await seed({ server });
    for (const [name, personId] of Object.entries(others))
      await addPerson(server, { id: personId, name, orgId: orgs.acme, role: 'member' });
    const ofAcme = [alice, bob, gus, others.rob, others.mia].map((personId) => [personId, orgs.acme] as const);
    await startPartnerThread(server, [...ofAcme, [carol, orgs.globex], [erin, orgs.globex]], { threadId });

    const heard: Heard = new Map();
    const hear = (personId: string, what: unknown) =>
      heard.set(personId, [...(heard.get(personId) ?? []), JSON.stringify(what)]);
    let mutations = 0;
    const push = async (personId: string, name: MutatorName, args: object, mutationId: string) => {
      const lane = mutators[name].lane(args as never, personId);
      // A lane is counted by client, and these are clients of one act each.
      const clientId = id(100_000 + (mutations += 1));
      const mutation = { id: mutationId, lane, n: 1, name, version: 1, args, at: 0 };
      const caller = { protocol: PROTOCOL_VERSION, personId, clientId };
      return server.push(personId, { ...caller, incarnation: null, mutations: [mutation] });
    };
    const scopes = (personId: string) => [
      userScope(personId),
      ...scopesOfThread(threadId),
      notes,
      notesScope(threadId, orgs.initech),
      ...Object.values(orgs).flatMap((orgId) => [orgScope(orgId), orgPeopleScope(orgId)]),
    ];
    const callerOf = (personId: string, index: number) => ({
      protocol: PROTOCOL_VERSION,
      personId,
      clientId: id(1_000 + index),
    });
    const look = async (personId: string, index: number) => {
      const caller = callerOf(personId, index);
      for (const from of [null, 0, 1])
        hear(
          personId,
          await server.pull(personId, {
            ...{ ...caller, incarnation: null },
            scopes: scopes(personId).map((scope) => ({ scope, from, epoch: 1, window: 100 })),
          }),
        );
      for (const scope of scopes(personId).filter(isPaged)) {
        const range = { scope, incarnation: id(99), epoch: 1, before: 1_000, limit: 100 };
        hear(personId, await server.page(personId, { ...caller, ...range }));
      }
    };

    const everyone = [...Object.values(onlookers), ...Object.values(formerReaders)];
    const end = new AbortController();
    const streams = Object.values(onlookers).map(async (personId, index) => {
      for await (const event of hub.connect(callerOf(personId, index), end.signal)) hear(`live ${personId}`, event);
    });
    for (const [index, personId] of Object.values(onlookers).entries()) await look(personId, index);

    for (const [place, what] of history.entries()) {
      now = 1_000_000 + place * 1_000;
      if (what === 'mia becomes a guest') {
        const mia = { orgId: orgs.acme, personId: others.mia };
        await server.act(alice, memberScopes(mia), async (tx, trx) =>
          changeRole(tx, { ...mia, role: 'guest' }, await readMemberFacts(trx, mia)),
        );
      } else if (withNotes || !what.isNote) {
        const { results } = await push(what.by, what.name, what.args, id(10_000 + place));
        expect(results).toMatchObject([{ status: 'applied' }]);
        if (Object.values<string>(onlookers).includes(what.by)) hear(what.by, results);
      }
      await settle(server, threadId);
      for (const [index, personId] of Object.values(onlookers).entries()) await look(personId, index);
    }
    for (const [index, personId] of everyone.entries()) {
      await look(personId, index);
      for (const [number, [name, args]] of attempts.entries())
        hear(personId, await push(personId, name, args, id(20_000 + index * 100 + number)));
      await look(personId, index);
    }
    end.abort();
    await Promise.all(streams);
    hub.close();
    const jobs = await sql<{ kind: string; payload: string }>`select kind, payload::text from job`.execute(
      database.kysely,
    );
    return { heard, jobs: jobs.rows };
  } finally {
    await database.close();
    await testDatabase.drop();
  }
}

let withNotes: Awaited<ReturnType<typeof live>>;
let without: Awaited<ReturnType<typeof live>>;
beforeAll(async () => {
  withNotes = await live(true);
  without = await live(false);
});

describe('[NOTE1] with notes of others or without them', () => {
  test.each(Object.entries({ ...onlookers, ...formerReaders }))('%s hears the same', (_who, personId) => {
    const heard = withNotes.heard.get(personId) ?? [];
    expect(heard.length).toBeGreaterThan(attempts.length);
    expect(heard).toEqual(without.heard.get(personId));
    expect(heard.join()).not.toContain(MARKER);
  });

  test.each(Object.entries(onlookers))('%s is told the same at the same time', (_who, personId) => {
    const told = withNotes.heard.get(`live ${personId}`) ?? [];
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual(without.heard.get(`live ${personId}`));
    expect(told.join()).not.toContain(MARKER);
  });

  test('their onlookers see a live thread, or this would prove nothing', () => {
    const told = withNotes.heard.get(`live ${carol}`) ?? [];
    expect(told.join()).toContain('Tomorrow');
    expect(withNotes.heard.get(carol)?.join()).toContain('Tomorrow');
  });

  test('no job carries what a note says, and none but its own speaks of it', () => {
    expect(JSON.stringify(withNotes.jobs)).not.toContain(MARKER);
    const ofNotes = withNotes.jobs.filter(({ kind }) => kind === 'note.sent');
    expect(ofNotes.length).toBeGreaterThan(0);
    const kinds = ({ jobs }: typeof withNotes) =>
      jobs.flatMap(({ kind, payload }) => (kind === 'note.sent' ? [] : [`${kind} ${payload}`]));
    expect(kinds(withNotes)).toEqual(kinds(without));
  });
});
