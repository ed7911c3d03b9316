/** The page of PEERS: the same work in our engine and in other databases for the browser. */
import { v7 as newId } from 'uuid';
import { openOurs, openPouch, openRxdb, type Message, type OpenStore, type Store } from './stores.ts';

const THREADS = 10;
/** Messages written one by one. */
const SINGLE = 20;

export type StoreName = 'ours' | 'PouchDB' | 'RxDB' | 'Replicache';

export const stores: Partial<Record<StoreName, OpenStore>> = { ours: openOurs, PouchDB: openPouch, RxDB: openRxdb };
const openStore: (store: StoreName, name: string) => Promise<Store> = async (store, name) => {
  const open = stores[store];
  if (!open) throw new Error(`${store} is not on this page.`);
  return open(name);
};

const TEXT = 'Could you look at the plan for Tuesday before the others do? The second page is new.';
const threadIds = Array.from({ length: THREADS }, () => newId());
const message = (threadId: string, seq: number): Message => ({
  ...{ id: newId(), threadId, seq, authorId: newId(), text: TEXT, createdAt: 1_760_000_000_000 + seq },
});
const messages = (count: number): Message[] =>
  Array.from({ length: count }, (_, index) =>
    message(threadIds[index % THREADS] ?? '', 1 + Math.floor(index / THREADS)),
  );

/** Filled, and open. */
const filled = new Map<StoreName, { name: string; store: Store }>();
let place = 1_000_000;
const next = (): Message => message(threadIds[0] ?? '', (place += 1));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const of = (name: StoreName): Store => {
  const found = filled.get(name);
  if (!found) throw new Error(`${name} is not filled.`);
  return found.store;
};

const peersPage = {
  /** Milliseconds to keep so many messages in a new database. */
  async load(name: StoreName, count: number): Promise<number> {
    const store = await openStore(name, newId());
    const rows = messages(count);
    const elapsed = await timed(() => store.load(rows));
    await store.close();
    return elapsed;
  },
  async fill(name: StoreName, count: number): Promise<number> {
    await filled.get(name)?.store.close();
    const id = newId();
    const store = await openStore(name, id);
    await store.load(messages(count));
    await store.close();
    filled.set(name, { name: id, store: await openStore(name, id) });
    return 0;
  },
  /** Milliseconds a message of one's own takes until it is kept. */
  async insert(name: StoreName): Promise<number> {
    const elapsed = await timed(async () => {
      for (let written = 0; written < SINGLE; written += 1) await of(name).insert(next());
    });
    return elapsed / SINGLE;
  },
  /** Milliseconds to the newest messages of a thread that is not on the screen. */
  async newest(name: StoreName): Promise<number> {
    const elapsed = await timed(async () => {
      for (const threadId of threadIds)
        if ((await of(name).newest(threadId)) === 0) throw new Error('Nothing is there.');
    });
    return elapsed / THREADS;
  },
  /** Milliseconds from writing a message until whoever watches the thread hears of it. */
  async live(name: StoreName): Promise<number> {
    let heard = Promise.withResolvers<void>();
    const stop = await of(name).watch(threadIds[0] ?? '', () => heard.resolve());
    // Some tell at once what is there.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const latencies: number[] = [];
    for (let written = 0; written < SINGLE; written += 1) {
      heard = Promise.withResolvers();
      let kept: Promise<void> | undefined;
      latencies.push(
        await timed(() => {
          kept = of(name).insert(next());
          return heard.promise;
        }),
      );
      await kept;
    }
    stop();
    return latencies.reduce((sum, latency) => sum + latency, 0) / SINGLE;
  },
  /** Milliseconds to open the database and find the newest messages of a thread. */
  async open(name: StoreName): Promise<number> {
    const id = filled.get(name)?.name ?? '';
    await of(name).close();
    const { promise, resolve } = Promise.withResolvers<Store>();
    const elapsed = await timed(async () => {
      const store = await openStore(name, id);
      resolve(store);
      if ((await store.newest(threadIds[1] ?? '')) === 0) throw new Error('Nothing is there.');
    });
    filled.set(name, { name: id, store: await promise });
    return elapsed;
  },
};
export type PeersPage = typeof peersPage;

Object.assign(globalThis, { bench: peersPage });
