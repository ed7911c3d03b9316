import { fresh } from '@parley/core/messages';
import { notesScope, scopesOfThread, threadScope } from '@parley/core/scopes';
import { mentionsIn } from '@parley/core/text';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeCast, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';
import { exportOrganisation } from './export-organisation.ts';

let server: TestServer;
let cast: Cast;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-export-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Said {
  orgId: string;
  authorId: string;
  text: string;
  isNote?: boolean;
}

/** A thread at home in an organisation, and what is said in it. */
async function makeThread(homeOrg: string, subject: string, all: readonly Said[]): Promise<string> {
  const threadId = uuidv7();
  const notes = new Set(all.filter(({ isNote }) => isNote).map(({ orgId }) => notesScope(threadId, orgId)));
  const create = [...scopesOfThread(threadId), ...notes];
  await server.services.acts.act(null, { create, write: [] }, async (tx) => {
    tx.put('thread', threadScope(threadId), threadId, {
      ...{ homeOrg, subject, kind: 'external', createdBy: cast.alice.personId, createdAt: tx.now },
      ...{ lastSeq: all.length, lastMessage: null, resolved: null },
    });
    for (const [index, { orgId, authorId, text, isNote }] of all.entries()) {
      const message = {
        authorId,
        authorOrg: orgId,
        ownerOrg: orgId,
        text,
        replyTo: null,
        mentions: mentionsIn(text),
        notice: null,
      };
      const seq = index + 1;
      if (isNote) {
        const row = { ...fresh({ ...message, kind: 'internal' }, tx.now), kind: 'internal', seq, afterSeq: 0 } as const;
        tx.put('note', notesScope(threadId, orgId), uuidv7(), row);
      } else
        tx.put('message', threadScope(threadId), uuidv7(), { ...fresh({ ...message, kind: 'external' }, tx.now), seq });
    }
  });
  return threadId;
}

async function exported() {
  const organisation = { id: cast.acme, name: 'Acme' };
  const counts = await exportOrganisation(server.services.db, { organisation, folder, now: Date.UTC(2026, 4, 1) });
  const data = await readFile(join(folder, 'everything.jsonl'), 'utf8');
  const index = await readFile(join(folder, 'index.html'), 'utf8');
  const pages = await Promise.all(
    [...index.matchAll(/href="([^"]+)"/g)].map(([, file = '']) => readFile(join(folder, file), 'utf8')),
  );
  const lines = data
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; thread?: string; id?: string; text?: string });
  return { counts, data, index, pages: pages.join('\n'), lines };
}

test('of shared threads, wherever they are at home, only its own members’ messages and its own notes', async () => {
  const { acme, globex, alice, carol } = cast;
  const ours = { orgId: acme, authorId: alice.personId };
  const theirs = { orgId: globex, authorId: carol.personId };
  const own = await makeThread(acme, 'Delivery <b>', [
    { ...ours, text: 'Ours & <i>here</i>' },
    { ...theirs, text: 'Secret: of a guest' },
    { ...ours, text: 'Our note', isNote: true },
    { ...theirs, text: 'Secret: their note', isNote: true },
  ]);
  const shared = await makeThread(globex, 'At Globex', [
    { ...theirs, text: 'Secret: at home' },
    { ...ours, text: `Ours there, <@${carol.personId}>` },
  ]);
  await makeThread(globex, 'Secret: without us', [{ ...theirs, text: 'Secret: alone' }]);

  const { counts, data, index, pages, lines } = await exported();
  expect(lines[0]).toEqual({
    ...{ type: 'organisation', format: 'parley', version: 1 },
    ...{ exportedAt: '2026-05-01T00:00:00.000Z', id: acme, name: 'Acme' },
  });
  expect(counts).toMatchObject({ threads: 2, messages: 2, notes: 1 });
  expect(lines.filter(({ type }) => type === 'person')).toHaveLength(counts.people);
  const written = lines.filter(({ type }) => type === 'message' || type === 'note');
  expect(written.map(({ type, thread, text }) => [type, thread, text])).toEqual([
    ['message', own, 'Ours & <i>here</i>'],
    ['note', own, 'Our note'],
    ['message', shared, `Ours there, <@${carol.personId}>`],
  ]);
  for (const text of [data, index, pages]) expect(text).not.toContain('Secret');
  for (const person of [carol, cast.dave]) expect(data).not.toContain(person.email);
  expect(pages).toContain('Ours &amp; &lt;i>here&lt;/i>');
  expect(index).toContain('Delivery &lt;b>');
  expect(pages.match(/What people of other organisations wrote/g)).toHaveLength(2);
  expect(pages).toContain('Ours there, @Carol');
});

test('a thread of more messages than are read at once is whole, and in order', async () => {
  const ours = { orgId: cast.acme, authorId: cast.alice.personId };
  const texts = Array.from({ length: 2_100 }, (_, index) => `Message ${index}`);
  const id = await makeThread(
    cast.acme,
    'Long',
    texts.map((text) => ({ ...ours, text })),
  );
  const { lines } = await exported();
  expect(lines.filter(({ thread }) => thread === id).map(({ text }) => text)).toEqual(texts);
});
