/** Debian's Chromium with a page that holds the client half, for what only a browser can show. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type LaunchOptions } from 'playwright';
import { build } from 'vite';

export const chromiumOptions: LaunchOptions = {
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
};

/** A page that offers functions to be called from outside. */
export interface OpenPage<Offered> extends AsyncDisposable {
  /** Calls one of them, and waits for the number it answers. */
  call<Name extends keyof Offered & string>(
    name: Name,
    ...input: Offered[Name] extends (...input: infer Input) => unknown ? Input : never
  ): Promise<number>;
}

/**
 * @param entry the page's script, a path
 * @param elsewhere files of modules that are not among the dependencies, by the name they are imported by
 */
export async function openPage<Offered>(
  entry: string,
  elsewhere: Record<string, string> = {},
): Promise<OpenPage<Offered>> {
  const script = await bundled(entry, elsewhere);
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
  page.on('pageerror', (error) => process.stderr.write(`${String(error)}\n`));
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'bench' in globalThis);
  return {
    call: (name, ...input) => {
      const called: [string, unknown[]] = [name, input];
      return page.evaluate(
        ([name, input]) =>
          (globalThis as unknown as { bench: Record<string, (...input: unknown[]) => Promise<number>> }).bench[name]?.(
            ...input,
          ) ?? 0,
        called,
      );
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.close();
    },
  };
}

/** A module of the page's, with everything it imports, as one script. */
export async function bundled(entry: string, elsewhere: Record<string, string> = {}): Promise<string> {
  const built = await build({
    configFile: false,
    root: join(import.meta.dirname, '..'),
    // It refuses to be there in two versions.
    resolve: { dedupe: ['dexie'], alias: elsewhere },
    logLevel: 'warn',
    build: { write: false, target: 'esnext', rollupOptions: { input: entry }, modulePreload: false },
  });
  const [output] = [built].flat();
  const chunk = output && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('The page was not built.');
  return chunk.code;
}
