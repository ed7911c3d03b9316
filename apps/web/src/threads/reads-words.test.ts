import { expect, test } from 'vitest';
import { readsWords } from './reads-words.ts';

const bob = { name: 'Bob Okafor', placeholder: false };
const carol = { name: 'Carol Weiss', placeholder: false };
const imported = { name: 'Mai', placeholder: true };

test('says who will read it, and who only once they join', () => {
  expect(readsWords([], 'Acme')).toBe('Only you are here. Add people in the details.');
  expect(readsWords([bob], 'Acme')).toBe('Read by Bob Okafor at Acme');
  expect(readsWords([bob, carol], undefined)).toBe('Read by 2 others');
  expect(readsWords([bob, carol], 'Acme', ['Globex'])).toBe('Read by 2 others at Acme and Globex');
  expect(readsWords([bob, carol, imported], 'Acme')).toBe('Read by 2 others at Acme, and by 1 who has not joined yet');
  expect(readsWords([imported, imported], 'Acme')).toBe('Read by you, and by 2 who have not joined yet');
});
