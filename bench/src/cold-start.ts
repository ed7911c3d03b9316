/** P10: a browser is started without a network, and the thread that was open last is to be read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { addAccounts, openApp, signIn, type App } from './app.ts';
import { bundled, chromiumOptions } from './chromium.ts';
import type { Bench } from './contest.ts';
import { startThreads, writeMessages } from './installation.ts';
import { profileOf } from './profile.ts';
import { served } from './served.ts';
import { TEXT } from './texts.ts';

const SIZES = [100, 1_000, 10_000];
/** Messages of a thread, all unread: as many as a client keeps of it. */
const EACH = 100;
/** Milliseconds without a word from the server after which everything is taken to be there. */
const QUIET = 2_000;

export const coldStarting: Bench = {
  id: 'P10',
  what: 'start of the browser without a network',
  async *contests() {
    await using app = await openApp();
    await using minimal = await openMinimal();
    for (const size of SIZES) {
      await using ours = await makeProfile((page) => fillOurs(page, app, size));
      await using theirs = await makeProfile(async (page) => {
        await page.goto(minimal.origin);
        await page.evaluate(
          (count) => (globalThis as unknown as { fill: (n: number) => Promise<void> }).fill(count),
          size,
        );
      });
      yield {
        id: 'P10',
        what: 'offline cold start until the last thread is readable',
        unit: 'ms',
        size,
        ours: () => ours.start((page) => untilReadable(page, app.origin)),
        limit: {
          name: 'a minimal service worker and Dexie page',
          run: () => theirs.start((page) => untilReadable(page, minimal.origin)),
        },
        goals: [{ against: 'limit', is: 'at most', value: 1.5 }],
        profiles: async () => ({
          page: await ours.start((page) => profileOf(page, () => untilReadable(page, app.origin))),
        }),
      };
    }
  },
};

interface Profile extends AsyncDisposable {
  /** Starts the browser without a network for this, and quits it. */
  start<R>(visit: (page: Page) => Promise<R>): Promise<R>;
}

/** A browser's profile on the disk, filled while there was a network. */
async function makeProfile(fill: (page: Page) => Promise<void>): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-profile-'));
  const launch = async <R>(visit: (page: Page) => Promise<R>, options: { offline?: boolean } = {}): Promise<R> => {
    const context: BrowserContext = await chromium.launchPersistentContext(folder, { ...chromiumOptions, ...options });
    try {
      return await visit(context.pages()[0] ?? (await context.newPage()));
    } finally {
      await context.close();
    }
  };
  await launch(fill);
  return {
    start: (visit) => launch(visit, { offline: true }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

async function fillOurs(page: Page, app: App, size: number): Promise<void> {
  const [alice, bob] = await addAccounts(app, [`Alice${size}`, `Bob${size}`]);
  if (!alice || !bob) throw new Error('Nobody is there.');
  const started = await startThreads(app, [bob.personId, alice.personId], { count: size / EACH, size: 2 });
  const threadIds = started.map(({ threadId }) => threadId);
  await writeMessages(app, { threadIds, authorId: bob.personId, each: EACH });
  let heard = performance.now();
  page.on('websocket', (socket) => socket.on('framereceived', () => (heard = performance.now())));
  await signIn(page, app, alice);
  await page.goto(`${app.origin}/t/${threadIds[0]}`);
  await page.getByRole('feed').getByText(TEXT).first().waitFor({ timeout: 120_000 });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  while (performance.now() - heard < QUIET) await delay(QUIET / 4);
}

/** Milliseconds from the start of the navigation to the picture of messages. */
async function untilReadable(page: Page, origin: string): Promise<number> {
  await page.addInitScript((mark) => {
    const readable = new Promise<number>((resolve) => {
      const look = (): void => {
        if (document.querySelector('[role=feed]')?.textContent?.includes(mark) !== true) return;
        observer.disconnect();
        requestAnimationFrame(() => {
          // The first task behind the frame.
          const { port1, port2 } = new MessageChannel();
          port2.addEventListener('message', () => resolve(performance.now()));
          port2.start();
          port1.postMessage(null);
        });
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { childList: true, subtree: true, characterData: true });
    });
    Object.assign(globalThis, { readable });
  }, TEXT);
  await page.goto(`${origin}/`, { waitUntil: 'commit' });
  return page.evaluate(() => (globalThis as unknown as { readable: Promise<number> }).readable);
}

/** Answers from what it has taken in when it was installed. */
const WORKER = `
oninstall = (event) => event.waitUntil(caches.open('files').then((files) => files.addAll(['/', '/page.js'])));
onactivate = (event) => event.waitUntil(clients.claim());
onfetch = (event) => event.respondWith(caches.match(event.request));`;

async function openMinimal(): Promise<AsyncDisposable & { origin: string }> {
  const script = await bundled(join(import.meta.dirname, 'browser', 'offline-page.ts'));
  const files: Record<string, { type: string; text: string } | undefined> = {
    '/': {
      type: 'text/html',
      text: '<!doctype html><title>Minimal</title><div role="feed"></div><script type="module" src="/page.js"></script>',
    },
    '/page.js': { type: 'text/javascript', text: script },
    '/sw.js': { type: 'text/javascript', text: WORKER },
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    if (!file) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': file.type }).end(file.text);
  });
  return served(server);
}
