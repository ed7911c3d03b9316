/** "Alice is typing", in words for any number of people. */
const NAMED = 2;

export function typingWords(names: readonly string[], what: 'message' | 'note'): string {
  const act = what === 'note' ? 'writing a note' : 'typing';
  const [first] = names;
  if (first === undefined) return '';
  if (names.length > NAMED) return `${names.length} people are ${act}…`;
  return names.length === 1 ? `${first} is ${act}…` : `${names.join(' and ')} are ${act}…`;
}
