/**
 * The rules of a specification and the tests that quote them. A rule is a list item that begins with its id,
 * `- **[CUR1]** …`; a test quotes it in a title, `test('[CUR1] …')`. The table of both stands between two marks at the
 * end of the specification.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from '../bootstrap/run-quietly.mjs';
import { sourceFiles } from './source-files.mjs';

const SPEC = 'packages/sync/SPEC.md';
const TESTS = /\.(test|journey)\.tsx?$/;
export const RENEW = 'npm run rules';

const begin = '<!-- prettier-ignore-start -->';
const end = '<!-- prettier-ignore-end -->';

/** @returns ids in the order in which they are stated, one stated twice twice */
export function rulesIn(markdown) {
  return [...markdown.matchAll(/^- \*\*\[([A-Z]+\d+)\]\*\*/gm)].map(([, id]) => id);
}

/** @returns ids that the source of a test quotes outside its comments */
export function quotesIn(source) {
  const code = source.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '');
  return [...new Set([...code.matchAll(/\[([A-Z]{2,}\d+)\]/g)].map(([, id]) => id))];
}

/** One line a rule. @param quotes path of a test → ids it quotes */
export function tableOf(rules, quotes) {
  const lines = rules.map((id) => {
    const paths = [...quotes].flatMap(([path, ids]) => (ids.includes(id) ? [`\`${path}\``] : []));
    return `| ${id} | ${paths.sort().join(', ')} |`;
  });
  return ['| rule | tests that quote it |', '| --- | --- |', ...lines];
}

/** @returns sentences, none where all is well */
export function findRuleProblems(markdown, quotes) {
  const rules = rulesIn(markdown);
  const families = new Set(rules.map(familyOf));
  const problems = rules.flatMap((id, index) => (rules.indexOf(id) < index ? [`[${id}] is stated twice.`] : []));
  const quoted = new Set([...quotes.values()].flat());
  for (const id of rules) if (!quoted.has(id)) problems.push(`[${id}] is quoted by no test.`);
  for (const [path, ids] of quotes) {
    for (const id of ids) {
      if (families.has(familyOf(id)) && !rules.includes(id)) problems.push(`${path} quotes [${id}], which is no rule.`);
    }
  }
  // Lines that a merge has put into another order are as true as before.
  const [table, truth] = [new Set(tableIn(markdown)), new Set(tableOf(rules, quotes))];
  const isTrue = table.size === truth.size && [...table].every((line) => truth.has(line));
  if (!isTrue) problems.push(`The table of ${SPEC} is out of date: ${RENEW}`);
  return problems;
}

/** @throws where the marks are missing */
export function withTable(markdown, lines) {
  const [before, rest] = markdown.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined) throw new Error(`${SPEC} has no place for the table.`);
  return `${before}${begin}\n\n${lines.join('\n')}\n\n${end}${after}`;
}

const familyOf = (id) => id.replace(/\d+$/, '');

function tableIn(markdown) {
  const [, rest = ''] = markdown.split(begin);
  return rest.split(end)[0].split('\n').filter(Boolean);
}

function readQuotes() {
  return new Map(sourceFiles(TESTS).map((path) => [path, quotesIn(readFileSync(root + path, 'utf8'))]));
}

/** Of the specification as it lies here. */
export function checkRules() {
  const markdown = readFileSync(root + SPEC, 'utf8');
  return { rules: rulesIn(markdown).length, problems: findRuleProblems(markdown, readQuotes()) };
}

/** Writes the table anew. */
export function renewTable() {
  const markdown = readFileSync(root + SPEC, 'utf8');
  writeFileSync(root + SPEC, withTable(markdown, tableOf([...new Set(rulesIn(markdown))], readQuotes())));
}
