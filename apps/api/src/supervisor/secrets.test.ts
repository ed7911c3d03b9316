import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureSecrets } from './secrets.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'parley-secrets-'));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

test('secrets are made once, for their owner alone, and leave nothing beside them', async () => {
  const secrets = await ensureSecrets(dataDir);
  expect(secrets.authSecret.length).toBeGreaterThanOrEqual(43);
  expect(await ensureSecrets(dataDir)).toEqual(secrets);
  expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir)).toEqual(['secrets.json']);
});

test('many that make them at once all get the same', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => ensureSecrets(dataDir)));
  expect(new Set(all.map(({ authSecret }) => authSecret)).size).toBe(1);
});

test.each(['', '{', '{}', '{"authSecret":"short"}'])(
  'a damaged file %j is reported, and never replaced',
  async (text) => {
    const path = join(dataDir, 'secrets.json');
    writeFileSync(path, text);
    await expect(ensureSecrets(dataDir)).rejects.toThrow(/secrets\.json is damaged/);
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);
