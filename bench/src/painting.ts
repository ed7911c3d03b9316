/** P4: from the Enter of one person to the picture in the browser of another. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright';
import { WebSocketServer } from 'ws';
import { addAccounts, openApp, signIn } from './app.ts';
import { chromiumOptions } from './chromium.ts';
import { quantile, type Bench } from './contest.ts';
import { startThreads } from './installation.ts';
import { notePressed, pressedAt, watchPaint } from './paint.ts';
import { profileOf } from './profile.ts';
import { TEXT } from './texts.ts';

const MESSAGES = 30;
/** Milliseconds between the last letter and Enter. */
const PAUSE = 100;

export const painting: Bench = {
  id: 'P4',
  what: 'Enter pressed until painted in the other browser',
  async *contests() {
    await using app = await openApp();
    const accounts = await addAccounts(app, ['Alice', 'Bob']);
    const personIds = accounts.map(({ personId }) => personId);
    const [thread] = await startThreads(app, personIds, { count: 1, size: 2 });
    await using browser = await chromium.launch(chromiumOptions);
    const [from, to] = await Promise.all(
      accounts.map(async (account) => {
        const page = await (await browser.newContext()).newPage();
        await signIn(page, app, account);
        await page.goto(`${app.origin}/t/${thread?.threadId}`);
        await page.getByRole('textbox', { name: /message/i }).waitFor();
        return page;
      }),
    );
    if (!from || !to) throw new Error('Nobody is there.');
    await using bare = await openBare(browser);
    yield {
      id: 'P4',
      what: 'Enter to painted elsewhere, p95',
      unit: 'ms',
      ours: () => send(from, to),
      limit: { name: 'a bare WebSocket page', run: () => send(bare.from, bare.to) },
      goals: [{ against: 'limit', is: 'at most', value: 1.5 }],
      profiles: async () => ({
        from: await profileOf(from, () => send(from, to)),
        to: await profileOf(to, () => send(from, to)),
      }),
    };
  },
};

/** Of so many messages: within how many milliseconds 95 of 100 were painted. */
async function send(from: Page, to: Page): Promise<number> {
  await from.bringToFront();
  await from.getByRole('textbox', { name: /message/i }).focus();
  await from.evaluate(notePressed);
  const latencies: number[] = [];
  for (let message = 0; message < MESSAGES; message += 1) {
    const mark = crypto.randomUUID();
    const painted = await to.evaluateHandle(watchPaint, { within: '[role=feed]', mark });
    await from.keyboard.insertText(`${TEXT} ${mark}`);
    await delay(PAUSE);
    await from.keyboard.press('Enter');
    latencies.push((await painted.evaluate(({ painted }) => painted)) - (await from.evaluate(pressedAt)));
  }
  return quantile(latencies, 0.95);
}

interface BarePages extends AsyncDisposable {
  from: Page;
  to: Page;
}

/** As little as can be: what is typed goes to everybody, and stands in a list there. */
const BARE = `<!doctype html><title>Bare</title><div role="feed"></div><input aria-label="Message"><script>
const socket = new WebSocket(location.href.replace('http', 'ws'));
const [feed, field] = [document.querySelector('div'), document.querySelector('input')];
socket.onmessage = ({ data }) => {
  const line = feed.appendChild(document.createElement('p'));
  line.textContent = data;
  line.scrollIntoView();
};
field.onkeydown = ({ key }) => {
  if (key !== 'Enter') return;
  socket.send(field.value);
  field.value = '';
};
</script>`;

async function openBare(browser: Browser): Promise<BarePages> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(BARE));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => sockets.clients.forEach((client) => client.send(data, { binary: false })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const open = async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    return page;
  };
  return {
    from: await open(),
    to: await open(),
    async [Symbol.asyncDispose]() {
      sockets.clients.forEach((client) => client.terminate());
      server.close();
    },
  };
}
