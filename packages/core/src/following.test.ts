import { describe, expect, test } from 'vitest';
import { followedScopes } from './following.ts';
import type { Role } from './organisations.ts';
import {
  notesScope,
  orgPeopleScope,
  orgScope,
  receiptsScope,
  threadPeopleScope,
  threadScope,
  userScope,
} from './scopes.ts';
import type { TableName, Tables } from './tables.ts';

const alice = 'alice';
const acme = 'acme';

interface World {
  role: Role;
  receipts?: boolean | undefined;
  threads: { id: string; at: number; lastSeq: number; read: number; left?: boolean; partner?: boolean }[];
  /** Place of the newest of Acme's notes in each partner thread. */
  lastNote?: number;
  actingOrg?: string;
}

function followed({ role, receipts = true, threads, lastNote = 0, actingOrg = acme }: World) {
  const own = userScope(alice);
  const rows: { [T in TableName]?: { scope: string; id: string; data: Partial<Tables[T]> }[] } = {
    membership: [{ scope: own, id: acme, data: { role, active: true } }],
    thread: threads.map(({ id, at, lastSeq, partner }) => ({
      scope: threadScope(id),
      id,
      data: { lastSeq, createdAt: at, lastMessage: null, kind: partner ? 'external' : 'internal' },
    })),
    noteHead: threads.map(({ id }) => ({ scope: notesScope(id, actingOrg), id, data: { lastSeq: lastNote } })),
    settings: [{ scope: own, id: alice, data: { receipts } }],
    participation: threads.map(({ id, left }) => ({ scope: own, id, data: { actingOrg, leftAt: left ? 1 : null } })),
    readPosition: threads.map(({ id, read }) => ({ scope: own, id, data: { seq: read, noteSeq: 0 } })),
  };
  return followedScopes(alice, { all: (table) => (rows[table] ?? []) as never });
}

describe('followed scopes', () => {
  test('a guest follows no organisation', () => {
    expect(followed({ role: 'guest', threads: [] })).toEqual([{ scope: userScope(alice), urgent: true }]);
  });

  test('a member follows the organisation, its people, and the threads, newest first', () => {
    const scopes = followed({
      role: 'member',
      threads: [
        { id: 'old', at: 1, lastSeq: 3, read: 3 },
        { id: 'new', at: 2, lastSeq: 3, read: 3 },
      ],
    }).map(({ scope }) => scope);
    expect(scopes).toEqual([
      userScope(alice),
      orgScope(acme),
      orgPeopleScope(acme),
      threadScope('new'),
      threadScope('old'),
      threadPeopleScope('new'),
      threadPeopleScope('old'),
      receiptsScope('new'),
      receiptsScope('old'),
    ]);
  });

  test('notes are followed in partner threads, back to the read position, by those who may read them', () => {
    const threads = [{ id: 'one', at: 1, lastSeq: 1, read: 0, partner: true }];
    const notes = (world: Partial<World>) =>
      followed({ role: 'member', threads, lastNote: 90, ...world }).filter(({ scope }) => scope.startsWith('notes:'));
    expect(notes({})).toEqual([{ scope: notesScope('one', acme), urgent: false, low: 1 }]);
    expect(notes({ lastNote: 120 })).toEqual([{ scope: notesScope('one', acme), urgent: false, low: 21 }]);
    expect(notes({ role: 'guest' })).toEqual([]);
    expect(notes({ actingOrg: 'elsewhere' })).toEqual([]);
    expect(notes({ threads: [{ id: 'one', at: 1, lastSeq: 1, read: 0 }] })).toEqual([]);
    expect(notes({ threads: [{ id: 'one', at: 1, lastSeq: 1, read: 0, partner: true, left: true }] })).toEqual([]);
  });

  test('receipts are followed while they are open, and not by whoever switched theirs off', () => {
    const threads = [{ id: 'one', at: 1, lastSeq: 1, read: 0 }];
    const receipts = (on?: boolean) =>
      followed({ role: 'member', threads, receipts: on }).filter(({ scope }) => scope === receiptsScope('one'));
    const whileOpen = [{ scope: receiptsScope('one'), urgent: false, whileOpen: true }];
    expect([receipts(), receipts(true), receipts(false)]).toEqual([whileOpen, whileOpen, []]);
  });

  test('a thread that was left is not followed', () => {
    const threads = [{ id: 'gone', at: 1, lastSeq: 1, read: 0, left: true }];
    expect(followed({ role: 'member', threads }).map(({ scope }) => scope)).not.toContain(threadScope('gone'));
  });

  test.each([
    { read: 1_000, low: 971, why: 'thirty messages where all is read' },
    { read: 940, low: 941, why: 'back to the read position' },
    { read: 0, low: 901, why: 'a hundred at most: more is shown as 99+' },
  ])('holds $why', ({ read, low }) => {
    const threads = [{ id: 'long', at: 1, lastSeq: 1_000, read }];
    expect(followed({ role: 'member', threads })).toContainEqual({ scope: threadScope('long'), urgent: true, low });
  });

  test('holds no messages of the fifty-first thread when all is read there', () => {
    const threads = Array.from({ length: 51 }, (_, index) => ({ id: `${index}`, at: -index, lastSeq: 40, read: 40 }));
    expect(followed({ role: 'member', threads })).toContainEqual({ scope: threadScope('50'), urgent: true, low: 41 });
  });
});
