import { orgPeopleScope } from '@parley/core/scopes';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Browser } from '../testing/browser.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { makeCast, PASSWORD, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';
import type { ImportState } from './imports.ts';
import { acmeZip } from './slack/export.fixture.ts';
import { zipOfJson } from './slack/zip.fixture.ts';

let dataDir: string;
let database: TestDatabase;
let server: TestServer;
let cast: Cast;
let alice: Browser;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-imports-'));
  database = await createTestDatabase();
  server = await startTestServer({ dataDir, databaseUrl: database.url });
  cast = await makeCast(server.services);
  alice = await server.browser().signIn(cast.alice, PASSWORD);
});
afterEach(async () => {
  await server.stop();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  await server.stop();
  server = await startTestServer({ dataDir, databaseUrl: database.url });
  alice = await server.browser().signIn(cast.alice, PASSWORD);
}

async function start(bytes: number, fileName = 'export.zip'): Promise<{ importId: string; received: number }> {
  const wanted = { orgId: cast.acme, fileName, bytes, withDirectMessages: false };
  const { data, code } = await alice.call('mutation', 'imports.start', wanted);
  if (code) throw new Error(`refused: ${code}`);
  return data as { importId: string; received: number };
}

const put = (importId: string, offset: number, piece: Buffer, by = alice) =>
  by.fetch(`/imports/slack/${importId}?offset=${offset}`, { method: 'PUT', body: new Uint8Array(piece) });

async function newest(by = alice): Promise<ImportState | null> {
  return (await by.call('query', 'imports.newest', { orgId: cast.acme })).data as ImportState | null;
}

async function finished(): Promise<ImportState> {
  await expect.poll(async () => (await newest())?.state, { timeout: 30_000 }).toMatch(/done|failed/);
  return (await newest()) as ImportState;
}

test('an archive that comes in pieces is imported, counted, shown to those connected, and removed', async () => {
  const client = await SyncClient.connect(alice, cast.alice.personId);
  await client.pull([orgPeopleScope(cast.acme)]);
  const zip = acmeZip();
  const { importId } = await start(zip.length);
  expect((await put(importId, 0, zip.subarray(0, 500))).status).toBe(200);
  expect(await newest()).toMatchObject({ state: 'uploading', received: 500, bytes: zip.length });
  expect((await put(importId, 500, zip.subarray(500))).status).toBe(200);
  const { state, report } = await finished();
  expect(state).toBe('done');
  expect(report).toMatchObject({ messages: { created: 7 }, threads: { created: 3, leftOut: { direct_messages: 1 } } });
  expect(await client.poke(orgPeopleScope(cast.acme))).toMatchObject({ rows: null });
  client.close();
  await expect.poll(() => readdir(join(dataDir, 'imports'))).toEqual([]);

  await put((await start(zip.length)).importId, 0, zip);
  expect((await finished()).report).toMatchObject({ messages: { created: 0, alreadyThere: 7 } });
});

test('an upload that broke off goes on where it was, also after the server has come again', async () => {
  const zip = acmeZip();
  const { importId } = await start(zip.length);
  await put(importId, 0, zip.subarray(0, 700));
  await restart();
  expect(await start(zip.length)).toEqual({ importId, received: 700 });
  const wrong = await put(importId, 100, zip.subarray(100));
  expect([wrong.status, wrong.code]).toEqual([409, 'WRONG_OFFSET']);
  await put(importId, 700, zip.subarray(700));
  expect((await finished()).state).toBe('done');
  expect(await start(zip.length, 'another.zip')).toMatchObject({ received: 0 });
});

test('a run whose server died is taken up by the next, and doubles nothing', async () => {
  const zip = acmeZip();
  const { importId } = await start(zip.length);
  await server.services.imports.close();
  await put(importId, 0, zip);
  expect(await newest()).toMatchObject({ state: 'running' });
  await restart();
  expect((await finished()).report).toMatchObject({ messages: { created: 7, alreadyThere: 0 } });
});

describe('a bad archive', () => {
  test.each([
    ['that is no zip', Buffer.from('This is a letter, not an archive.'), 'export.zip is not a zip file.'],
    ['of something else', zipOfJson({ 'notes.json': [] }), /no users\.json/],
    ['that is cut off', acmeZip().subarray(0, 900), /export\.zip is cut off/],
  ])('%s is refused in words that name the file as the person does', async (_what, zip, words) => {
    const { importId } = await start(zip.length);
    await put(importId, 0, zip);
    const { state, refusal } = await finished();
    expect(state).toBe('failed');
    if (typeof words === 'string') expect(refusal).toBe(words);
    else expect(refusal).toMatch(words);
    expect(refusal).not.toContain(dataDir);
    await expect.poll(() => readdir(join(dataDir, 'imports'))).toEqual([]);
  });

  test('of more than may be uploaded is refused before it is', async () => {
    await expect(start(600 * 1024 * 1024)).rejects.toThrow('IMPORT_TOO_LARGE');
  });

  test('that is longer than was said is not taken', async () => {
    const { importId } = await start(10);
    expect((await put(importId, 0, Buffer.alloc(11))).status).toBe(413);
    expect(await newest()).toMatchObject({ received: 0, state: 'uploading' });
  });
});

test('pieces of others are refused, whoever they are', async () => {
  const { importId } = await start(10);
  const piece = Buffer.alloc(5);
  expect((await put(importId, 0, piece, server.browser())).status).toBe(401);
  const bob = await server.browser().signIn(cast.bob, PASSWORD);
  expect((await put(importId, 0, piece, bob)).status).toBe(403);
  const carol = await server.browser().signIn(cast.carol, PASSWORD);
  expect((await put(importId, 0, piece, carol)).status).toBe(404);
  expect((await put('nonsense', 0, piece)).status).toBe(404);
  const foreign = await alice.fetch(`/imports/slack/${importId}?offset=0`, {
    method: 'PUT',
    body: new Uint8Array(piece),
    headers: { origin: 'https://evil.example' },
  });
  expect(foreign.status).toBe(403);
  expect((await alice.call('mutation', 'imports.discard', { importId })).status).toBe(200);
  expect(await newest()).toBeNull();
});
