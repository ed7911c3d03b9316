/** P8: a device that has nothing fetches what its person may read. */
import { sql } from 'kysely';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { addAccounts, openApp, PASSWORD, type Account, type App } from './app.ts';
import type { SyncPage } from './browser/sync-page.ts';
import { bundled, chromiumOptions } from './chromium.ts';
import type { Bench } from './contest.ts';
import { startThreads, writeMessages, type Installation } from './installation.ts';
import { profileOf } from './profile.ts';
import { served } from './served.ts';

const SIZES = [500, 5_000, 50_000];
/** Messages of a thread, all unread: as many as a client keeps of it. */
const EACH = 100;

export const syncingCold: Bench = {
  id: 'P8',
  what: `first synchronisation, of threads with ${EACH} messages each`,
  async *contests() {
    await using app = await openApp();
    await using rows = await serveRows(app);
    await using browser = await chromium.launch({
      ...chromiumOptions,
      // A page that was not served by this machine may not talk to it.
      args: [...(chromiumOptions.args ?? []), '--disable-features=LocalNetworkAccessChecks'],
    });
    const script = await bundled(join(import.meta.dirname, 'browser', 'sync-page.ts'));
    for (const size of SIZES) {
      const account = await addReader(app, size);
      // The page stands in for the app's own, which does not let others fetch from elsewhere.
      await using context = await browser.newContext({ bypassCSP: true, serviceWorkers: 'block' });
      await context.route(`${app.origin}/bench.html`, (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<!doctype html><script type="module" src="/bench.js"></script>`,
        }),
      );
      await context.route(`${app.origin}/bench.js`, (route) =>
        route.fulfill({ contentType: 'text/javascript', body: script }),
      );
      const page = await context.newPage();
      await page.goto(`${app.origin}/bench.html`);
      await page.waitForFunction(() => 'bench' in globalThis);
      await call(page, 'signIn', { ...account, password: PASSWORD });
      const url = `${rows.origin}/${account.personId}`;
      const ours = () => call(page, 'syncOurs', size);
      yield {
        id: 'P8',
        what: 'first synchronisation until all is on the disk',
        unit: 'ms',
        size,
        ours,
        limit: { name: 'one response, packed into IndexedDB', run: () => call(page, 'syncAtOnce', url) },
        peer: { name: 'one response, bulkDocs of PouchDB', run: () => call(page, 'syncPouch', url) },
        goals:
          size < 5_000
            ? []
            : [
                { against: 'limit', is: 'at most', value: 3 },
                { against: 'peer', is: 'at most', value: 0.125 },
              ],
        profiles: async () => ({ page: await profileOf(page, ours) }),
      };
    }
  },
};

/** Calls one of what the page offers, and waits for what it answers. */
function call<Name extends keyof SyncPage>(page: Page, name: Name, argument: Parameters<SyncPage[Name]>[0]) {
  const called: [string, unknown] = [name, argument];
  return page.evaluate(
    ([name, argument]) =>
      (globalThis as unknown as { bench: Record<string, (argument: unknown) => Promise<number>> }).bench[name]?.(
        argument,
      ) ?? 0,
    called,
  );
}

/** Somebody who has so many messages to read. */
async function addReader(app: App, size: number): Promise<Account> {
  const [reader, writer] = await addAccounts(app, [`Reader${size}`, `Writer${size}`]);
  if (!reader || !writer) throw new Error('Nobody is there.');
  const personIds = [writer.personId, reader.personId];
  // Two people take turns to start them.
  const threads = await startThreads(app, personIds, { count: size / EACH, size: 2 });
  const threadIds = threads.map(({ threadId }) => threadId);
  await writeMessages(app, { threadIds, authorId: writer.personId, each: EACH });
  return reader;
}

/** Answers the path of a person with all the messages they may read. */
async function serveRows({ database }: Installation): Promise<AsyncDisposable & { origin: string }> {
  const server = createServer((request, response) => {
    const personId = request.url?.slice(1) ?? '';
    sql`select message.* from message join participation on participation.thread_id = message.thread_id
      where participation.person_id = ${personId}`
      .execute(database.kysely)
      .then(
        ({ rows }) =>
          response
            .writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
            .end(JSON.stringify(rows)),
        () => response.destroy(),
      );
  });
  return served(server);
}
