import axe from 'axe-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import '../styles.css';
import { acmeOffline, PageOnDevice, type Device, type Scene } from '../threads/acme-offline.fixture.tsx';
import { clear, draw } from './log-fixtures.tsx';
import { soon } from './soon.fixture.ts';

let device: Device;

async function open(scene: Partial<Scene>): Promise<void> {
  device = await acmeOffline({ count: 1, readSeq: 1, globex: 'active', carol: true, ...scene });
  draw(<PageOnDevice device={device} />, { width: 900, height: 700 });
  await soon(() => expect(article(/Message 1/)).toBeDefined());
}
const article = (text: RegExp) =>
  [...document.querySelectorAll('article')].find((one) => text.test(one.textContent ?? ''));
const field = () => document.querySelector('textarea') as HTMLTextAreaElement;
const write = async (text: string) => {
  field().focus();
  await userEvent.keyboard(text);
};
const asked = () => document.querySelector('[aria-label="Before this goes out"] p')?.textContent ?? null;
const sent = () =>
  device.engine
    .items()
    .filter(({ name }) => name.startsWith('send'))
    .map(({ name, args }) => [name, (args as { text: string }).text]);
const press = (name: string, within: ParentNode = document) => {
  const found = [...within.querySelectorAll<HTMLElement>('button, [role="menuitem"]')].find(
    (one) => one.textContent?.trim() === name || one.getAttribute('aria-label') === name,
  );
  if (!found) throw new Error(`There is no ${name}`);
  found.click();
};

/** Selects the words of a message and copies them as a person does. */
async function copyWords(text: RegExp): Promise<void> {
  const words = article(text)?.querySelector('[data-message-text]') as HTMLElement;
  (document.activeElement as HTMLElement).blur();
  getSelection()?.selectAllChildren(words);
  await userEvent.keyboard('{Control>}c{/Control}');
  getSelection()?.removeAllRanges();
}
async function paste(): Promise<void> {
  field().focus();
  await userEvent.keyboard('{Control>}v{/Control}');
}

beforeEach(() => sessionStorage.clear());
afterEach(clear);

test('asks once before the first message to an organisation that came later, and keeps the text meanwhile', async () => {
  await open({ initech: true });
  await write('Hello all{Enter}');
  await soon(() => expect(asked()).toBe('This is the first message of yours that Initech will read.'));
  expect(field().value).toBe('Hello all');
  expect(document.activeElement).toBe(field());
  const description = (field().getAttribute('aria-describedby') ?? '').split(' ');
  expect(description.map((id) => document.getElementById(id)?.textContent).join(' ')).toContain(asked());
  const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);

  await userEvent.keyboard('{Escape}');
  await soon(() => expect(asked()).toBeNull());
  expect(field().value).toBe('Hello all');
  expect(document.activeElement).toBe(field());
  expect(sent()).toEqual([]);
  await userEvent.keyboard('{Enter}');
  await soon(() => expect(asked()).not.toBeNull());
  // What is written on is another text.
  await userEvent.keyboard(' of you');
  await soon(() => expect(asked()).toBeNull());
  await userEvent.keyboard('{Enter}');
  await soon(() => expect(asked()).not.toBeNull());
  await userEvent.keyboard('{Enter}');
  await soon(() => expect(sent()).toEqual([['sendMessage', 'Hello all of you']]));
  expect(field().value).toBe('');
  await write('And again{Enter}');
  await soon(() => expect(sent()).toHaveLength(2));
});

test('asks nothing of a note, nor in a thread of one organisation', async () => {
  await open({ initech: true, dave: true, notesAfter: [1] });
  await copyWords(/Note 1/);
  await userEvent.keyboard('{Alt>}{Shift>}n{/Shift}{/Alt}');
  await soon(() => expect(field().getAttribute('aria-label')).toMatch(/^Note in/));
  await paste();
  await write(' as @Dave Lund said{Enter}');
  await soon(() => expect(sent()).toEqual([['sendNote', 'Note 1 as @Dave Lund said']]));
  clear();
  await open({ carol: false, dave: true });
  await write('As @Dave Lund said{Enter}');
  await soon(() => expect(sent()).toEqual([['sendMessage', 'As @Dave Lund said']]));
});

test('asks before words of a note leave the organisation, also after the page was left', async () => {
  await open({ notesAfter: [1] });
  await copyWords(/Note 1/);
  await paste();
  await soon(() => expect(device.engine.draft(`thread.${device.threadId}`)).toBe('Note 1'));
  clear();
  draw(<PageOnDevice device={device} />, { width: 900, height: 700 });
  await soon(() => expect(field().value).toBe('Note 1'));
  await write('{Enter}');
  const words = 'Text pasted from a note in “Berlin depot rota” will be read by Globex.';
  await soon(() => expect(asked()).toBe(words));
  press('Back to the text');
  await soon(() => expect(asked()).toBeNull());
  expect(document.activeElement).toBe(field());

  // Emptied, it is another text.
  await userEvent.clear(field());
  await write('Our own words{Enter}');
  await soon(() => expect(sent()).toEqual([['sendMessage', 'Our own words']]));
  await paste();
  await write('{Enter}');
  await soon(() => expect(asked()).toBe(words));
  press('Send anyway');
  await soon(() => expect(sent()).toHaveLength(2));
});

test('knows text that a button copied, and what was copied elsewhere is nobody’s', async () => {
  await open({ notesAfter: [1] });
  article(/Note 1/)?.focus();
  await soon(() => press('More actions', article(/Note 1/)));
  await soon(() => expect(document.querySelector('[role="menuitem"]')?.textContent).toBe('Copy text'));
  // Only who pressed a key may write to the clipboard.
  await userEvent.keyboard('{ArrowDown}{Enter}');
  await soon(() => expect(document.querySelector('[role="menuitem"]')).toBeNull());
  await paste();
  await write('{Enter}');
  await soon(() => expect(asked()).toBe('Text pasted from a note in “Berlin depot rota” will be read by Globex.'));
  await userEvent.clear(field());

  await write('Our own words');
  await userEvent.keyboard('{Control>}a{/Control}{Control>}x{/Control}');
  await paste();
  await write('{Enter}');
  await soon(() => expect(sent()).toEqual([['sendMessage', 'Our own words']]));
  // A message of this thread has been read by all.
  await copyWords(/Message 1/);
  await paste();
  await write('{Enter}');
  await soon(() => expect(sent()).toHaveLength(2));
});

test('asks before a partner reads the name of somebody who is not there and hears nothing of it', async () => {
  await open({ dave: true });
  await write('As @Dave Lund said{Enter}');
  await soon(() =>
    expect(asked()).toBe('Dave Lund is not in this thread and hears nothing of it; Globex will read the name.'),
  );
  await userEvent.keyboard('{Enter}');
  await soon(() => expect(sent()).toHaveLength(1));
  await write('Once more: @Dave Lund{Enter}');
  await soon(() => expect(sent()).toHaveLength(2));
});

test('takes a key held down for no yes', async () => {
  await open({ initech: true });
  await write('Hello{Enter>3/}');
  await soon(() => expect(asked()).not.toBeNull());
  expect(sent()).toEqual([]);
  press('Send anyway');
  await soon(() => expect(sent()).toEqual([['sendMessage', 'Hello']]));
});
