/**
 * Keeps the application's own files, so that it starts from cold without a network. It touches nothing else: calls,
 * health checks and files always go to the server, and what people wrote is the sync engine's to keep.
 */
/// <reference lib="webworker" />
import { CACHE } from '@parley/sync/adapters/cache-name';
import { addPlugins, cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from 'workbox-precaching';
import { trustedUrl } from './shell/trusted-url.ts';
// oxlint-disable-next-line import/default -- what comes is its address, not the module
import fillerUrl from './sync/fill-cache.worker.ts?worker&url';
import type { Filler } from './sync/fill-cache.worker.ts';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

const facesCache = 'parley-faces';
/** Paths that the server answers, also when somebody opens them in a window. */
const ofServer = /^\/(?:trpc|healthz|readyz|metrics|files|dev)(?:\/|$)/;

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    if (ofServer.test(url.pathname)) return;
    event.respondWith(shell(request));
    event.stopImmediatePropagation();
  } else if (/^\/assets\/.*\.woff2$/.test(url.pathname)) {
    event.respondWith(face(request));
    event.stopImmediatePropagation();
  }
});

addPlugins([{ cacheWillUpdate: async ({ request, response }) => (isOurs(request, response) ? response : null) }]);
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

// Fails without a server: then this version is not installed, and the one before runs on with its own cache.
self.addEventListener('install', (event) => event.waitUntil(fillOwnCaches()));

// A new version waits until the person asks for it: what is being typed stays where it is.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: unknown } | null)?.type === 'activate') void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** For everybody whose data the release before keeps in another cache than the one that this release reads. */
async function fillOwnCaches(): Promise<void> {
  const databases = await indexedDB.databases();
  const personIds = databases.flatMap(({ name = '' }) => {
    const [, personId] = /^parley-cache-\d+-(.+)$/.exec(name) ?? [];
    return personId === undefined || name.startsWith(`${CACHE}-`) ? [] : [personId];
  });
  if (personIds.length === 0) return;
  importScripts(trustedUrl(fillerUrl));
  await (self as Filler).fillCaches?.(personIds);
}

async function shell(request: Request): Promise<Response> {
  return (await matchPrecache('/index.html')) ?? fetch(request);
}

async function face(request: Request): Promise<Response> {
  const kept = (await matchPrecache(request)) ?? (await caches.match(request));
  if (kept !== undefined) return kept;
  const fresh = await fetch(request);
  if (isOurs(request, fresh)) await (await caches.open(facesCache)).put(request, fresh.clone());
  return fresh;
}

/**
 * Networks that want a sign-in of their own answer everything with a page of theirs, as if it were ours. Ours say what
 * they may load; a script or a picture is never a page.
 */
function isOurs(request: Request, response: Response): boolean {
  if (!response.ok || response.redirected) return false;
  const isPage = /html/.test(response.headers.get('content-type') ?? 'html');
  const wantsPage = /(?:\/|\.html)$/.test(new URL(request.url).pathname);
  return isPage === wantsPage && (!isPage || response.headers.has('content-security-policy'));
}
