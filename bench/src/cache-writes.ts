/** P9: what a client keeps of what it fetched, in the IndexedDB of Chromium. */
import { join } from 'node:path';
import type { BenchPage } from './browser/page.ts';
import { openPage } from './chromium.ts';
import type { Bench } from './contest.ts';

const SIZES = [500, 5_000, 50_000];

export const keeping: Bench = {
  id: 'P9',
  what: 'bulk write of synced messages into IndexedDB',
  async *contests() {
    await using page = await openPage<BenchPage>(join(import.meta.dirname, 'browser', 'page.ts'));
    for (const size of SIZES) {
      yield {
        id: 'P9',
        what: 'bulk local write',
        unit: 'ms',
        size,
        ours: () => page.call('writeOurs', size),
        peer: { name: 'Dexie bulkAdd, a record a message', run: () => page.call('writeDexie', size) },
        goals: size < 5_000 ? [] : [{ against: 'peer', is: 'at most', value: 0.1 }],
      };
    }
  },
};
