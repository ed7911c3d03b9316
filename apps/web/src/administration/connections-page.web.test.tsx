import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { clear, draw } from '../messages/log-fixtures.tsx';
import { soon } from '../messages/soon.fixture.ts';
import '../styles.css';
import { Connections, type ListedConnection } from './connections-page.tsx';

afterEach(clear);

const bob: ListedConnection = {
  personId: 'bob',
  name: 'Bob Okafor',
  device: 'Firefox on Linux',
  openedAt: Date.UTC(2026, 10, 26, 9),
  reconnects: 0,
  answersIn: 41.6,
  isOutdated: false,
};
const shaky = { ...bob, personId: 'mina', name: 'Mina Castellanos-Featherstonehaugh', device: 'Safari on iPhone' };

async function lines(connections: ListedConnection[], given: { total?: number; width?: number } = {}) {
  const { total = connections.length, width = 760 } = given;
  await page.viewport(width, 800);
  draw(
    <div className="bg-paper p-4 text-ink">
      <Connections connections={connections} total={total} isShared={false} asOf={null} />
    </div>,
    { width },
  );
  return [...document.querySelectorAll('li')].map((line) => line.textContent);
}

test('each connection says who, what, how often it broke, and how fast it answers', async () => {
  const slow = { ...shaky, reconnects: 14, answersIn: 2_310, isOutdated: true };
  const found = await lines([slow, { ...bob, reconnects: 1 }, { ...bob, answersIn: null }]);
  expect(found[0]).toMatch(/Mina.*Safari on iPhone · since .*Older release14 reconnects2,310 ms$/);
  expect(found[1]).toMatch(/1 reconnect42 ms$/);
  expect(found[2]).not.toMatch(/reconnect|ms$/);
  const figures = [...document.querySelectorAll('dd')].map(({ innerText }) => innerText);
  expect(figures).toEqual(['3', '2', '15', '2,310 ms']);
});

test('on a phone everything about the worst of them is in sight', async () => {
  await lines([{ ...shaky, reconnects: 14, answersIn: 2_310, isOutdated: true }, bob], { width: 390 });
  for (const part of document.querySelectorAll('li, li *')) {
    expect(part.getBoundingClientRect().right).toBeLessThanOrEqual(390);
  }
  const name = page.getByText(shaky.name).element();
  await soon(() => expect(name.getBoundingClientRect().width).toBeGreaterThan(200));
});

test('nobody, and more than are listed, are said in words', async () => {
  await lines([]);
  await expect.element(page.getByText('Nobody is connected')).toBeVisible();
  clear();
  await lines([bob], { total: 731 });
  await expect.element(page.getByText('730 more, none of which loses its line more often.')).toBeVisible();
});
