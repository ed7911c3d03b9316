import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStaticFiles, type StaticFiles } from './static-files.ts';

const script = 'const words = "again and again";\n'.repeat(200);

let folder: string;
let files: StaticFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'static-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Parley</title>');
  await writeFile(join(folder, 'service-worker.js'), 'self.addEventListener("fetch", () => {});');
  await writeFile(join(folder, 'assets', 'main-DxK3_a9z.js'), script);
  await writeFile(join(folder, 'assets', 'inter-latin-B2x8Qw1e.woff2'), 'font');
  files = await readStaticFiles(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  files.respond(new Request(`http://localhost${path}`, { headers, method }));

describe('files', () => {
  test('with a hash in their names are kept for ever, all others asked for each time', async () => {
    expect((await get('/assets/main-DxK3_a9z.js'))?.headers.get('cache-control')).toBe(
      'public, max-age=31536000, immutable',
    );
    expect((await get('/assets/inter-latin-B2x8Qw1e.woff2'))?.headers.get('content-type')).toBe('font/woff2');
    for (const path of ['/index.html', '/service-worker.js']) {
      expect((await get(path))?.headers.get('cache-control')).toBe('no-cache');
    }
  });

  test('come compressed in the best way the browser takes', async () => {
    const as = async (accepted: string) => {
      const response = await get('/assets/main-DxK3_a9z.js', { 'accept-encoding': accepted });
      return [
        response?.headers.get('content-encoding'),
        Buffer.from((await response?.arrayBuffer()) ?? new ArrayBuffer(0)),
      ] as const;
    };
    const [br, brotli] = await as('gzip, deflate, br');
    expect([br, brotliDecompressSync(brotli).toString()]).toEqual(['br', script]);
    const [gzip, zipped] = await as('gzip;q=1.0, br;q=0');
    expect([gzip, gunzipSync(zipped).toString()]).toEqual(['gzip', script]);
    const [none, plain] = await as('');
    expect([none, plain.toString()]).toEqual([null, script]);
    expect(brotli.length).toBeLessThan(plain.length / 10);
    expect(
      (await get('/assets/inter-latin-B2x8Qw1e.woff2', { 'accept-encoding': 'br' }))?.headers.has('content-encoding'),
    ).toBe(false);
  });

  test('that are known already are not sent again', async () => {
    const etag = (await get('/index.html'))?.headers.get('etag') ?? '';
    const response = await get('/index.html', { 'if-none-match': etag });
    expect([response?.status, response?.body]).toEqual([304, null]);
  });

  test('answer HEAD without a body, and nothing else', async () => {
    expect((await get('/index.html', {}, 'HEAD'))?.body).toBeNull();
    expect(get('/index.html', {}, 'POST')).toBeUndefined();
  });
});

describe('a page of the app', () => {
  const page = { accept: 'text/html,application/xhtml+xml' };

  test.each(['/', '/t/0192', '/sign-in', '/invitation/abc-def'])(
    '%s is index.html for a browser that navigates',
    async (path) => {
      expect((await get(path, page))?.headers.get('content-type')).toBe('text/html; charset=utf-8');
    },
  );

  test.each([
    ['/t/0192', { accept: 'application/json' }],
    ['/assets/gone-AAAAAAAA.js', page],
    ['/trpc/accounts.session', page],
    ['/trpc', page],
    ['/healthz', page],
    ['/../package.json', page],
    ['/assets/../../package.json', page],
    ['/%2e%2e/%2e%2e/etc/passwd.txt', page],
  ])('%s is not, where something else was meant', (path, headers) => {
    expect(get(path, headers)).toBeUndefined();
  });
});

test('a folder that is not there serves nothing', async () => {
  const none = await readStaticFiles(join(folder, 'nothing'));
  expect(none.paths).toEqual([]);
  expect(none.respond(new Request('http://localhost/', { headers: { accept: 'text/html' } }))).toBeUndefined();
});
