import { unzipSync } from 'fflate';
import { afterEach, expect, test } from 'vitest';
import { acmeOffline, type Device } from '../threads/acme-offline.fixture.tsx';
import { threadScope } from '@parley/core/scopes';
import { copyThread } from './copy-thread.ts';
import { exportEverything } from './export-everything.tsx';
import { exportedPage } from './page.ts';
import { ThreadDocument } from './thread-document.tsx';
import { threadJson } from './thread-json.ts';

let device: Device | undefined;
afterEach(() => device?.engine.stop());

/** A thread without a network: 240 messages, more than are in memory at once, and what Alice wrote since. */
async function scene(texts: readonly string[] = []): Promise<Device> {
  device = await acmeOffline({ count: 240, readSeq: 240, ownSeq: 7 });
  const { engine, threadId } = device;
  for (const text of texts) {
    await engine.mutate('sendMessage', { threadId, messageId: crypto.randomUUID(), text });
  }
  return device;
}

async function copyOf({ engine, alice, threadId }: Device) {
  const copy = await copyThread({ engine, personId: alice }, threadId);
  if (copy === undefined) throw new Error('There is no such thread.');
  return copy;
}

async function pageOf(one: Device): Promise<{ text: string; body: Document }> {
  const copy = await copyOf(one);
  const text = exportedPage('Rota', <ThreadDocument copy={copy} readerId={one.alice} at={Date.now()} />);
  return { text, body: new DOMParser().parseFromString(text, 'text/html') };
}

test('a thread is copied whole, from its first message to what waits here to be sent', async () => {
  const { messages, complete, people } = await copyOf(await scene(['On my way.']));
  expect(complete).toBe(true);
  expect(messages.map(({ data }) => data.text)).toEqual([
    ...Array.from({ length: 240 }, (_, index) => `Message ${index + 1}`),
    'On my way.',
  ]);
  expect(people.map(({ data }) => data.name).sort()).toEqual(['Alice Lindqvist', 'Bob Okafor']);
});

test('afterwards the thread is no longer held in memory', async () => {
  const { engine, alice, threadId } = await scene();
  await copyThread({ engine, personId: alice }, threadId);
  expect(engine.rows(threadScope(threadId), 'message')).toEqual([]);
});

test('a page reads like the thread', async () => {
  const one = await scene();
  const { messageId, bob, threadId, engine } = one;
  await engine.mutate('sendMessage', {
    threadId,
    messageId: crypto.randomUUID(),
    text: `**Bay 4** for <@${bob}>`,
    replyTo: messageId(3),
  });
  const { body } = await pageOf(one);
  expect(body.querySelector('h1')?.textContent).toBe('Berlin depot rota');
  expect(body.querySelectorAll('article')).toHaveLength(241);
  const last = [...body.querySelectorAll('article')].at(-1);
  expect(last?.querySelector('strong')?.textContent).toBe('Bay 4');
  expect(last?.textContent).toContain('@Bob Okafor');
  expect(last?.textContent).toContain('not sent yet');
  const target = last?.querySelector('a')?.getAttribute('href')?.slice(1) ?? '';
  expect(body.getElementById(target)?.textContent).toContain('Message 3');
});

test('nothing that somebody wrote can act in a page', async () => {
  const { text, body } = await pageOf(
    await scene([
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '[a](javascript:alert(1))',
      '</style></title>',
    ]),
  );
  expect(body.querySelectorAll('script, img, iframe, [onerror]')).toHaveLength(0);
  expect([...body.querySelectorAll('a')].map((link) => link.protocol)).not.toContain('javascript:');
  expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(exportedPage('</title><script>', null)).not.toContain('<script>');
});

test('data says who wrote what and when', async () => {
  const one = await scene();
  const { messages, ...head } = threadJson(await copyOf(one)) as { messages: object[] };
  expect(head).toMatchObject({ id: one.threadId, subject: 'Berlin depot rota', kind: 'internal', complete: true });
  expect(messages[6]).toMatchObject({
    id: one.messageId(7),
    place: 7,
    author: one.alice,
    authorName: 'Alice Lindqvist',
    text: 'Message 7',
    editedAt: null,
  });
});

test('notes stand in their places, and are marked as notes', async () => {
  device = await acmeOffline({ count: 2, readSeq: 2, notesAfter: [1] });
  const { messages } = threadJson(await copyOf(device)) as { messages: object[] };
  expect(messages).toMatchObject([
    { text: 'Message 1', note: false },
    { text: 'Note 1', note: true },
    { text: 'Message 2', note: false },
  ]);
  const { body } = await pageOf(device);
  const [note, ...others] = body.querySelectorAll('article.note');
  expect(note?.textContent).toContain('Note, only Acme Freight sees this');
  expect(others).toEqual([]);
});

test('everything is an archive that opens at its list of threads', async () => {
  const { engine, alice } = await scene(['On my way.']);
  const seen: number[] = [];
  const { archive, ...counts } = await exportEverything(
    { engine, personId: alice },
    (done) => seen.push(done),
    new AbortController().signal,
  );
  expect(counts).toEqual({ incomplete: 0 });
  expect(seen).toEqual([0]);
  const files = unzipSync(new Uint8Array(await archive.arrayBuffer()));
  const text = (name: string) => new TextDecoder().decode(files[name]);
  expect(Object.keys(files).sort()).toEqual(['everything.json', 'index.html', 'threads/0001 Berlin depot rota.html']);
  expect(text('index.html')).toContain('href="threads/0001%20Berlin%20depot%20rota.html"');
  const all = JSON.parse(text('everything.json')) as { threads: { messages: unknown[] }[]; notSent: unknown[] };
  expect(all.threads[0]?.messages).toHaveLength(241);
  expect(all.notSent).toHaveLength(1);
});

test('an export that is no longer wanted ends', async () => {
  const { engine, alice } = await scene();
  const controller = new AbortController();
  const running = exportEverything({ engine, personId: alice }, () => controller.abort(), controller.signal);
  await expect(running).rejects.toThrow(/abort/i);
});
