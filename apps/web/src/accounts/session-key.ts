/**
 * The key that this browser brings besides its cookie. A page cannot take the cookie away, but it can forget the key:
 * so signing out ends the session without a network. It is kept out of the cookies, and the server has only its hash.
 */

const DATABASE = 'parley-session';
const STORE = 'keys';

/** Where the disk refuses, the key lives as long as the tab. */
let unsaved: string | null = null;

/** The key of the session in this browser, whichever tab made it; `null` where there is none. */
export async function readKey(): Promise<string | null> {
  const key = await within<string | undefined>('readonly', (store) => store.get(0)).catch(() => undefined);
  return key ?? unsaved;
}

/** A key that nobody has, for a session that is about to be opened. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Keeps the key of the session that was opened, in place of the one before. */
export async function keepKey(key: string): Promise<void> {
  unsaved = null;
  await within('readwrite', (store) => store.put(key, 0)).catch(() => (unsaved = key));
}

/** Forgets the key: from now on the cookie opens nothing. */
export async function forgetKey(): Promise<void> {
  unsaved = null;
  await settled(indexedDB.deleteDatabase(DATABASE));
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener('upgradeneeded', () => {
    // Looking for a key must not leave a database behind.
    if (mode === 'readonly') opening.transaction?.abort();
    else opening.result.createObjectStore(STORE);
  });
  const database = await settled(opening);
  try {
    database.addEventListener('versionchange', () => database.close());
    return (await settled(work(database.transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE)))) as T;
  } finally {
    database.close();
  }
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('The disk refused.')));
  });
