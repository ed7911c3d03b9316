import { threadPeopleScope, threadScope } from '@parley/core/scopes';
import axe from 'axe-core';
import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import '../styles.css';
import { acmeOffline, PageOnDevice, type Device, type Scene } from './acme-offline.fixture.tsx';

let device: Device;

async function open(scene: Partial<Scene>): Promise<void> {
  device = await acmeOffline({ count: 1, readSeq: 1, ...scene });
  draw(<PageOnDevice device={device} />, { width: 900, height: 700 });
  await soon(() => expect(text()).toContain('Message 1'));
}
const text = () => document.body.textContent ?? '';
const heading = () => document.querySelector('h1')?.textContent;
const named = <E extends HTMLElement>(name: string, kind: string): E => {
  const found = [...document.querySelectorAll<E>(kind)].find(
    (one) => one.getAttribute('aria-label') === name || one.textContent?.trim() === name,
  );
  if (!found) throw new Error(`There is no ${name}`);
  return found;
};
const expectAccessible = async () => {
  const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
};
const pressInMenu = async (name: string) => {
  named('Thread menu', 'button').click();
  await soon(() => named(name, '[role="menuitem"]'));
  named(name, '[role="menuitem"]').click();
};

afterEach(clear);

test('[EXT9] goes on with a partner in a thread of its own; both lead to each other, and nothing is copied', async () => {
  await open({ globex: 'active', dave: true });
  await pressInMenu('Continue with a partner');
  await soon(() => expect(heading()).toBe('Continue with a partner'));
  expect(named<HTMLInputElement>('People', 'input')).toBe(document.activeElement);
  // Whoever was there is chosen already, and can be taken out.
  await soon(() => named('Remove Bob Okafor', 'button'));
  await expectAccessible();

  named('Start thread', 'button').click();
  await soon(() => expect(document.querySelector('[role=alert]')?.textContent).toBe('Choose somebody of a partner.'));
  expect(device.engine.items()).toEqual([]);
  await userEvent.keyboard('carol{Enter}');
  await soon(() => expect(text()).toContain('Globex will read everything written here'));
  expect(document.querySelector('[role=alert]')).toBeNull();
  named('Write', 'label').click();
  // What is begun here is asked about like anything that leaves the organisation.
  document.querySelector('textarea')?.focus();
  await userEvent.keyboard('Ask @Dave Lund{Enter}');
  await soon(() => expect(text()).toContain('Globex will read the name.'));
  await userEvent.keyboard('{Escape}');
  await userEvent.clear(document.querySelector('textarea') as Element);
  named('Start external thread', 'button').click();
  await soon(() => expect(heading()).toContain('Berlin depot rota'));
  await soon(() => named('Continues “Berlin depot rota”', 'header a'));
  expect(nextThread()?.data).toMatchObject({ kind: 'external', continuedFrom: device.threadId, lastSeq: 0 });
  named('Details', 'button').click();
  await soon(() =>
    expect(organisations()).toEqual(['AAcme FreightStarted this thread', 'GGlobexWriteWrite and add colleagues']),
  );
  expect(permission()).toMatchObject({ permission: 'post' });
  await expectAccessible();
  named('Write and add colleagues', 'label').click();
  await soon(() => expect(permission()).toMatchObject({ permission: 'invite' }));

  named('Continues “Berlin depot rota”', 'header a').click();
  await soon(() => expect(text()).toContain('You continued this with Globex in another thread'));
  await expectAccessible();
  named('Open “Berlin depot rota”', 'a').click();
  await soon(() => named('Continues “Berlin depot rota”', 'header a'));
});

const organisations = () =>
  [...document.querySelectorAll('[aria-label="Organisations in this thread"] li')].map((one) => one.textContent);
const permission = () => device.engine.row(threadPeopleScope(nextThread()?.id ?? ''), 'threadOrg', device.globex)?.data;
const nextThread = () => device.engine.allRows('thread').find(({ scope }) => scope !== threadScope(device.threadId));

test('offers to go on where somebody of a partner could be asked, and nowhere else', async () => {
  await open({ globex: 'active', carol: true });
  named('Details', 'button').click();
  await soon(() => named('Continue with a partner', 'button'));
  clear();
  for (const scene of [{}, { globex: 'suspended' }, { globex: 'ended', carol: true }] as const) {
    await open(scene);
    named('Details', 'button').click();
    await soon(() => named('Copy link', 'button'));
    expect(() => named('Continue with a partner', 'button')).toThrow();
    clear();
  }
});

test('says nothing of a thread that the reader is not in, be it there or not', async () => {
  device = await acmeOffline({ count: 1, readSeq: 1, globex: 'active' });
  draw(<PageOnDevice device={device} path={`/new?continues=${device.bob}`} />, { width: 900, height: 700 });
  await soon(() => expect(text()).toContain('This thread is not here'));
  expect(document.querySelector('textarea')).toBeNull();
});
