/** IndexedDB as it is, for what happens to a profile while no engine runs. Works on a real browser and on a fake one. */
import type { OutboxItem } from '../client/ports.ts';

/** Names of the databases that end so. */
export const databasesOf = async (profile: string): Promise<string[]> =>
  (await indexedDB.databases()).flatMap(({ name }) => (name?.endsWith(profile) ? [name] : []));

export async function deleteDatabase(name: string): Promise<void> {
  await done(indexedDB.deleteDatabase(name));
}

/** Copies a database as somebody does who copies the directory of the profile. */
export async function copyDatabase(name: string, to: string): Promise<void> {
  const from = await done(indexedDB.open(name));
  const names = [...from.objectStoreNames];
  const reading = from.transaction(names);
  const stores = names.map((store) => {
    const { keyPath, indexNames } = reading.objectStore(store);
    const indexes = Array.from(indexNames, (index) => reading.objectStore(store).index(index));
    return { store, keyPath, indexes: indexes.map((index) => [index.name, index.keyPath, index.unique] as const) };
  });
  const rows = await Promise.all(
    names.map((store) => done(reading.objectStore(store).getAll() as IDBRequest<object[]>)),
  );
  const target = await made(to, from.version, (database) => {
    for (const { store, keyPath, indexes } of stores) {
      const copy = database.createObjectStore(store, { keyPath });
      for (const [index, path, unique] of indexes) copy.createIndex(index, path, { unique });
    }
  });
  await written(target, (store, index) => rows[index]?.forEach((row) => store.put(row)), names);
  from.close();
  target.close();
}

/** A cache as another release left it: of a shape that nobody knows any more. */
export async function makeForeignCache(name: string): Promise<void> {
  (await made(name, 10, (database) => database.createObjectStore('packed'))).close();
}

/** An outbox as the first release wrote it. It never changes, whatever becomes of the schema. */
export async function makeFirstOutbox(
  name: string,
  { clientId, items, draft }: { clientId: string; items: readonly OutboxItem[]; draft: { key: string; text: string } },
): Promise<void> {
  const outbox = await made(name, 10, (database) => {
    const store = database.createObjectStore('items', { keyPath: 'id' });
    store.createIndex('order', 'order', { unique: true });
    store.createIndex('lane', 'lane');
    database.createObjectStore('lanes', { keyPath: 'lane' });
    database.createObjectStore('drafts', { keyPath: 'key' });
    database.createObjectStore('meta', { keyPath: 'key' });
  });
  const rows: Record<string, readonly object[]> = {
    items,
    lanes: items.map(({ lane, n }) => ({ lane, lastN: n })),
    drafts: [draft],
    meta: [
      { key: 'clientId', value: clientId },
      { key: 'lastOrder', value: String(items.at(-1)?.order ?? 0) },
    ],
  };
  await written(outbox, (store) => rows[store.name]?.forEach((row) => store.put(row)), Object.keys(rows));
  outbox.close();
}

function made(name: string, version: number, make: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.addEventListener('upgradeneeded', () => make(request.result));
  return done(request);
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('The disk refused.')));
  });

const written = (
  database: IDBDatabase,
  write: (store: IDBObjectStore, index: number) => void,
  stores: readonly string[],
): Promise<void> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, 'readwrite');
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('The disk refused.')));
    stores.forEach((store, index) => write(transaction.objectStore(store), index));
  });
