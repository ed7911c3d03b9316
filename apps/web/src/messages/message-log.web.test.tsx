import axe from 'axe-core';
import { createRef, useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import '../styles.css';
import { soon } from './soon.fixture.ts';
import { alice, clear, draw, logDoor, messageRow, messageRows, painted } from './log-fixtures.tsx';
import { LogDoorContext, type LogDoor } from './log-door.ts';
import { MessageLog, type LogHandle, type MessageLogProps } from './message-log.tsx';

const log = (props: Partial<MessageLogProps>, door: LogDoor = logDoor()) => (
  <LogDoorContext value={door}>
    <MessageLog
      rows={[]}
      complete
      loading={false}
      unreachable={false}
      divider={null}
      personId={alice}
      onLoadOlder={() => {}}
      onSeen={() => {}}
      {...props}
    />
  </LogDoorContext>
);
const scroller = (): HTMLElement => {
  const found = document.querySelector<HTMLElement>('section[aria-label="Messages"]');
  if (found === null) throw new Error('There is no log');
  return found;
};
const fromEnd = (): number => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight;
const row = (id: string): HTMLElement | null => document.querySelector(`[data-message="${id}"]`);
const topOf = (id: string): number => {
  const found = row(id);
  if (found === null) throw new Error(`${id} is not drawn`);
  return found.getBoundingClientRect().top - scroller().getBoundingClientRect().top;
};
const topRow = (): string => {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-message]')];
  const inSight = rows.find((one) => one.getBoundingClientRect().bottom > scroller().getBoundingClientRect().top + 1);
  return inSight?.dataset['message'] ?? '';
};
const scrollTo = async (top: number) => {
  scroller().scrollTop = top;
  await painted();
  await painted();
};

afterEach(clear);

describe('MessageLog', () => {
  test('opens at the end and follows what comes in', async () => {
    const rows = messageRows(1, 300);
    draw(log({ rows }));
    await soon(() => expect(row('m300')).not.toBeNull());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
    draw(log({ rows: [...rows, messageRow(301)] }));
    await soon(() => expect(row('m301')).not.toBeNull());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
  });

  test('lets go of what is far above somebody at the end, and of nothing above somebody who has scrolled up', async () => {
    const [rows, onLeaveOlder] = [messageRows(1, 300), vi.fn()];
    draw(log({ rows, onLeaveOlder }));
    await soon(() => expect(row('m300')).not.toBeNull());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
    expect(onLeaveOlder).not.toHaveBeenCalled();
    const more = [...rows, messageRow(301)];
    draw(log({ rows: more, onLeaveOlder }));
    await soon(() => expect(onLeaveOlder).toHaveBeenCalled());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
    const top = topOf('m300');
    draw(log({ rows: more.slice(-200), complete: false, onLeaveOlder }));
    await painted();
    await painted();
    expect([topOf('m300'), fromEnd() <= 1]).toEqual([top, true]);
    draw(log({ rows: more, onLeaveOlder }));
    await scrollTo(4_000);
    onLeaveOlder.mockClear();
    draw(log({ rows: [...more, messageRow(302)], onLeaveOlder }));
    await painted();
    expect(onLeaveOlder).not.toHaveBeenCalled();
  });

  test('keeps the end in sight when rows there grow, one and several at a time', async () => {
    const rows = messageRows(1, 300);
    draw(log({ rows }));
    await soon(() => expect(row('m300')).not.toBeNull());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
    const liked = (ids: string[]) =>
      rows.map((one) => (ids.includes(one.id) ? { ...one, data: { ...one.data, reactions: { '👍': [alice] } } } : one));
    for (const ids of [['m300'], ['m299', 'm300'], ['m296', 'm298', 'm299', 'm300']]) {
      const heights = ids.map((id) => row(id)?.offsetHeight ?? 0);
      draw(log({ rows: liked(ids) }));
      await soon(() => expect(row(ids[0] ?? '')?.textContent).toContain('👍'));
      await painted();
      await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
      expect(Math.max(...ids.map((id, at) => (row(id)?.offsetHeight ?? 0) - (heights[at] ?? 0)))).toBeGreaterThan(0);
    }
  });

  test('keeps the end in sight when rows grow past the edge that they all fitted into', async () => {
    const rows = messageRows(1, 6);
    draw(log({ rows }));
    await soon(() => expect(row('m6')).not.toBeNull());
    const reactions = { '👍': [alice] };
    const text = 'So much that it takes a line and one more. '.repeat(20);
    draw(log({ rows: rows.map((one) => ({ ...one, data: { ...one.data, text, reactions } })) }));
    await soon(() => expect(scroller().scrollHeight).toBeGreaterThan(scroller().clientHeight));
    await painted();
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
  });

  test('follows what comes in together with a row that grows', async () => {
    const rows = messageRows(1, 300);
    draw(log({ rows }));
    await soon(() => expect(row('m300')).not.toBeNull());
    const liked = rows.map((one) =>
      one.id === 'm300' ? { ...one, data: { ...one.data, reactions: { '👍': [alice] } } } : one,
    );
    draw(log({ rows: [...liked, messageRow(301)] }));
    await soon(() => expect(row('m301')).not.toBeNull());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
    draw(log({ rows: [...liked, messageRow(301), messageRow(302)] }));
    await soon(() => expect(row('m302')).not.toBeNull());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
  });

  test('stands at the foot where there are few', async () => {
    draw(log({ rows: messageRows(1, 2) }));
    await soon(() => expect(row('m2')).not.toBeNull());
    await soon(() => expect(600 - (topOf('m2') + (row('m2')?.offsetHeight ?? 0))).toBeLessThan(20));
  });

  test('opens where the unread begins', async () => {
    draw(log({ rows: messageRows(1, 300), divider: { seq: 200, count: 100 } }));
    await soon(() => expect(topOf('m201')).toBeGreaterThan(0));
    await soon(() => expect(topOf('m201')).toBeLessThan(160));
    expect(scroller().textContent).toContain('99+ new');
  });

  test('does not move who has scrolled up, and leads to what is new', async () => {
    const rows = messageRows(1, 300);
    draw(log({ rows }));
    await soon(() => expect(row('m300')).not.toBeNull());
    await scrollTo(scroller().scrollTop - 2_000);
    const top = topRow();
    const before = topOf(top);
    draw(log({ rows: [...rows, messageRow(301), messageRow(302, { authorId: alice })] }));
    await painted();
    expect(Math.abs(topOf(top) - before)).toBeLessThanOrEqual(1);
    const jump = [...document.querySelectorAll('button')].find((button) => button.textContent === '1 new');
    jump?.click();
    await soon(() => expect(row('m302')).not.toBeNull());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
  });

  test('takes older rows in above without moving the one on top', async () => {
    const onLoadOlder = vi.fn<() => void>();
    let rows = messageRows(401, 600);
    draw(log({ rows, complete: false, onLoadOlder }));
    await soon(() => expect(row('m600')).not.toBeNull());
    for (const first of [301, 201, 101, 1]) {
      await scrollTo(first === 201 ? 0 : 300);
      await soon(() => expect(onLoadOlder).toHaveBeenCalled());
      const top = topRow();
      const before = topOf(top);
      rows = [...messageRows(first, first + 99), ...rows];
      draw(log({ rows, complete: first === 1, onLoadOlder }));
      expect(Math.abs(topOf(top) - before)).toBeLessThanOrEqual(1);
      await painted();
      await painted();
      expect(Math.abs(topOf(top) - before)).toBeLessThanOrEqual(1);
      onLoadOlder.mockClear();
    }
  });

  test('draws one row anew when one message comes into a thread of 2,500', async () => {
    const drawn: string[] = [];
    const names = (id: string) => {
      drawn.push(id);
      return id;
    };
    const door = logDoor({ personName: names });
    const rows = messageRows(1, 2_500);
    draw(log({ rows }, door));
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
    expect(row('m2500')).not.toBeNull();
    // What rows measure brings further ones into reach; the count begins once that has come to rest.
    for (let before = -1; before !== drawn.length;) {
      before = drawn.length;
      for (let frames = 0; frames < 5; frames += 1) await painted();
    }
    drawn.length = 0;
    draw(log({ rows: [...rows, messageRow(2_501, { authorId: 'carol' })] }, door));
    await soon(() => expect(row('m2501')).not.toBeNull());
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
    // StrictMode draws everything twice.
    expect(drawn).toEqual(['carol', 'carol']);
  });

  test('draws no row anew, and moves none, when somebody reads', async () => {
    const drawn: string[] = [];
    const names = (id: string) => {
      drawn.push(id);
      return id;
    };
    const door = logDoor({ personName: names });
    let tell: (words: string) => void = () => {};
    const Line = () => {
      const [words, setWords] = useState('Sent');
      tell = setWords;
      return <p className="h-6">{words}</p>;
    };
    const receipts = () => <Line />;
    const rows = [...messageRows(1, 100), messageRow(101, { authorId: alice }), messageRow(102)];
    draw(log({ rows, receipts }, door));
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
    for (let before = -1; before !== drawn.length;) {
      before = drawn.length;
      for (let frames = 0; frames < 5; frames += 1) await painted();
    }
    const line = () => [...document.querySelectorAll('p')].find((one) => /^(Sent|Seen)/.test(one.textContent ?? ''));
    const place = () => [topOf('m101'), topOf('m102'), line()?.getBoundingClientRect().top];
    const [above, below] = place();
    expect(line()?.getBoundingClientRect().top).toBeGreaterThan((above ?? 0) + scroller().getBoundingClientRect().top);
    expect(below).toBeGreaterThan(above ?? 0);
    const before = place();
    drawn.length = 0;
    tell('Seen by everyone');
    await soon(() => expect(line()?.textContent).toBe('Seen by everyone'));
    await painted();
    expect(place()).toEqual(before);
    expect(drawn).toEqual([]);
  });

  test('draws only what is in sight', async () => {
    draw(log({ rows: messageRows(1, 2_500) }));
    await soon(() => expect(row('m2500')).not.toBeNull());
    expect(document.querySelectorAll('article').length).toBeLessThan(60);
  });

  test('says how far it was read', async () => {
    const onSeen = vi.fn<(seq: number) => void>();
    draw(log({ rows: messageRows(1, 300), divider: { seq: 100, count: 100 }, onSeen }));
    await soon(() => expect(onSeen).toHaveBeenCalled());
    const seen = Math.max(...onSeen.mock.calls.map(([seq]) => seq));
    expect(seen).toBeGreaterThan(100);
    expect(seen).toBeLessThan(150);
  });

  test('jumps to a message and marks it', async () => {
    const handle = createRef<LogHandle>();
    draw(log({ rows: messageRows(1, 300), ref: handle }));
    await soon(() => expect(row('m300')).not.toBeNull());
    expect(handle.current?.jumpTo('m40')).toBe(true);
    await soon(() => expect(topOf('m40')).toBeGreaterThan(100));
    expect(handle.current?.jumpTo('nowhere')).toBe(false);
  });

  test('keeps the end in sight when the composer takes room', async () => {
    const page = log({ rows: messageRows(1, 300) });
    draw(page);
    await soon(() => expect(row('m300')).not.toBeNull());
    draw(page, { height: 400 });
    await soon(() => expect(fromEnd()).toBeLessThanOrEqual(1));
  });

  test('is walked with the arrow keys, and keeps the focus of a row that scrolls away', async () => {
    draw(log({ rows: messageRows(1, 300) }));
    await soon(() => expect(row('m300')).not.toBeNull());
    scroller().focus();
    const press = (key: string) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    press('ArrowUp');
    expect(document.activeElement).toBe(row('m300'));
    press('ArrowUp');
    expect(document.activeElement).toBe(row('m299'));
    await scrollTo(0);
    expect(document.activeElement).toBe(row('m299'));
  });

  test('has nothing for axe to find, with every kind of row', async () => {
    const rows = [
      messageRow(1, { authorId: null, kind: 'system', notice: { type: 'added', by: alice, personIds: ['bob'] } }),
      messageRow(2, { reactions: { '👍': [alice, 'bob'] }, editedAt: 1, revisions: 1 }),
      messageRow(3, { replyTo: 'm2' }),
      messageRow(4, { deletedAt: 1, text: '' }),
      {
        ...messageRow(5, { authorId: alice }),
        pending: [
          {
            id: 'i',
            name: 'sendMessage',
            args: { text: 'Message 5' },
            at: 0,
            state: 'failed' as const,
            lane: 'thread:1',
            heldUntil: null,
            waitsFor: null,
            code: 'not_found',
            message: 'You no longer take part in this thread.',
          },
        ],
      },
    ];
    draw(log({ rows, divider: { seq: 3, count: 2 } }));
    await soon(() => expect(row('m5')).not.toBeNull());
    expect(row('m5')?.textContent).toContain('Could not send: you no longer take part in this thread.');
    const { violations } = await axe.run(document.getElementById('frame') as HTMLElement);
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
