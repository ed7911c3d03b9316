import { threadScope, userScope } from '@parley/core/scopes';
import axe from 'axe-core';
import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import '../styles.css';
import { EngineProvider } from '../sync/engine-provider.tsx';
import { acmeOffline, type Device } from './acme-offline.fixture.tsx';
import { ThreadRows } from './thread-rows.tsx';
import { useThreadSummaries } from './use-thread-summaries.ts';

function List({ device }: { device: Device }) {
  return (
    <ThreadRows
      threads={useThreadSummaries()}
      openId={null}
      personId={device.alice}
      personName={() => 'Bob Okafor'}
      orgNames={null}
      onOpen={() => {}}
      onKey={() => {}}
    />
  );
}

const entry = (label: string): HTMLElement => {
  const found = [...document.querySelectorAll<HTMLElement>('[role^="menuitem"]')].find((one) =>
    one.textContent.startsWith(label),
  );
  if (!found) throw new Error(`The menu has no ${label}`);
  return found;
};

afterEach(clear);

test('what a thread’s menu does holds without a network, and the focus goes back to the thread', async () => {
  const device = await acmeOffline({ count: 3, readSeq: 3 });
  const { engine, alice, threadId } = device;
  draw(
    <EngineProvider engine={engine} personId={alice}>
      <List device={device} />
    </EngineProvider>,
  );
  const link = () => document.querySelector<HTMLElement>('[data-thread]');
  const openMenu = async () => {
    link()?.focus();
    // What the menu key and Shift+F10 send.
    link()?.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
    await soon(() => expect(document.querySelector('[role="menu"]')).not.toBeNull());
  };
  const setting = () => engine.row(userScope(alice), 'threadSetting', threadId)?.data;
  await soon(() => expect(link()?.textContent).toContain('Berlin depot rota'));

  await openMenu();
  const { violations } = await axe.run(document.querySelector('[role="menu"]') as HTMLElement);
  expect(violations.map(({ id }) => id).filter((id) => id !== 'region')).toEqual([]);
  await userEvent.keyboard('{Escape}');
  await soon(() => expect(document.activeElement).toBe(link()));

  await openMenu();
  entry('Pin to top').click();
  await soon(() => expect(setting()?.pinnedAt).toBeTypeOf('number'));
  await soon(() => expect(link()?.textContent).toContain('Pinned'));
  await soon(() => expect(document.querySelector('[role="menu"]')).toBeNull());

  await openMenu();
  entry('Mark as unread').click();
  await soon(() => expect(link()?.textContent).toContain('1 unread'));
  await soon(() => expect(document.querySelector('[role="menu"]')).toBeNull());

  await openMenu();
  entry('Mute').click();
  await soon(() => expect(setting()?.level).toBe('nothing'));
  expect(link()?.textContent).not.toContain('unread');
  await soon(() => expect(document.querySelector('[role="menu"]')).toBeNull());

  await openMenu();
  expect(entry('Mute').getAttribute('aria-checked')).toBe('true');
  entry('Resolve for everyone').click();
  await soon(() => expect(engine.row(threadScope(threadId), 'thread', threadId)?.data.resolved?.by).toBe(alice));
});
