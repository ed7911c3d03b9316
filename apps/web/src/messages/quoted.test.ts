import { expect, test } from 'vitest';
import { quoted } from './quoted.ts';

const link = 'https://parley.example/t/1#m-2';

test('every line is quoted, below a link to the message', () => {
  expect(quoted({ text: 'One\n\ntwo\n', author: 'Bob Okafor', link })).toBe(
    `[Bob Okafor](${link}):\n> One\n>\n> two\n\n`,
  );
});

test('a name cannot end the link it is in', () => {
  expect(quoted({ text: 'Hi', author: 'Bob](https://evil.example) [x', link })).toContain(
    `[Bob\\](https://evil.example) \\[x](${link})`,
  );
});

test('a quote in a quote stays one', () => {
  expect(quoted({ text: '> earlier\nlater', author: 'Bob', link })).toContain('> > earlier\n> later');
});
