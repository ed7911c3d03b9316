import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';

const own = ['client', '@trpc/client', '@trpc/server'];

test.each([
  ['the client', 'index.ts', own, 8_000],
  ['what writes', 'mutate.ts', [...own, 'core', 'sync', 'lib0', 'uuid', 'yjs', 'zod'], 54_000],
  [
    'the live connection',
    'realtime.ts',
    [...own, 'core', 'sync', 'lib0', 'uuid', 'y-protocols', 'y-websocket', 'yjs', 'zod'],
    64_000,
  ],
])(
  'a service that takes %s takes none of the server, and little else',
  async (_name, entry, homes, most) => {
    const { output } = (await build({
      configFile: false,
      logLevel: 'silent',
      build: { write: false, lib: { entry: `${import.meta.dirname}/${entry}`, formats: ['es'] } },
    }).then((result) => [result].flat()[0])) as Rolldown.RolldownOutput;
    const chunks = output.filter((each) => each.type === 'chunk');
    const found = chunks
      .flatMap(({ modules }) => Object.keys(modules))
      .map((path) => /(?:.*\/node_modules\/|\/packages\/)((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
      .filter((home) => home !== undefined);
    expect(new Set(found)).toEqual(new Set(homes));
    const names = chunks.map(({ fileName }) => fileName);
    expect(chunks.flatMap(({ imports }) => imports).filter((name) => !names.includes(name))).toEqual([]);
    const code = chunks.map((chunk) => chunk.code).join('');
    expect(code).not.toMatch(/kysely|better-auth|from "node:|packages\/sync\/src\/server/);
    expect(gzipSync(code).length).toBeLessThan(most);
  },
  30_000,
);
