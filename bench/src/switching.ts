/** P11: a thread of many messages is opened and left, and used while others write in it. */
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type CDPSession, type Page } from 'playwright';
import { v7 as newId } from 'uuid';
import { addAccounts, openApp, signIn, type App } from './app.ts';
import { chromiumOptions } from './chromium.ts';
import { quantile, type Bench } from './contest.ts';
import { startThreads, writeMessages } from './installation.ts';
import { watchPaint } from './paint.ts';
import { profileOf } from './profile.ts';
import { Sender } from './sender.ts';
import { TEXT } from './texts.ts';

const SIZES = [1_000, 10_000, 100_000];
const SWITCHES = 20;
const KEYS = 60;
const PER_SECOND = 50;
/** Milliseconds; what takes no longer is not reported. */
const FRAME = 16;

export const switching: Bench = {
  id: 'P11',
  what: 'a thread of many messages: opened, and used while others write',
  async *contests() {
    await using app = await openApp();
    await using browser = await chromium.launch(chromiumOptions);
    for (const size of SIZES) {
      const [alice, bob] = await addAccounts(app, [`Alice${size}`, `Bob${size}`]);
      if (!alice || !bob) return;
      const started = await startThreads(app, [alice.personId, bob.personId], { count: 2, size: 2 });
      const [large = '', small = ''] = started.map(({ threadId }) => threadId);
      await writeMessages(app, { threadIds: [large], authorId: bob.personId, each: size });
      await writeMessages(app, { threadIds: [small], authorId: bob.personId, each: 100 });
      const page = await (await browser.newContext()).newPage();
      await signIn(page, app, alice);
      const session = await page.context().newCDPSession(page);
      // Of the processor, not of the clock: what else the machine does is not the page's work.
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      for (const threadId of [large, small]) await open(page, threadId);
      const switchOver = () => switchThreads(page, session, [large, small]);
      const type = () => typeMeanwhile(page, app, { threadId: large, authorId: bob.personId });
      const common = { id: 'P11', unit: 'ms', size };
      yield {
        ...common,
        what: 'main-thread work to switch threads, p95',
        ours: switchOver,
        goals: [{ against: 'itself', is: 'at most', value: 16 }],
        profiles: async () => ({ page: await profileOf(page, switchOver) }),
      };
      yield {
        ...common,
        what: `INP at ${PER_SECOND} messages/s`,
        ours: type,
        goals: [{ against: 'itself', is: 'at most', value: 50 }],
        profiles: async () => ({ page: await profileOf(page, type) }),
      };
      await page.context().close();
    }
  },
};

/** Clicks a thread in the list, and waits for the picture of its messages. */
async function open(page: Page, threadId: string): Promise<void> {
  const painted = await page.evaluateHandle(watchPaint, { within: 'main', mark: TEXT });
  await page.locator(`[data-thread="${threadId}"]`).click();
  await painted.evaluate(({ painted }) => painted);
}

/** Milliseconds of the page's main thread that 95 of 100 switches took, from the click to the picture. */
async function switchThreads(page: Page, session: CDPSession, threadIds: readonly string[]): Promise<number> {
  const work: number[] = [];
  for (let turn = 0; turn < SWITCHES; turn += 1) {
    // Whatever the switch before has left to do is done.
    await delay(200);
    const before = await taskSeconds(session);
    await open(page, threadIds[turn % threadIds.length] ?? '');
    work.push((await taskSeconds(session)) - before);
  }
  return quantile(work, 0.95) * 1_000;
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
}

/** Interaction to next paint, as browsers report it, of somebody who types and switches threads while another writes. */
async function typeMeanwhile(
  page: Page,
  { server }: App,
  { threadId, authorId }: { threadId: string; authorId: string },
): Promise<number> {
  if (!page.url().includes(threadId)) await open(page, threadId);
  const sender = new Sender(server, authorId);
  const leave = new AbortController();
  const writing = (async () => {
    const start = performance.now();
    for (let sent = 0; !leave.signal.aborted; sent += 1) {
      await delay(Math.max(0, start + (sent * 1_000) / PER_SECOND - performance.now()));
      await sender.do('sendMessage', { threadId, messageId: newId(), text: TEXT });
    }
  })();
  await page.getByRole('textbox', { name: /message/i }).focus();
  await page.evaluate(noteInteractions);
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press('abcdefghij '[key % 11] ?? 'a');
    await delay(50);
  }
  const durations = await page.evaluate(interactions);
  leave.abort();
  await writing;
  await page.getByRole('textbox', { name: /message/i }).fill('');
  // Of every fifty interactions the worst one does not count.
  return durations.sort((a, b) => b - a)[Math.floor(KEYS / 50)] ?? FRAME;
}

interface Noted {
  interactions?: Map<number, number>;
}

function noteInteractions(): void {
  const noted = globalThis as unknown as Noted;
  const isFirst = noted.interactions === undefined;
  noted.interactions = new Map();
  if (!isFirst) return;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { interactionId, duration } = entry as PerformanceEntry & { interactionId: number };
      const known = noted.interactions?.get(interactionId) ?? 0;
      if (interactionId > 0) noted.interactions?.set(interactionId, Math.max(known, duration));
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
}

/** Milliseconds of each that took more than a frame. */
async function interactions(): Promise<number[]> {
  await new Promise((resolve) => setTimeout(resolve, 500));
  return [...((globalThis as unknown as Noted).interactions?.values() ?? [])];
}
