import { expect, test } from 'vitest';
import { findBrokenLinks, runnableExamples } from './documents.mjs';

test('only fences marked to run are examples', () => {
  const markdown = 'Text\n\n```ts run\nconst a = 1;\n```\n\n```sh\nrm -rf /\n```\n\n```sh run\ntrue\n```\n';
  expect(runnableExamples(markdown)).toEqual([
    { language: 'ts', code: 'const a = 1;\n', line: 3 },
    { language: 'sh', code: 'true\n', line: 11 },
  ]);
});

test('links to files that are not there are named; web addresses, anchors and code are left alone', () => {
  const markdown =
    '[a](documents.mjs) [b](./gone.md#part) [c](https://example.org) [d](#here) `[e](code.md)`\n```\n[f](f.md)\n```\n';
  expect(findBrokenLinks(import.meta.dirname, 'README.md', markdown)).toEqual(['README.md: ./gone.md is not there.']);
});
