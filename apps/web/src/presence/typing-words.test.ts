import { expect, test } from 'vitest';
import { typingWords } from './typing-words.ts';

test.each([
  [[], 'message', ''],
  [['Alice'], 'message', 'Alice is typing…'],
  [['Alice', 'Bob'], 'message', 'Alice and Bob are typing…'],
  [['Alice', 'Bob', 'Carol'], 'message', '3 people are typing…'],
  [['Alice'], 'note', 'Alice is writing a note…'],
] as const)('%j in a %s: %s', (names, what, words) => {
  expect(typingWords(names, what)).toBe(words);
});
