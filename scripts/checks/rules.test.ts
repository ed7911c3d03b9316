import { expect, test } from 'vitest';
import { findRuleProblems, quotesIn, rulesIn, tableOf, withTable } from './rules.mjs';

const spec =
  '- **[AB1]** One.\n- **[AB2]** Two, see [AB1].\n\n<!-- prettier-ignore-start -->\n<!-- prettier-ignore-end -->\n';
const quotes = (ids: Record<string, string[]>) => new Map(Object.entries(ids));
const good = quotes({ 'a.test.ts': ['AB1', 'AB2'], 'b.test.ts': ['AB2', 'OTHER1'] });
const whole = withTable(spec, tableOf(['AB1', 'AB2'], good));

test('rules are list items, and quotes are what tests say outside comments', () => {
  expect(rulesIn(spec)).toEqual(['AB1', 'AB2']);
  expect(quotesIn("/** [AB1] */\n// [AB2]\n * [AB3]\ntest('[AB4] …'); rows[A1]; rows[X];\n'[AB4]'")).toEqual(['AB4']);
});

test('a table that is true passes, in whatever order its lines are', () => {
  expect(findRuleProblems(whole, good)).toEqual([]);
  const swapped = whole.replace(/(\| AB1.*\n)(\| AB2.*\n)/, '$2$1');
  expect(swapped).not.toBe(whole);
  expect(findRuleProblems(swapped, good)).toEqual([]);
});

test.each([
  ['a rule without a test', whole, quotes({ 'a.test.ts': ['AB1'] }), '[AB2] is quoted by no test.'],
  [
    'a quote of no rule',
    whole,
    quotes({ 'a.test.ts': ['AB1', 'AB2', 'AB9'] }),
    'a.test.ts quotes [AB9], which is no rule.',
  ],
  ['a rule stated twice', `- **[AB1]** Again.\n${whole}`, good, '[AB1] is stated twice.'],
  ['a table that lags behind', spec, good, 'The table of packages/sync/SPEC.md is out of date: npm run rules'],
])('%s is named', (_what, markdown, quoted, problem) => {
  expect(findRuleProblems(markdown, quoted)).toContain(problem);
});

test('a specification without a place for the table is an error', () => {
  expect(() => withTable('# Nothing', [])).toThrow('no place');
});
