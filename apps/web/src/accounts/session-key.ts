/**
 * The keys that this browser brings besides its cookies, one for each person signed in here. A page cannot take a cookie
 * away, but it can forget a key: so signing out ends a session without a network. They are kept out of the cookies, and
 * the server has only their hashes.
 */
import { formerPerson } from './known-accounts.ts';

const DATABASE = 'parley-session';
const STORE = 'keys';
/** Under which releases before kept the one key. */
const FORMER = 0;

/** Where the disk refuses, a key lives as long as the tab. */
const unsaved = new Map<string, string>();

/** The key of a person's session in this browser, whichever tab made it; `null` where there is none. */
export async function readKey(personId: string): Promise<string | null> {
  const read = (name: string | number) =>
    within('readonly', (store) => store.get(name) as IDBRequest<string | undefined>).catch(() => undefined);
  const key = (await read(personId)) ?? (formerPerson(personId) ? await read(FORMER) : undefined);
  return key ?? unsaved.get(personId) ?? null;
}

/** A key that nobody has, for a session that is about to be opened. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Keeps the key of the session that was opened, in place of the one the person had before. */
export async function keepKey(personId: string, key: string): Promise<void> {
  unsaved.delete(personId);
  await alone(() => within('readwrite', (store) => store.put(key, personId))).catch(() => unsaved.set(personId, key));
}

/** Forgets a person's key: from now on their cookie opens nothing. The last one takes the database with it. */
export async function forgetKey(personId: string, isFormer: boolean): Promise<void> {
  unsaved.delete(personId);
  await alone(async () => {
    const left = await within('readwrite', (store) => {
      store.delete(personId);
      if (isFormer) store.delete(FORMER);
      return store.count();
    }).catch(() => 0);
    if (left === 0) await settled(indexedDB.deleteDatabase(DATABASE));
  });
}

/** No tab may keep a key in a database that another one is about to delete. */
const alone = <T>(work: () => Promise<T>): Promise<T> => navigator.locks.request('parley-keys', work);

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener('upgradeneeded', () => {
    // Looking for a key must not leave a database behind.
    if (mode === 'readonly') opening.transaction?.abort();
    else opening.result.createObjectStore(STORE);
  });
  const database = await settled(opening);
  try {
    database.addEventListener('versionchange', () => database.close());
    return await settled(work(database.transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE)));
  } finally {
    database.close();
  }
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('The disk refused.')));
  });
