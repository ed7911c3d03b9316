import { expect, test } from 'vitest';
import { lastWords } from './last-words.ts';

const names: Record<string, string> = { bob: 'Bob Okafor', mina: 'Mina Sato' };
const words = (last: Partial<Parameters<typeof lastWords>[0]>) =>
  lastWords({ id: 'm', authorId: 'bob', kind: 'internal', snippet: 'Gate **2**', at: 1, ...last }, 'alice', (id) =>
    id in names ? names[id] : undefined,
  );

test('says who wrote what last', () => {
  expect(words({})).toBe('Bob: Gate 2');
  expect(words({ authorId: 'alice' })).toBe('You: Gate 2');
  expect(words({ authorId: 'stranger' })).toBe('Gate 2');
  expect(words({ snippet: '' })).toBe('Bob: Message deleted');
});

test('says who wrote a note last', () => {
  const note = { id: 'n', authorId: 'bob', snippet: 'Between us', at: 1 };
  expect(lastWords(note, 'alice', (id) => names[id])).toBe('Bob: Between us');
  expect(lastWords({ ...note, snippet: '' }, 'bob', (id) => names[id])).toBe('You: Note deleted');
});

test('says what the software said', () => {
  const system = { authorId: null, kind: 'system', snippet: '' } as const;
  expect(words({ ...system, notice: { type: 'added', by: 'alice', personIds: ['bob', 'mina'] } })).toBe(
    'You added Bob and Mina',
  );
  expect(words({ ...system, notice: { type: 'removed', by: 'bob', personIds: ['bob'] } })).toBe('Bob left');
  expect(words({ ...system, notice: { type: 'resolved', by: 'stranger' } })).toBe('Someone resolved this thread');
  expect(words({ ...system, notice: { type: 'renamed', by: 'bob', subject: 'Rota' } })).toBe(
    'Bob renamed this thread “Rota”',
  );
});
