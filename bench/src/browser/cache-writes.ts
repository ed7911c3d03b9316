/** Runs in the page: what a client writes to its cache while it synchronises, and the same rows through plain Dexie. */
import { createDexieDisk } from '@parley/sync/adapters/dexie';
import { Dexie } from 'dexie';
import { messagesByThread, type Row } from './messages.ts';

const THREADS = 20;
/** Rows of one answer of the server. */
const PAGE = 500;

/** Milliseconds to keep so many messages, as they arrive: page by page. */
export async function writeOurs(count: number): Promise<number> {
  const disk = createDexieDisk(crypto.randomUUID(), () => crypto.randomUUID());
  const cache = await disk.openCache(() => undefined);
  const pages = messagesByThread(count, THREADS).flatMap(({ scope, rows }) =>
    pagesOf(rows).map((page) => ({ scope, page })),
  );
  const start = performance.now();
  const isHeld = new Set<string>();
  for (const { scope, page } of pages) {
    const low = page[0]?.data.seq ?? 1;
    const state = { scope, version: count, epoch: 1, low };
    await cache.writeCache([{ scope, purge: !isHeld.has(scope), state, rows: page }], 'incarnation', 1);
    isHeld.add(scope);
  }
  const elapsed = performance.now() - start;
  cache.close();
  await disk.deleteAll();
  return elapsed;
}

/** The same, each message a record of its own with the indexes that reading a thread needs. */
export async function writeDexie(count: number): Promise<number> {
  const name = `peer-${crypto.randomUUID()}`;
  const database = new Dexie(name, { chromeTransactionDurability: 'relaxed' });
  database.version(1).stores({ messages: 'id, [scope+data.seq]' });
  await database.open();
  const pages = messagesByThread(count, THREADS).flatMap(({ rows }) => pagesOf(rows));
  const start = performance.now();
  for (const page of pages) await database.table('messages').bulkAdd(page);
  const elapsed = performance.now() - start;
  database.close();
  await Dexie.delete(name);
  return elapsed;
}

const pagesOf = (rows: Row[]): Row[][] =>
  Array.from({ length: Math.ceil(rows.length / PAGE) }, (_, page) => rows.slice(page * PAGE, (page + 1) * PAGE));
