import axe from 'axe-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import '../styles.css';
import { acmeOffline, PageOnDevice, type Device, type Scene } from './acme-offline.fixture.tsx';

let device: Device;

async function open(scene: Partial<Scene>): Promise<void> {
  device = await acmeOffline({ count: 2, readSeq: 2, ownSeq: 1, carol: true, ...scene });
  await show();
}
async function show(): Promise<void> {
  draw(<PageOnDevice device={device} />, { width: 900, height: 700 });
  await soon(() => expect(article(/Message 1/)).toBeDefined());
}
const text = () => document.body.textContent ?? '';
const field = () => document.querySelector('textarea');
const article = (words: RegExp) =>
  [...document.querySelectorAll('article')].find((one) => words.test(one.textContent ?? ''));
const choice = (value: string) => document.querySelector<HTMLInputElement>(`input[type=radio][value=${value}]`);
const labels = (within: ParentNode | undefined) =>
  [...(within?.querySelectorAll('button') ?? [])].map((one) => one.getAttribute('aria-label'));

beforeEach(() => sessionStorage.clear());
afterEach(clear);

test.each([
  ['suspended', 'The partnership rests: until it is resumed, messages here can only be read. Notes can be written.'],
  ['ended', 'The partnership has ended: messages here can only be read. Notes can be written.'],
] as const)('where a partnership is %s, only notes are written, and it says why', async (globex, words) => {
  await open({ globex });
  await soon(() => expect(text()).toContain(words));
  expect(field()?.getAttribute('aria-label')).toMatch(/^Note in/);
  expect(choice('message')?.disabled).toBe(true);
  expect(choice('note')?.checked).toBe(true);
  const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);

  field()?.focus();
  await userEvent.keyboard('{Alt>}{Shift>}n{/Shift}{/Alt}Between us{Enter}');
  await soon(() => expect(article(/Between us/)?.getAttribute('aria-label')).toMatch(/^Note of Alice/));

  article(/Message 1/)?.focus();
  await soon(() => expect(labels(article(/Message 1/))).toContain('More actions'));
  expect(labels(article(/Message 1/))).not.toContain('Reply');
  article(/Between us/)?.focus();
  await soon(() => expect(labels(article(/Between us/))).toContain('React'));
});

test('what was begun as a message stays that, and turns into no note', async () => {
  await open({ globex: 'suspended' });
  await device.engine.saveDraft(`thread.${device.threadId}`, 'Dear Carol');
  clear();
  await show();
  await soon(() => expect(field()?.getAttribute('aria-label')).toMatch(/^Note in/));
  expect(field()?.value).toBe('');
  expect(device.engine.draft(`thread.${device.threadId}`)).toBe('Dear Carol');
});
