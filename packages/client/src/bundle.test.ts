import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';

test('a service that takes the client takes none of the server, and little else', async () => {
  const { output } = (await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry: `${import.meta.dirname}/index.ts`, formats: ['es'] } },
  }).then((result) => [result].flat()[0])) as Rolldown.RolldownOutput;
  const [{ code, modules, imports }] = output;
  const homes = Object.keys(modules).map(
    (path) => /(?:.*\/node_modules\/|\/packages\/)((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1],
  );
  expect(new Set(homes.filter((home) => home !== undefined))).toEqual(
    new Set(['client', '@trpc/client', '@trpc/server']),
  );
  expect(imports).toEqual([]);
  expect(code).not.toMatch(/kysely|better-auth|from "node:/);
  expect(gzipSync(code).length).toBeLessThan(8_000);
});
