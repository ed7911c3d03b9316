import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as scopes from './scopes.ts';

const id = '0198c0de-0000-7000-8000-00000000000a';

test('every scope that is spelled here is read back', () => {
  expect(scopes.parseScope(scopes.threadScope(id))).toEqual({ kind: 'thread', ids: [id] });
  expect(scopes.parseScope(scopes.threadPeopleScope(id))).toEqual({ kind: 'people.thread', ids: [id] });
  expect(scopes.parseScope(scopes.notesScope(id, id))).toEqual({ kind: 'notes', ids: [id, id] });
  expect(scopes.parseScope(scopes.userScope(id))).toEqual({ kind: 'user', ids: [id] });
  expect(scopes.parseScope(scopes.orgScope(id))).toEqual({ kind: 'org', ids: [id] });
  expect(scopes.parseScope(scopes.orgPeopleScope(id))).toEqual({ kind: 'people.org', ids: [id] });
});

test.each(['', 'thread', 'thread:', 'thread:1', `threads:${id}`, `notes:${id}`, `thread:${id}:${id}`, `thread:${id} `])(
  '%j is no scope',
  (text) => {
    expect(scopes.parseScope(text)).toBeUndefined();
  },
);

test('nothing that comes over the wire breaks the reader', () => {
  fc.assert(fc.property(fc.string(), (text) => scopes.parseScope(text)?.ids.length !== 0));
});

test('only threads and their notes have places', () => {
  expect(scopes.isPaged(scopes.threadScope(id))).toBe(true);
  expect(scopes.isPaged(scopes.notesScope(id, id))).toBe(true);
  expect(scopes.isPaged(scopes.threadPeopleScope(id))).toBe(false);
  expect(scopes.isPaged(scopes.userScope(id))).toBe(false);
});
