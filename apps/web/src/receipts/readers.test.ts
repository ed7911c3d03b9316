import type { ReceiptRow } from '@parley/core/receipts';
import type { ParticipantRow } from '@parley/core/threads';
import { expect, test } from 'vitest';
import { readersOf, readersWords } from './readers.ts';

const participant = (id: string, data: Partial<ParticipantRow> = {}) => ({
  id,
  scope: 'people.thread:t',
  pending: [],
  data: { name: id, actingOrg: 'acme', placeholder: false, joinedAt: 1, leftAt: null, ...data },
});
const receipt = (id: string, upTo: number) => ({
  ...{ id, scope: 'receipts.thread:t', pending: [] },
  data: { upTo } satisfies ReceiptRow,
});
const names = ['Erin', 'Alice', 'Bob', 'Dave'];
const message = { seq: 5, authorId: 'Alice' };

test('whoever has read as far as a message has read it; its author is not asked', () => {
  const receipts = [receipt('Alice', 9), receipt('Erin', 5), receipt('Bob', 4)];
  const people = names.map((name) => participant(name));
  const { read, notYet } = readersOf(message, people, receipts);
  expect(read.map(({ name }) => name)).toEqual(['Erin']);
  expect(notYet.map(({ name }) => name)).toEqual(['Bob', 'Dave']);
});

test('nobody is waited for who left, or who has no account', () => {
  const people = [participant('Erin', { leftAt: 2 }), participant('Bob', { placeholder: true }), participant('Dave')];
  const { read, notYet } = readersOf(message, people, [receipt('Erin', 9)]);
  expect([read, notYet]).toEqual([[], [{ id: 'Dave', name: 'Dave' }]]);
});

test('what is on its way has been read by nobody', () => {
  const people = [participant('Bob')];
  expect(readersOf({ seq: null, authorId: 'Alice' }, people, [receipt('Bob', 9)]).read).toEqual([]);
});

test('one line says who, as long as they are few', () => {
  const people = (...those: string[]) => those.map((name) => ({ id: name, name }));
  const words = (read: string[], notYet: string[]) =>
    readersWords({ read: people(...read), notYet: people(...notYet) });
  expect(words([], ['Bob'])).toBe('Sent');
  expect(words(['Bob'], [])).toBe('Seen by Bob');
  expect(words(['Bob'], ['Erin'])).toBe('Seen by Bob');
  expect(words(['Bob', 'Erin'], ['Dave'])).toBe('Seen by Bob and Erin');
  expect(words(['Bob', 'Erin'], [])).toBe('Seen by everyone');
  expect(words(['Bob', 'Dave', 'Erin'], ['Frank'])).toBe('Seen by 3 of 4');
});
