import { expect, test } from 'vitest';
import { findForbiddenImports } from './import-rules.mjs';

const problems = (path: string, source: string) =>
  findForbiddenImports(path, source).map(({ line, message }) => `${line}: ${message}`);

test.each([
  ['apps/web/src/a.ts', `import { act } from '@parley/sync/client';\nimport { Button } from '@parley/ui';`],
  ['apps/web/src/a.ts', `import type { AppRouter } from '@parley/api/router';`],
  ['apps/web/src/a.ts', `import { type AppRouter } from '@parley/api/router';`],
  ['apps/web/src/a.ts', `type Router = import('@parley/api/router').AppRouter;`],
  ['apps/api/src/a.ts', `import { openDatabase } from '@parley/db';\nimport 'node:fs';`],
  ['packages/core/src/a.ts', `import * as z from 'zod/mini';\nimport { x } from './b.ts';`],
  ['packages/db/src/a.test.ts', `import { startClient } from '@parley/sync/client';`],
  ['packages/db/src/a.db.test.ts', `import { createTestDatabase } from './testing/test-database.ts';`],
])('%s may: %s', (path, source) => {
  expect(problems(path, source)).toEqual([]);
});

test.each([
  ['apps/web/src/a.ts', `\nimport { db } from '@parley/db';`, '2: apps/web must not import @parley/db.'],
  ['apps/web/src/a.ts', `await import('@parley/sync/server');`, '1: apps/web must not import @parley/sync/server.'],
  ['apps/web/src/a.ts', `export { x } from '@parley/jobs';`, '1: apps/web must not import @parley/jobs.'],
  [
    'apps/web/src/a.ts',
    `import { appRouter } from '@parley/api/router';`,
    '1: apps/web may import only types from @parley/api/router.',
  ],
  [
    'apps/web/src/a.ts',
    `import { type A, b } from '@parley/api/router';`,
    '1: apps/web may import only types from @parley/api/router.',
  ],
  ['apps/web/src/a.tsx', `import 'node:path';`, '1: node:path does not exist in a browser.'],
  ['apps/api/src/a.ts', `import '@parley/emails';`, '1: apps/api must not import @parley/emails.'],
  ['apps/api/src/a.ts', `import '@parley/db/testing';`, '1: apps/api must not import @parley/db/testing.'],
  [
    'packages/core/src/a.ts',
    `import { z } from 'zod';`,
    '1: core may import only zod/mini, uuid, yjs from outside, not zod.',
  ],
  ['packages/core/src/a.ts', `import '@parley/db';`, '1: packages/core must not import @parley/db.'],
  ['packages/ui/src/a.tsx', `import '@parley/core/text';`, '1: packages/ui must not import @parley/core/text.'],
  [
    'packages/db/src/a.ts',
    `import '../../sync/src/mutator.ts';`,
    '1: ../../sync/src/mutator.ts leaves packages/db: import the package by its name.',
  ],
  ['packages/db/src/a.ts', `import './testing/index.ts';`, '1: ./testing/index.ts is for tests only.'],
  [
    'packages/sync/src/client/a.ts',
    `import '../server/index.ts';`,
    '1: The client half of sync must not import its server half.',
  ],
  ['packages/db/src/a.test.ts', `import '@parley/api/router';`, '1: packages/db must not import @parley/api/router.'],
])('%s must not: %s', (path, source, problem) => {
  expect(problems(path, source)).toEqual([problem]);
});
