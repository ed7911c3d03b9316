import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

const alice = '0198c2f0-1111-7000-8000-000000000001';
const name = (id: string) => (id === alice ? 'Alice' : undefined);

test.each([
  ['**bold** and _soft_ `code`', 'bold and soft code'],
  ['one\ntwo\n\nthree', 'one two three'],
  ['# head\n\ntext', 'head text'],
  ['- a\n- b', 'a b'],
  ['> quoted\n\nanswer', 'quoted answer'],
  ['[words](https://example.com)', 'words'],
  ['https://example.com/a', 'https://example.com/a'],
  ['![plan](https://example.com/p.png)', 'plan'],
  ['![](https://example.com/p.png)', 'image'],
  ['```js\nlet a = 1;\n```', 'let a = 1;'],
  ['<b>x</b>', '<b>x</b>'],
  [`hello <@${alice}>!`, 'hello @Alice!'],
  ['<@0198c2f0-1111-7000-8000-000000000009> ?', '@someone ?'],
  [`cut in a mention <@${alice.slice(0, 12)}`, 'cut in a mention'],
  ['| a | b |\n|---|---|\n| 1 | 2 |', 'a b 1 2'],
  ['', ''],
])('%j is %j', (markdown, plain) => {
  expect(plainText(markdown, name)).toBe(plain);
});

test('a name that changes is shown at once', () => {
  const text = `ask <@${alice}>`;
  expect(plainText(text, () => 'Alice')).toBe('ask @Alice');
  expect(plainText(text, () => 'Alice Lindqvist')).toBe('ask @Alice Lindqvist');
});
