/** Debian's Chromium with a page that holds the client half, for what only a browser can show. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type LaunchOptions } from 'playwright';
import { build } from 'vite';
import type { BenchPage } from './browser/page.ts';

export const chromiumOptions: LaunchOptions = {
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
};

export interface OpenPage extends AsyncDisposable {
  /** Calls one of what the page offers with a number, and waits for the number it answers. */
  call(name: keyof BenchPage, argument: number): Promise<number>;
}

export async function openPage(): Promise<OpenPage> {
  const script = await bundled(join(import.meta.dirname, 'browser', 'page.ts'));
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript ? script : '<!doctype html><title>Bench</title><script type="module" src="/page.js"></script>',
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await chromium.launch(chromiumOptions);
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'bench' in globalThis);
  return {
    call: (name, argument) =>
      page.evaluate(([name, argument]) => (globalThis as unknown as { bench: BenchPage }).bench[name](argument), [
        name,
        argument,
      ] as const),
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.close();
    },
  };
}

/** A module of the page's, with everything it imports, as one script. */
export async function bundled(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, target: 'esnext', rollupOptions: { input: entry }, modulePreload: false },
  });
  const [output] = [built].flat();
  const chunk = output && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('The page was not built.');
  return chunk.code;
}
