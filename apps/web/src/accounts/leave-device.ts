/** Takes every trace of a person off this device. */
import { forgetThread } from '../shell/last-thread.ts';
import { forgetAccount, tabPersonId } from './known-accounts.ts';
import { rescueDrafts } from './left-behind.ts';

/** Milliseconds that a tab which was frozen or hangs is waited for. */
const PATIENCE_MS = 5_000;
/** A tab that was writing a moment ago may have made its database anew. */
const SWEEPS = 3;

/**
 * Everything that carries the person's id: databases, caches, what the page keeps, notifications that stand. Their tabs
 * must have been told to stop. Works without a network.
 */
export async function wipePerson(personId: string): Promise<void> {
  forgetAccount(personId);
  if (tabPersonId() === personId) sessionStorage.clear();
  // Of the release before, which kept one for everybody.
  localStorage.removeItem('parley.lastThread');
  for (const name of Object.keys(localStorage)) if (name.includes(personId)) localStorage.removeItem(name);
  await otherTabsStopped(personId);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) await deleteDatabases(personId);
  await Promise.all([deleteCaches(personId), closeNotifications()]);
}

/**
 * Takes away what the server gave the person, and leaves what they wrote themselves: their organisation has shut them out.
 * Their pages must have been told to close.
 */
export async function purgePerson(personId: string): Promise<void> {
  forgetThread();
  await otherTabsStopped(personId);
  // Their own device has them as well, and the server.
  await rescueDrafts(personId).catch(() => undefined);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) await deleteDatabases(personId, isOfServer);
  await Promise.all([deleteCaches(personId), closeNotifications()]);
}

const isOfServer = (name: string): boolean => name.startsWith('parley-cache-');

/** Tabs hold locks that are named after their person for as long as they are at work. */
async function otherTabsStopped(personId: string): Promise<void> {
  const { held = [], pending = [] } = await navigator.locks.query();
  const names = new Set([...held, ...pending].flatMap(({ name }) => (name?.includes(personId) ? [name] : [])));
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const free = [...names].map((name) => navigator.locks.request(name, { signal }, async () => {}));
  await Promise.allSettled(free);
}

async function deleteDatabases(personId: string, isMeant = (_name: string) => true): Promise<void> {
  const names = (await indexedDB.databases()).flatMap(({ name }) =>
    name?.includes(personId) && isMeant(name) ? [name] : [],
  );
  await Promise.all(
    names.map(
      (name) =>
        new Promise<void>((resolve, reject) => {
          const deleting = indexedDB.deleteDatabase(name);
          deleting.addEventListener('success', () => resolve());
          deleting.addEventListener('error', () => reject(deleting.error ?? new Error('The disk refused.')));
          // Goes away when the tab that holds it does; nobody has to wait for that.
          setTimeout(resolve, PATIENCE_MS);
        }),
    ),
  );
}

async function deleteCaches(personId: string): Promise<void> {
  // Not there without a secure origin, where nothing is cached either.
  if (!('caches' in globalThis)) return;
  const names = (await caches.keys()).filter((name) => name.includes(personId));
  await Promise.all(names.map((name) => caches.delete(name)));
}

async function closeNotifications(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  for (const notification of (await registration?.getNotifications?.()) ?? []) notification.close();
}
