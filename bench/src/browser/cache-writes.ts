/** Runs in the page: what a client writes to its cache while it synchronises, and the same rows through plain Dexie. */
import { createDexieDisk } from '@parley/sync/adapters/dexie';
import { Dexie } from 'dexie';

const THREADS = 20;
/** Rows of one answer of the server. */
const PAGE = 500;

interface Row {
  scope: string;
  table: string;
  id: string;
  version: number;
  data: { seq: number };
}

/** Milliseconds to keep so many messages, as they arrive: page by page. */
export async function writeOurs(count: number): Promise<number> {
  const disk = createDexieDisk(crypto.randomUUID(), () => crypto.randomUUID());
  const cache = await disk.openCache(() => undefined);
  const pages = messagesByThread(count).flatMap(({ scope, rows }) => pagesOf(rows).map((page) => ({ scope, page })));
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
  const pages = messagesByThread(count).flatMap(({ rows }) => pagesOf(rows));
  const start = performance.now();
  for (const page of pages) await database.table('messages').bulkAdd(page);
  const elapsed = performance.now() - start;
  database.close();
  await Dexie.delete(name);
  return elapsed;
}

function messagesByThread(count: number): { scope: string; rows: Row[] }[] {
  return Array.from({ length: THREADS }, (_, thread) => {
    const scope = `thread:${crypto.randomUUID()}`;
    const rows = Array.from({ length: count / THREADS }, (_, index) => message(scope, thread, index + 1));
    return { scope, rows };
  });
}

const pagesOf = (rows: Row[]): Row[][] =>
  Array.from({ length: Math.ceil(rows.length / PAGE) }, (_, page) => rows.slice(page * PAGE, (page + 1) * PAGE));

const message = (scope: string, thread: number, seq: number): Row => ({
  scope,
  table: 'message',
  id: crypto.randomUUID(),
  version: seq,
  data: {
    seq,
    ...{
      kind: 'internal',
      authorId: crypto.randomUUID(),
      authorOrg: crypto.randomUUID(),
      ownerOrg: crypto.randomUUID(),
      text: `Could you look at the plan for Tuesday before the others do? The second page is new. ${thread} ${seq}`,
      replyTo: null,
      mentions: [],
      reactions: {},
      notice: null,
      forwarded: null,
      createdAt: 1_760_000_000_000 + seq,
      editedAt: null,
      revisions: 0,
      deletedAt: null,
    },
  },
});
