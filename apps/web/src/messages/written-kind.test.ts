import { expect, test } from 'vitest';
import { draftKeyOf } from './draft-key.ts';
import { writtenKind } from './written-kind.ts';

test.each([
  ['nothing is begun', { chosen: null, message: '', note: '' }, 'message'],
  ['a note is begun', { chosen: null, message: '', note: 'Between us' }, 'note'],
  ['a message is begun', { chosen: null, message: 'Dear all', note: '' }, 'message'],
  ['both are begun', { chosen: null, message: 'Dear all', note: 'Between us' }, 'message'],
  ['only a blank is left of a message', { chosen: null, message: ' \n', note: 'Between us' }, 'note'],
  ['a note was chosen', { chosen: 'note', message: 'Dear all', note: '' }, 'note'],
  ['a message was chosen', { chosen: 'message', message: '', note: 'Between us' }, 'message'],
] as const)('where %s', (_words, begun, kind) => {
  expect(writtenKind(begun)).toBe(kind);
});

test('drafts of a message, of a reply and of a note are kept apart', () => {
  const threadId = 'thread-1';
  const keys = [
    draftKeyOf({ threadId, rootId: null }),
    draftKeyOf({ threadId, rootId: 'message-1' }),
    draftKeyOf({ threadId, rootId: null, kind: 'note' }),
  ];
  expect(new Set(keys).size).toBe(3);
});
