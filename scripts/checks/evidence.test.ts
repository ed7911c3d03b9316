import { expect, test } from 'vitest';
import { evidenceIn, findMissingEvidence, findOddRequirements, requirementsIn } from './evidence.mjs';

const files: Record<string, string> = { 'src/a.test.ts': "test('opens once', …)", 'src/b.ts': 'const MINUTES = 10' };
const read = (path: string) => files[path];

test('a quote belongs to the path before it in its line; a word such as `met` is no path', () => {
  expect(evidenceIn('`src/a.test.ts` “opens once”, “twice”; `src/b.ts`, `met`\n“alone”')).toEqual([
    { path: 'src/a.test.ts', words: '' },
    { path: 'src/a.test.ts', words: 'opens once' },
    { path: 'src/a.test.ts', words: 'twice' },
    { path: 'src/b.ts', words: '' },
  ]);
});

test('what a document quotes and names is there', () => {
  expect(findMissingEvidence('X.md', '`src/a.test.ts` “opens once”, `src/b.ts` “MINUTES = 10”', read)).toEqual([]);
  expect(findMissingEvidence('X.md', '`src/a.test.ts` “opens twice”, `src/c.ts`', read)).toEqual([
    'X.md quotes “opens twice”, which is not in src/a.test.ts.',
    'X.md names src/c.ts, which is not there.',
  ]);
});

test('each requirement stands once, in a state that there is, and what is met says how', () => {
  const row = (id: string, state: string, shown = '`src/b.ts`') => `| ${id} | 1 | opens once | ${state} | ${shown} |`;
  const odd = (...rows: string[]) => findOddRequirements(requirementsIn(rows.join('\n')));
  expect(odd(row('6.1.1', 'met'), row('6.1.2', 'not met', 'nothing'), '| id | level | words |')).toEqual([]);
  expect(odd(row('6.1.1', 'met', 'trust us'))).toEqual(['6.1.1 is met, and names nothing that shows it.']);
  expect(odd(row('6.1.1', 'met'), row('6.1.1', 'met'))).toEqual(['6.1.1 stands there twice.']);
  expect(odd(row('6.1.1', 'nearly'))).toEqual([
    '6.1.1 is “nearly”, which is none of: met, not met, deviation, does not apply.',
  ]);
});
