import { useSyncExternalStore } from 'react';
import { reloadSafely } from './reload.ts';
import { trustedUrl } from './trusted-url.ts';

let waiting: ServiceWorker | null = null;
/** Another tab took the new version: this one still runs the old. */
let replaced = false;
let reloading = false;
const listeners = new Set<() => void>();
const changed = () => listeners.forEach((notify) => notify());

/** How often a page that stays open looks for a new version. */
const lookEveryMs = 60 * 60_000;

/** Installs the service worker and watches for new versions; without support or permission the app runs on, online only. */
export async function watchForUpdates(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const container = navigator.serviceWorker;
  const hadController = container.controller !== null;
  container.addEventListener('controllerchange', () => {
    replaced = hadController;
    // A page that cannot keep what is typed stays, and offers the reload once more.
    if (reloading) return void reloadSafely().catch(changed);
    changed();
  });
  const registration = await container.register(trustedUrl('/service-worker.js'), { updateViaCache: 'none' });
  const take = (worker: ServiceWorker | null) => {
    if (worker === null || container.controller === null) return;
    waiting = worker;
    changed();
  };
  take(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') take(worker);
    });
  });
  const look = () => {
    if (navigator.onLine) registration.update().catch(() => undefined);
  };
  setInterval(look, lookEveryMs);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look();
  });
}

/** Whether a newer version is ready to take over. */
export function useUpdateReady(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting !== null || replaced,
  );
}

/** Lets the new version take over and reloads this page; drafts are saved first. */
export function takeUpdate(worker = waiting): void {
  reloading = true;
  if (worker === null || replaced) reloadSafely().catch(changed);
  else worker.postMessage({ type: 'activate' });
}
