import type { SystemNotice } from '@parley/core/notices';
import axe from 'axe-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { clear, draw, painted } from '../messages/log-fixtures.tsx';
import '../styles.css';
import { soon } from '../messages/soon.fixture.ts';
import { ThreadRows, type ThreadRowsProps } from './thread-rows.tsx';
import type { ThreadSummary } from './thread-summaries.ts';

const summary = (n: number, changes: Partial<ThreadSummary> = {}): ThreadSummary => ({
  id: `t${n}`,
  orgId: 'acme',
  subject: `Thread ${n}`,
  at: new Date(2026, 10, 22, 12).getTime() - n * 60_000,
  partners: null,
  last: { id: `m${n}`, authorId: 'bob', kind: 'internal', snippet: `**Word** ${n} <@alice>`, at: 0 },
  unread: 0,
  fresh: false,
  level: 'all',
  pinned: false,
  archived: false,
  draft: null,
  resolved: false,
  state: 'settled',
  ...changes,
});
const names: Record<string, string> = { bob: 'Bob Okafor', alice: 'Alice Lindqvist' };
const personName = (id: string) => names[id];

const rows = (props: Partial<ThreadRowsProps>) => (
  <ThreadRows
    threads={[summary(1), summary(2), summary(3)]}
    openId={null}
    personId="alice"
    personName={personName}
    orgNames={null}
    onOpen={() => {}}
    onKey={() => {}}
    {...props}
  />
);
const link = (id: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-thread="${id}"]`);
  if (found === null) throw new Error(`${id} is not drawn`);
  return found;
};

afterEach(clear);

describe('ThreadRows', () => {
  test('shows who said what last, what is unread, what waits and what was refused', async () => {
    const notice: SystemNotice = { type: 'added', by: 'bob', personIds: ['alice'] };
    const threads = [
      summary(1, { unread: 7 }),
      summary(2, { unread: 100 }),
      summary(3, { state: 'failed' }),
      summary(4, { state: 'waiting' }),
      summary(5, { last: { id: 'm', authorId: 'alice', kind: 'internal', snippet: 'Mine', at: 0 } }),
      summary(6, { last: null }),
      summary(7, { last: { id: 'm', authorId: null, kind: 'system', snippet: '', at: 0, notice } }),
      summary(8, { pinned: true, resolved: true, level: 'nothing' }),
    ];
    draw(rows({ threads }));
    await soon(() => expect(link('t1').textContent).toContain('Bob: Word 1'));
    expect(link('t1').textContent).toContain('7 unread');
    expect(link('t2').textContent).toContain('99+ unread');
    expect(link('t3').textContent).toContain('Not sent');
    expect(link('t4').textContent).toContain('Waiting to send');
    expect(link('t5').textContent).toContain('You: Mine');
    expect(link('t6').textContent).toContain('No messages yet');
    expect(link('t7').textContent).toContain('Bob added you');
    expect(link('t8').textContent).toMatch(/Pinned.*Muted.*Resolved/);
  });

  test('is as high when it comes back as it was, after an open thread hid it on a phone', async () => {
    draw(rows({ threads: Array.from({ length: 40 }, (_, n) => summary(n + 1)) }));
    const list = document.querySelector('ul');
    const scroller = list?.parentElement;
    if (!list || !scroller) throw new Error('no list');
    await soon(() => expect(link('t1').offsetHeight).toBeGreaterThan(0));
    await painted();
    const { height } = list.style;
    scroller.style.display = 'none';
    await painted();
    await painted();
    expect(list.style.height).toBe(height);
    scroller.style.display = '';
    await painted();
    expect([list.style.height, scroller.scrollTop]).toEqual([height, 0]);
    expect(link('t1').offsetHeight).toBeGreaterThan(0);
  });

  test('is one stop for Tab, walked with arrows, opened with Enter', async () => {
    const onOpen = vi.fn<(id: string) => void>();
    draw(rows({ openId: 't2', onOpen }));
    await userEvent.keyboard('{Tab}');
    expect(document.activeElement).toBe(link('t2'));
    expect(link('t2').getAttribute('aria-current')).toBe('page');
    await userEvent.keyboard('{ArrowDown}');
    await soon(() => expect(document.activeElement).toBe(link('t3')));
    await userEvent.keyboard('{ArrowDown}{Home}');
    await soon(() => expect(document.activeElement).toBe(link('t1')));
    await userEvent.keyboard('{Enter}');
    expect(onOpen.mock.calls).toEqual([['t1']]);
  });

  test('names the organisation of a thread where there are several', async () => {
    const orgNames = new Map([
      ['acme', 'Acme Freight'],
      ['globex', 'Globex'],
    ]);
    draw(rows({ threads: [summary(1), summary(2, { orgId: 'globex' })], orgNames }));
    expect(link('t1').textContent).toContain('Acme Freight');
    expect(link('t2').textContent).toContain('Globex');
    const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  test('hands letters on to the thread that has the focus, and nothing that browsers use', async () => {
    const onKey = vi.fn<ThreadRowsProps['onKey']>();
    draw(rows({ onKey }));
    link('t2').focus();
    await userEvent.keyboard('e{Control>}p{/Control}{ArrowDown}');
    await soon(() => expect(document.activeElement).toBe(link('t3')));
    expect(onKey.mock.calls.map(([key, { id }]) => [key, id])).toEqual([['e', 't2']]);
  });

  test('draws only what is in sight of thousands, and walks to the last one', async () => {
    draw(rows({ threads: Array.from({ length: 3_000 }, (_, n) => summary(n + 1)) }));
    await painted();
    expect(document.querySelectorAll('[data-thread]').length).toBeLessThan(40);
    link('t1').focus();
    await userEvent.keyboard('{End}');
    await soon(() => expect(document.activeElement).toBe(link('t3000')));
  });

  test('has nothing for axe to find', async () => {
    draw(rows({ threads: [summary(1, { unread: 7 }), summary(2, { state: 'failed' }), summary(3)], openId: 't3' }));
    const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
