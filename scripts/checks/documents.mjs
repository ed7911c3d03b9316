import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The runnable examples of a Markdown text: fences marked `ts run` or `sh run`. Returns `{language, code, line}`. */
export function runnableExamples(markdown) {
  const examples = [];
  for (const match of markdown.matchAll(/^```(ts|sh) run\n([\s\S]*?)^```$/gm)) {
    const line = markdown.slice(0, match.index).split('\n').length;
    examples.push({ language: match[1], code: match[2], line });
  }
  return examples;
}

/** Relative links of the Markdown file at `path` (below `root`) whose target is not there. */
export function findBrokenLinks(root, path, markdown) {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target.split('#')[0])
    .filter((target) => target !== '' && !/^[a-z][a-z+.-]*:/i.test(target))
    .filter((target) => !existsSync(join(root, dirname(path), decodeURI(target))))
    .map((target) => `${path}: ${target} is not there.`);
}
