/**
 * Documents that claim something and say what shows it: `path`, and behind it “words” that stand in that file, such as
 * the title of a test.
 */
import { readFileSync } from 'node:fs';
import { root } from '../bootstrap/run-quietly.mjs';
import { sourceFiles } from './source-files.mjs';

const DOCUMENTS = ['SECURITY.md', 'docs/security-asvs.md'];
const STATES = ['met', 'not met', 'deviation', 'does not apply'];

/** Each quote beside the path that stands before it in its line. */
export function evidenceIn(markdown) {
  return markdown.split('\n').flatMap((line) => {
    let path = '';
    return [...line.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.\w+)`|“([^”]+)”/g)].flatMap(([, named, words]) => {
      if (words !== undefined) return path === '' ? [] : [{ path, words }];
      path = named;
      return [{ path, words: '' }];
    });
  });
}

/** @param read text of a file, `undefined` where there is none @returns sentences, none where all is well */
export function findMissingEvidence(document, markdown, read) {
  return evidenceIn(markdown).flatMap(({ path, words }) => {
    const text = read(path);
    if (text === undefined) return [`${document} names ${path}, which is not there.`];
    return text.includes(words) ? [] : [`${document} quotes “${words}”, which is not in ${path}.`];
  });
}

/** Rows of the table of requirements: `| 6.1.1 | 1 | in our words | met | shown by |`. */
export function requirementsIn(markdown) {
  return [...markdown.matchAll(/^\| (\d+\.\d+\.\d+) +\|(.*)\|$/gm)].map(([, id, cells]) => {
    const [level, words, state, shown] = cells.split('|').map((cell) => cell.trim());
    return { id, level, words, state, shown };
  });
}

/** @returns sentences, none where all is well */
export function findOddRequirements(requirements) {
  const ids = requirements.map(({ id }) => id);
  return requirements.flatMap(({ id, state, shown = '' }, index) => [
    ...(ids.indexOf(id) < index ? [`${id} stands there twice.`] : []),
    ...(STATES.includes(state) ? [] : [`${id} is “${state}”, which is none of: ${STATES.join(', ')}.`]),
    ...(state !== 'met' || evidenceIn(shown).length > 0 ? [] : [`${id} is met, and names nothing that shows it.`]),
  ]);
}

/** Of the documents as they lie here. @returns what is wrong, and how many requirements are in which state */
export function checkEvidence() {
  const known = new Set(sourceFiles(/./));
  const read = (path) => (known.has(path) ? readFileSync(root + path, 'utf8') : undefined);
  const texts = DOCUMENTS.map((path) => [path, readFileSync(root + path, 'utf8')]);
  const requirements = texts.flatMap(([, markdown]) => requirementsIn(markdown));
  const counts = STATES.map((state) => `${requirements.filter((each) => each.state === state).length} ${state}`);
  return {
    problems: [
      ...texts.flatMap(([path, markdown]) => findMissingEvidence(path, markdown, read)),
      ...findOddRequirements(requirements),
    ],
    summary: counts.join(', '),
  };
}
