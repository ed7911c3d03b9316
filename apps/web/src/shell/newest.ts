import { takeUpdate } from './app-update.ts';
import { reloadSafely, saveNow } from './reload.ts';

/**
 * What became of it: `reloading` into a newer release; `none`: there is none to be had, so a reload would lead back
 * here; `unsaved`: what is being typed could not be kept, so the page stays.
 */
export type Renewal = 'reloading' | 'none' | 'unsaved';

/** Fetches the newest release and reloads into it, with drafts kept. Never reloads into the release that runs. */
export async function renew(): Promise<Renewal> {
  const isThere = await newerRelease().catch(() => null);
  if (!isThere) return 'none';
  try {
    await saveNow();
  } catch {
    return 'unsaved';
  }
  isThere();
  return 'reloading';
}

/** How to go over to a newer release; `null` where the server has none. */
async function newerRelease(): Promise<(() => void) | null> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return (await isServed()) ? () => void reloadSafely() : null;
  await registration.update();
  const worker = registration.installing ?? registration.waiting;
  return worker && (await isInstalled(worker)) ? () => takeUpdate(worker) : null;
}

/** Resolves once its files are all there, or will never be. */
async function isInstalled(worker: ServiceWorker): Promise<boolean> {
  while (worker.state === 'installing') {
    await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
  }
  return worker.state !== 'redundant';
}

/** Whether the server's page runs another script than this one does. */
async function isServed(): Promise<boolean> {
  const own = document.querySelector('script[type=module][src]')?.getAttribute('src');
  const answer = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' });
  const page = await answer.text();
  return own != null && page.includes('type="module"') && !page.includes(own);
}
