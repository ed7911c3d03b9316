import { expect, test } from 'vitest';
import { noticeWords } from './notice-words.ts';

const names: Record<string, string> = { a: 'Alice', b: 'Bob', c: 'Carol', d: 'Dave', e: 'Eve', f: 'Frank' };
const nameOf = (id: string) => names[id] ?? 'Someone';

test('words who did what to whom, the reader as you', () => {
  expect(noticeWords({ type: 'added', by: 'a', personIds: ['b'] }, nameOf, 'c')).toBe('Alice added Bob');
  expect(noticeWords({ type: 'added', by: 'a', personIds: ['b', 'c'] }, nameOf, 'a')).toBe('You added Bob and Carol');
  expect(noticeWords({ type: 'removed', by: 'a', personIds: ['b'] }, nameOf, 'b')).toBe('Alice removed you');
  expect(noticeWords({ type: 'removed', by: 'b', personIds: ['b'] }, nameOf, 'a')).toBe('Bob left');
  expect(noticeWords({ type: 'removed', by: 'b', personIds: ['b'] }, nameOf, 'b')).toBe('You left');
  expect(noticeWords({ type: 'added', by: 'a', personIds: ['b', 'c', 'd', 'e', 'f'] }, nameOf, 'x')).toBe(
    'Alice added Bob, Carol, Dave, Eve, and 1 more',
  );
  expect(noticeWords({ type: 'added', by: 'a', personIds: ['b', 'c', 'd', 'e'], more: 7 }, nameOf, 'x')).toBe(
    'Alice added Bob, Carol, Dave, Eve, and 7 more',
  );
});

test('[GRP7] words a group as one, by the name it had', () => {
  const team = { kind: 'team', name: 'Drivers' } as const;
  expect(noticeWords({ type: 'added', by: 'a', personIds: ['t'], group: team }, nameOf, 'b')).toBe(
    'Alice added the team Drivers',
  );
  const org = { kind: 'org', name: 'Acme Freight' } as const;
  expect(noticeWords({ type: 'removed', by: 'a', personIds: ['o'], group: org }, nameOf, 'a')).toBe(
    'You removed everyone at Acme Freight',
  );
});

test('words what was done to the thread itself', () => {
  expect(noticeWords({ type: 'renamed', by: 'a', subject: 'Rota' }, nameOf, 'a')).toBe(
    'You renamed this thread “Rota”',
  );
  expect(noticeWords({ type: 'resolved', by: 'b' }, nameOf, 'a')).toBe('Bob resolved this thread');
  const continued = { type: 'continued', by: 'a', threadId: 't', partners: ['Globex'] } as const;
  expect(noticeWords({ ...continued, partners: [...continued.partners] }, nameOf, 'b')).toBe(
    'Alice continued this with Globex in another thread',
  );
  // The reader does not know with whom.
  expect(noticeWords({ ...continued, partners: [] }, nameOf, 'a')).toBe('You continued this in another thread');
  expect(noticeWords({ type: 'reopened', by: 'a' }, nameOf, 'a')).toBe('You reopened this thread');
});
