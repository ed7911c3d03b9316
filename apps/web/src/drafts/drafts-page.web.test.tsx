import { afterEach, expect, test } from 'vitest';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import { acmeOffline, PageOnDevice } from '../threads/acme-offline.fixture.tsx';
import '../styles.css';

afterEach(clear);

const items = () => [...document.querySelectorAll('section[aria-label="Drafts"] li')];
const press = (name: string, within = items()[0]) =>
  [...(within?.querySelectorAll('button') ?? [])].find(({ textContent }) => textContent === name)?.click();

test('shows what was typed last and not handed on, where a page was left in the middle of it', async () => {
  const device = await acmeOffline({ count: 1, readSeq: 1 });
  const { engine, threadId } = device;
  await engine.saveDraft(`thread.${threadId}`, 'Typed before the reload');
  draw(<PageOnDevice device={device} path="/drafts" />, { width: 900, height: 700 });
  await soon(() => expect(items()[0]?.textContent).toContain('Typed before the reload'));
  expect(items()[0]?.textContent).toContain('Berlin depot rota');
  expect(items()[0]?.textContent).toContain('On this device');

  press('Delete');
  await soon(() => expect(document.body.textContent).toContain('Nothing begun'));
  expect(engine.draft(`thread.${threadId}`)).toBe('');
  expect(engine.items()).toEqual([]);
});

test('of a draft that others know, shows what it has become here, and throws both away', async () => {
  const device = await acmeOffline({ count: 1, readSeq: 1 });
  const { engine, threadId } = device;
  const told = { threadId, rootId: null, generation: 0, updates: ['AAA='], text: 'Told', added: 'Told' };
  await (
    await engine.mutate('mergeDraft', told)
  ).saved;
  await engine.saveDraft(`thread.${threadId}`, 'Told, and more');
  draw(<PageOnDevice device={device} path="/drafts" />, { width: 900, height: 700 });
  await soon(() => expect(items()[0]?.textContent).toContain('Told, and more'));
  expect(items()).toHaveLength(1);

  press('Delete');
  await soon(() => expect(document.body.textContent).toContain('Nothing begun'));
  expect(engine.items().at(-1)?.name).toBe('discardDraft');
});

test('shows what was begun as a note beside what was begun as a message, and throws each away alone', async () => {
  const device = await acmeOffline({ count: 1, readSeq: 1, notesAfter: [1] });
  const { engine, threadId } = device;
  await engine.saveDraft(`thread.${threadId}`, 'To all');
  await engine.saveDraft(`note.${threadId}`, 'To us');
  draw(<PageOnDevice device={device} path="/drafts" />, { width: 900, height: 700 });
  await soon(() => expect(items()).toHaveLength(2));
  const note = items().find(({ textContent }) => textContent.includes('To us'));
  expect(note?.textContent).toContain('Note · On this device');

  press('Delete', note);
  await soon(() => expect(items()).toHaveLength(1));
  expect(engine.draft(`note.${threadId}`)).toBe('');
  expect(engine.draft(`thread.${threadId}`)).toBe('To all');
});
