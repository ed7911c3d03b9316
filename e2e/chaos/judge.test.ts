/** The judge, before histories that somebody has forged. */
import { threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { beforeEach, expect, test } from 'vitest';
import type { Act, ClientReport, History, StoredMessage, ViewedMessage } from './history.ts';
import { FINDINGS, holds, judge, type Finding } from './judge.ts';

/** Bob was taken out of the thread at version 3 of it, and is back since 5. Carol never was in it. */
let history: History;
let alice: ClientReport;
let bob: ClientReport;
let carol: ClientReport;
let threadId: string;

beforeEach(() => {
  threadId = newId();
  alice = client('alice');
  bob = client('bob');
  carol = client('carol');
  const messages = [
    stored(1, alice, 'alice 1'),
    notice(2, 3, 'removed'),
    stored(3, alice, 'alice 3, edited'),
    notice(4, 5, 'added'),
    stored(5, bob, 'bob 1'),
  ];
  messages[2] = { ...stored(3, alice, 'alice 3, edited'), reactions: { '👍': [bob.personId] } };
  const [first, , second, , third] = messages as [
    StoredMessage,
    StoredMessage,
    StoredMessage,
    StoredMessage,
    StoredMessage,
  ];
  alice.acts = [
    act({ messageId: first.id, text: 'alice 1' }),
    act({ messageId: second.id, text: 'alice 2' }),
    act({ kind: 'edit', messageId: second.id, text: 'alice 3, edited' }),
    act({ kind: 'read', seq: 4 }),
  ];
  bob.acts = [
    act({ messageId: third.id, text: 'bob 1' }),
    act({ messageId: newId(), text: 'bob 2' }),
    act({ kind: 'reaction', messageId: second.id, text: '👍', on: false }),
    act({ kind: 'reaction', messageId: second.id, text: '👍', on: true }),
  ];
  bob.queue = [item(bob.acts[1], 'failed')];
  for (const reader of [alice, bob]) {
    reader.views[threadId] = messages.map(seen);
    reader.holds.push(threadScope(threadId), threadPeopleScope(threadId));
    reader.acknowledged = reader.acts.flatMap(({ id, messageId }) =>
      id !== null && bob.queue[0]?.messageId !== messageId ? [id] : [],
    );
  }
  alice.told = { [threadScope(threadId)]: [1, 2, 3, 4, 5, 6], [threadPeopleScope(threadId)]: [1, 2, 3] };
  bob.told = {
    [threadScope(threadId)]: [1, 2, 5, 6],
    [threadPeopleScope(threadId)]: [1, 3],
    [userScope(bob.personId)]: [9],
  };
  history = {
    clients: [alice, bob, carol],
    database: {
      messages,
      revisions: [{ messageId: second.id, text: 'alice 2' }],
      participants: [alice, bob].map(({ personId }) => ({ threadId, personId, left: false })),
      scheduled: [],
      readPositions: [{ threadId, personId: alice.personId, seq: 4 }],
      members: [],
      versions: { [threadScope(threadId)]: 6, [threadPeopleScope(threadId)]: 3 },
      results: {},
    },
  };
});

const client = (name: string): ClientReport => ({
  client: name,
  personId: newId(),
  acts: [],
  acknowledged: [],
  queue: [],
  views: {},
  holds: [],
  told: {},
  unanswered: [],
  connection: 'live',
});
const act = (given: Partial<Act>): Act => ({
  kind: 'message',
  threadId,
  messageId: '',
  text: '',
  on: true,
  seq: 0,
  held: false,
  id: newId(),
  kept: true,
  ...given,
});
const item = (of: Act | undefined, state: string) => ({
  id: of?.id ?? '',
  name: 'sendMessage',
  state,
  code: 'not_found',
  waitsFor: null,
  messageId: of?.messageId ?? null,
});
const stored = (seq: number, author: ClientReport, text: string): StoredMessage => ({
  id: newId(),
  threadId,
  authorId: author.personId,
  seq,
  text,
  reactions: {},
  version: seq + 1,
  notice: null,
});
const seen = ({ id, seq, text, reactions }: StoredMessage): ViewedMessage => ({
  id,
  seq,
  text,
  reactions,
  overlaid: false,
});
const notice = (seq: number, version: number, type: string): StoredMessage => ({
  ...stored(seq, alice, ''),
  authorId: null,
  version,
  notice: { type, personIds: [bob.personId] },
});

/** The one finding there is, and of which kind. */
function expectFinding(kind: Finding, words: RegExp): void {
  const verdict = judge(history);
  const found = FINDINGS.flatMap((each) => verdict[each].map((sentence) => [each, sentence]));
  expect(found).toEqual([[kind, expect.stringMatching(words)]]);
  expect(holds(verdict)).toBe(false);
}
const message = (seq: number): StoredMessage => {
  const found = history.database.messages.find((each) => each.seq === seq);
  if (!found) throw new Error(`There is no message at ${seq}.`);
  return found;
};
const forget = (seq: number) => {
  history.database.messages = history.database.messages.filter((each) => each.seq !== seq);
  for (const reader of history.clients) {
    reader.views[threadId] = (reader.views[threadId] ?? []).filter((each) => each.seq !== seq);
  }
};

test('finds nothing where nothing is wrong', () => {
  const verdict = judge(history);
  expect(verdict).toEqual({
    messages: 3,
    lost: [],
    doubled: [],
    reordered: [],
    stranded: [],
    leaked: [],
    diverged: [],
  });
  expect(holds(verdict)).toBe(true);
});

test('what was cut off by a kill may be there or not', () => {
  alice.acts.push(act({ messageId: newId(), text: 'alice 4', id: null, kept: false }));
  expect(holds(judge(history))).toBe(true);
});

test('a lost message', () => {
  forget(5);
  bob.acknowledged = [];
  expectFinding('lost', /"bob 1" of bob is nowhere/);
});

test('a message that was acknowledged, of a program that was killed before it heard that it was safe', () => {
  forget(5);
  const [first] = bob.acts;
  if (first) first.kept = false;
  expectFinding('lost', /"bob 1" of bob was acknowledged and is not on the server/);
});

test('a gap between places', () => {
  forget(1);
  alice.acts.shift();
  expectFinding('lost', /has a gap before 2/);
});

test('a lost edit', () => {
  Object.assign(message(3), { text: 'alice 2' });
  history.database.revisions = [];
  for (const reader of [alice, bob]) Object.assign(reader.views[threadId]?.[2] ?? {}, { text: 'alice 2' });
  expectFinding('lost', /The edit "alice 3, edited" of alice is nowhere/);
});

test('a lost reaction', () => {
  message(3).reactions = {};
  for (const reader of [alice, bob]) Object.assign(reader.views[threadId]?.[2] ?? {}, { reactions: {} });
  expectFinding('lost', /bob last gave 👍/);
});

test('a lost read position', () => {
  history.database.readPositions = [{ threadId, personId: alice.personId, seq: 3 }];
  expectFinding('lost', /alice had read .* up to 4, not 3/);
});

test('a doubled message', () => {
  const twin = { ...stored(6, bob, 'bob 1'), id: newId() };
  history.database.messages.push(twin);
  bob.acts.push(act({ messageId: twin.id, text: 'bob 1 again' }));
  for (const reader of [alice, bob]) reader.views[threadId]?.push(seen(twin));
  expectFinding('doubled', /"bob 1" is there as .* and as/);
});

test('a message on the server and among the dead letters', () => {
  bob.queue.push(item(bob.acts[0], 'failed'));
  expectFinding('doubled', /"bob 1" of bob is on the server and among the dead letters/);
});

test('an edit that was done twice', () => {
  history.database.revisions.push({ messageId: message(3).id, text: 'alice 3, edited' });
  expectFinding('doubled', /was done 2 times/);
});

test("an author's messages in another order than they were written in", () => {
  alice.acts.reverse();
  expectFinding('reordered', /"alice 1" of alice stands before "alice 2"/);
});

test('held messages stand where they come to stand', () => {
  alice.acts.reverse();
  for (const each of alice.acts) each.held = true;
  expect(holds(judge(history))).toBe(true);
});

test('a view in another order than the places', () => {
  alice.views[threadId]?.reverse();
  expectFinding('reordered', /alice sees thread .* in another order: 5 4 3 2 1/);
});

test('a message in the queue', () => {
  bob.queue[0] = item(bob.acts[1], 'waiting');
  const verdict = judge(history);
  expect(verdict.stranded).toEqual([expect.stringMatching(/bob still has sendMessage .*, waiting/)]);
});

test('what is parked with a refused item waits for it, and with nothing else', () => {
  const edit = act({ kind: 'edit', messageId: bob.acts[1]?.messageId ?? '', text: 'bob 2, edited' });
  bob.acts.push(edit);
  const parked = { ...item(edit, 'waiting'), name: 'editMessage', messageId: null };
  bob.queue.push({ ...parked, waitsFor: bob.queue[0]?.id ?? '' });
  expect(holds(judge(history))).toBe(true);
  bob.queue[1] = { ...parked, waitsFor: newId() };
  expectFinding('stranded', /bob still has editMessage .*, waiting/);
});

test('a scheduled message that does not go out, or whose refusal its author keeps', () => {
  const messageId = newId();
  bob.acts.push(act({ messageId, text: 'bob 3', held: true }));
  history.database.scheduled = [{ messageId, personId: bob.personId, refused: true }];
  expect(holds(judge(history))).toBe(true);
  history.database.scheduled = [{ messageId, personId: bob.personId, refused: false }];
  expectFinding('stranded', /The scheduled message .* has not gone out/);
  history.database.scheduled = [{ messageId, personId: alice.personId, refused: true }];
  expectFinding('lost', /"bob 3" of bob is nowhere/);
});

test('a program that does not find the server', () => {
  carol.connection = 'reconnecting';
  expectFinding('stranded', /carol is reconnecting/);
});

test.each([
  [
    'what happened while the person was out',
    () => bob.told[threadScope(threadId)]?.push(4),
    /bob was told of thread:.* as of 4/,
  ],
  ['the act that took the person out', () => bob.told[threadScope(threadId)]?.push(3), /as of 3/],
  ['who was there meanwhile', () => bob.told[threadPeopleScope(threadId)]?.push(2), /people.thread:.* as of 2/],
  ['a thread that a person was never in', () => (carol.told[threadScope(threadId)] = [6]), /carol was told/],
  ['what is of somebody alone', () => (carol.told[userScope(bob.personId)] = [1]), /carol was told of user:/],
  ['what a device kept', () => carol.holds.push(threadScope(threadId)), /carol still holds thread:/],
  ['a directory, to somebody who is no member', () => (carol.told[`people.org:${newId()}`] = [1]), /people.org/],
])('a leak: %s', (_what, forge, words) => {
  forge();
  expectFinding('leaked', words);
});

test('a view that lacks a message', () => {
  bob.views[threadId]?.splice(2, 1);
  expectFinding('diverged', /bob does not see "alice 3, edited"/);
});

test('a view of an earlier state', () => {
  Object.assign(bob.views[threadId]?.[2] ?? {}, { text: 'alice 2' });
  expectFinding('diverged', /bob sees "alice 2" of .* in a state that is not the last/);
});

test('what was refused may be shown over a message', () => {
  Object.assign(bob.views[threadId]?.[2] ?? {}, { text: 'an edit that was refused', overlaid: true });
  expect(holds(judge(history))).toBe(true);
});

test('a view may begin above a message over which something refused is shown', () => {
  const [first, ...others] = bob.views[threadId] ?? [];
  if (!first) throw new Error('Bob sees nothing.');
  bob.views[threadId] = [{ ...first, overlaid: true }, ...others.slice(-2)];
  expect(holds(judge(history))).toBe(true);
  bob.views[threadId] = [first, ...others.slice(-2)];
  expect(judge(history).diverged).not.toEqual([]);
});

test('a view that holds what the server has not', () => {
  bob.views[threadId]?.push(seen(stored(6, bob, 'ghost')));
  expectFinding('diverged', /bob sees "ghost" .*, which the server has not/);
});

test('a message under the name of somebody else', () => {
  message(1).authorId = bob.personId;
  expectFinding('diverged', /under .*, who did not write it/);
});

test('a refusal of somebody who always took part', () => {
  const refused = act({ messageId: newId(), text: 'alice 4' });
  alice.acts.push(refused);
  alice.queue.push(item(refused, 'failed'));
  expectFinding('diverged', /"alice 4" of alice was refused/);
});

test('a thread that somebody started and that is nowhere', () => {
  alice.acts.push(act({ kind: 'thread', threadId: newId() }));
  expectFinding('lost', /which alice started, is nowhere/);
});

test('nothing is wrong with a refusal in a thread that never came to be', () => {
  const threadId = newId();
  alice.acts.push(act({ kind: 'thread', threadId, kept: false }));
  const refused = act({ messageId: newId(), text: 'alice 4', threadId });
  alice.acts.push(refused);
  alice.queue.push(item(refused, 'failed'));
  expect(FINDINGS.flatMap((kind) => judge(history)[kind])).toEqual([]);
});
