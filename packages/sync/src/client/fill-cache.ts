/** Fills the cache of a release before its pages run, so that they never start with nothing. */
import type { MutatorMap, TableMap } from '../mutator.ts';
import { createEngine, type EngineOptions } from './engine.ts';
import { createGuardedStorage } from './guarded-storage.ts';
import type { Disk, Tabs } from './ports.ts';

/** Milliseconds between two looks at what is on disk, and after which it is given up. */
const LOOK = 200;
const PATIENCE = 120_000;
const hopeless: ReadonlySet<string> = new Set(['offline', 'unauthorised', 'outdated']);

export interface FillOptions<Tables extends TableMap, Mutators extends MutatorMap<Tables>> extends Omit<
  EngineOptions<Tables, Mutators>,
  'storage' | 'tabs'
> {
  /** With an outbox of its own, in which nothing ever is. */
  disk: Disk;
}

/**
 * Resolves once everything that has to be there first is on disk, or where this device keeps nothing on disk at all.
 * Rejects where the server cannot be reached, or takes too long.
 */
export async function fillCache<Tables extends TableMap, Mutators extends MutatorMap<Tables>>(
  options: FillOptions<Tables, Mutators>,
): Promise<void> {
  const { disk, timers } = options;
  const storage = createGuardedStorage(disk, timers);
  const engine = createEngine<Tables, Mutators>({ ...options, storage, tabs: alone });
  const rest = () => new Promise<void>((resolve) => timers.after(LOOK, resolve));
  try {
    await engine.start();
    for (let waited = 0; waited < PATIENCE; waited += LOOK) {
      const { storage: kept, syncedAt, connection } = engine.status();
      if (kept !== 'disk') return;
      if (hopeless.has(connection.state)) break;
      if (syncedAt !== null && (await isFilled(options))) return;
      await rest();
    }
    throw new Error('The cache could not be filled.');
  } finally {
    engine.stop();
  }
}

/** Whether every scope that comes before anything else is on disk. */
async function isFilled<Tables extends TableMap, Mutators extends MutatorMap<Tables>>({
  disk,
  residentTables,
  follow,
}: FillOptions<Tables, Mutators>): Promise<boolean> {
  const cache = await disk.openCache(() => {});
  try {
    const { rows, scopes } = await cache.read(residentTables);
    const held = new Set(scopes.map(({ scope }) => scope));
    const wanted = follow({ all: (table) => rows.filter((row) => row.table === table) as never });
    return wanted.every(({ scope, urgent }) => !urgent || held.has(scope));
  } finally {
    cache.close();
  }
}

/** A tab that knows of no other. */
const alone: Tabs = {
  claim({ granted }) {
    queueMicrotask(granted);
    return () => {};
  },
  visible: () => false,
  onVisible: () => () => {},
  post() {},
  onMessage() {},
  close() {},
};
