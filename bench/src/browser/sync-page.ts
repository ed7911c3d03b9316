/** The page of P8: a device that has nothing fetches everything, and keeps it where it can be read without a network. */
import type { AppRouter } from '@parley/api/router';
import { followedScopes, residentTables } from '@parley/core/following';
import { mutators, type Mutators } from '@parley/core/mutators';
import { isPaged, userScope } from '@parley/core/scopes';
import { SCHEMA, type Tables } from '@parley/core/tables';
import { browserTimers, createBrowserTabs } from '@parley/sync/adapters/browser';
import { createDexieStorage } from '@parley/sync/adapters/dexie';
import { createTrpcNetwork } from '@parley/sync/adapters/trpc';
import { createEngine, type Storage } from '@parley/sync/client';
import { createTRPCClient, wsLink } from '@trpc/client';
import PouchDB from 'pouchdb-browser';
import { v7 as newId } from 'uuid';

/** Messages in one record, and documents in one call. */
const PACK = 500;

const key = `${newId()}${newId()}`.replaceAll('-', '');
let personId = '';

interface Wire {
  id: string;
}

const syncPage = {
  async signIn(credentials: { email: string; password: string; personId: string }): Promise<void> {
    const { email, password } = credentials;
    const response = await fetch('/trpc/accounts.signIn', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-parley-new-key': key },
      body: JSON.stringify({ email, password }),
    });
    if (!response.ok) throw new Error(`${email} is not let in: ${await response.text()}`);
    ({ personId } = credentials);
  },

  /** Milliseconds until so many messages are on the disk of a device that had nothing. */
  async syncOurs(count: number): Promise<number> {
    const filled = Promise.withResolvers<void>();
    const start = performance.now();
    const engine = createEngine<Tables, Mutators>({
      personId,
      schema: SCHEMA,
      mutators,
      residentTables,
      isPaged,
      rootScope: userScope(personId),
      follow: (rows) => followedScopes(personId, rows),
      network: createTrpcNetwork({
        url: () => `ws://${location.host}/trpc`,
        protocols: () => Promise.resolve(['parley', `person.${personId}`, `key.${key}`]),
        calls: (client) => createTRPCClient<AppRouter>({ links: [wsLink({ client })] }).sync,
        whyRefused: () => Promise.resolve('lost'),
      }),
      timers: browserTimers,
      storage: counted(createDexieStorage(personId, newId), count, filled.resolve),
      tabs: createBrowserTabs(personId),
    });
    await engine.start();
    await filled.promise;
    const elapsed = performance.now() - start;
    await engine.wipe();
    return elapsed;
  },

  /** The same rows in one response, packed into a few records. */
  async syncAtOnce(url: string): Promise<number> {
    const name = newId();
    const start = performance.now();
    const rows = await fetched(url);
    const opening = indexedDB.open(name);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('packs'));
    await done(opening);
    const transaction = opening.result.transaction('packs', 'readwrite', { durability: 'relaxed' });
    for (const [index, pack] of packs(rows).entries()) transaction.objectStore('packs').put(pack, index);
    await new Promise((resolve) => transaction.addEventListener('complete', resolve));
    const elapsed = performance.now() - start;
    opening.result.close();
    indexedDB.deleteDatabase(name);
    return elapsed;
  },

  /** The same rows in one response, each a document. */
  async syncPouch(url: string): Promise<number> {
    const database = new PouchDB(newId());
    const start = performance.now();
    for (const pack of packs(await fetched(url))) {
      await database.bulkDocs(pack.map((row) => ({ _id: row.id, ...row })));
    }
    const elapsed = performance.now() - start;
    await database.destroy();
    return elapsed;
  },
};
export type SyncPage = typeof syncPage;

/** A storage that says when so many messages are in its cache. */
function counted(storage: Storage, count: number, full: () => void): Storage {
  let kept = 0;
  return {
    ...storage,
    async writeCache(changes, incarnation, epoch) {
      await storage.writeCache(changes, incarnation, epoch);
      for (const { rows } of changes) kept += rows.filter(({ table }) => table === 'message').length;
      if (kept >= count) full();
    },
  };
}

const fetched = async (url: string): Promise<Wire[]> => (await fetch(url)).json() as Promise<Wire[]>;

const packs = (rows: Wire[]): Wire[][] =>
  Array.from({ length: Math.ceil(rows.length / PACK) }, (_, pack) => rows.slice(pack * PACK, (pack + 1) * PACK));

const done = (request: IDBRequest): Promise<void> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve());
    request.addEventListener('error', () => reject(request.error ?? new Error('The disk refused.')));
  });

Object.assign(globalThis, { bench: syncPage });
