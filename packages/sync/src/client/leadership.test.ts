/** Which tab leads, over time: SPEC.md, Tabs and leaving. */
import { expect, test } from 'vitest';
import {
  createFreezer,
  createTabGroup,
  createVirtualTimers,
  type TabGroup,
  type VirtualTimers,
} from '../testing/index.ts';
import { Leadership } from './leadership.ts';

function openTab(group: TabGroup, timers: VirtualTimers) {
  const tab = group.open();
  const freezer = createFreezer();
  const turns: string[] = [];
  const leadership = new Leadership({
    tabs: tab,
    timers: freezer.timers(timers),
    onLead: () => turns.push('leads'),
    onEnd: () => turns.push('ends'),
  });
  let asked = 0;
  tab.onMessage(({ type }) => {
    if (type === 'ask') asked += 1;
    if (type === 'ask' || type === 'beat') leadership.hear(type);
  });
  leadership.start();
  return {
    tab,
    leadership,
    turns,
    asked: () => asked,
    freeze() {
      tab.freeze();
      freezer.freeze();
    },
    thaw() {
      freezer.thaw();
      tab.thaw();
    },
  };
}

function openTabs(count: number) {
  const group = createTabGroup();
  const timers = createVirtualTimers();
  const tabs = Array.from({ length: count }, () => openTab(group, timers));
  return { timers, tabs: tabs as [Tab, Tab, Tab], leaders: () => tabs.map(({ tab }) => tab.leads()) };
}
type Tab = ReturnType<typeof openTab>;

test('[TAB1] the first tab leads, the others wait, and the next in line follows it', async () => {
  const { timers, tabs, leaders } = openTabs(3);
  await timers.advance(60_000);
  expect(leaders()).toEqual([true, false, false]);
  tabs[0].leadership.stop();
  tabs[0].tab.close();
  await timers.advance(0);
  expect(leaders()).toEqual([false, true, false]);
  expect(tabs.map(({ turns }) => turns)).toEqual([['leads'], ['leads'], []]);
});

test('[TAB2] a tab in sight takes the lead from one that gave no sign of life for five seconds', async () => {
  const { timers, tabs, leaders } = openTabs(3);
  await timers.advance(1_500);
  tabs[0].freeze();
  await timers.advance(4_000);
  expect(leaders()).toEqual([true, false, false]);
  await timers.advance(2_000);
  expect(leaders()[0]).toBe(false);
  expect(leaders().filter(Boolean)).toHaveLength(1);

  const stable = leaders();
  await timers.advance(60_000);
  expect(leaders()).toEqual(stable);
  tabs[0].thaw();
  await timers.advance(60_000);
  expect(leaders()).toEqual(stable);
  expect(tabs[0].turns).toEqual(['leads', 'ends']);
});

test('[TAB2] a tab that nobody sees takes nothing, and asks nothing', async () => {
  const { timers, tabs, leaders } = openTabs(3);
  tabs[1].tab.setVisible(false);
  tabs[2].tab.setVisible(false);
  await timers.advance(1_000);
  const before = tabs[0].asked();
  tabs[0].freeze();
  await timers.advance(60_000);
  expect(leaders()).toEqual([true, false, false]);
  expect(tabs[0].asked()).toBe(before);

  tabs[2].tab.setVisible(true);
  await timers.advance(6_000);
  expect(leaders()).toEqual([false, false, true]);
});

test('[TAB2] a frozen tab that is next in line holds nobody up', async () => {
  const { timers, tabs, leaders } = openTabs(3);
  tabs[1].freeze();
  tabs[0].leadership.stop();
  tabs[0].tab.close();
  await timers.advance(3_000);
  expect(leaders()).toEqual([false, true, false]);
  expect(tabs[1].turns).toEqual([]);
  await timers.advance(4_000);
  expect(leaders()).toEqual([false, false, true]);
});

test('[TAB3] a leader that is behind gives the lead back and waits in line', async () => {
  const { timers, tabs, leaders } = openTabs(2);
  await timers.advance(1_000);
  tabs[0].leadership.resign();
  await timers.advance(1_000);
  expect(leaders()).toEqual([false, true]);
  tabs[1].leadership.resign();
  await timers.advance(1_000);
  expect(leaders()).toEqual([true, false]);
  expect(tabs[0].turns).toEqual(['leads', 'ends', 'leads']);
});
