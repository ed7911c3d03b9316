import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOLES } from './holes.ts';

const root = new URL('../../', import.meta.url);

test.each(Object.entries(HOLES))('%s: its place is there once, and so are its tests', (_, hole) => {
  const parts = readFileSync(new URL(hole.file, root), 'utf8').split(hole.before);
  expect(parts).toHaveLength(2);
  for (const file of hole.tests) expect(existsSync(new URL(file, root)), file).toBe(true);
});
