/** PEERS: our engine beside other databases for the browser, at what a messenger does all day. */
import { join } from 'node:path';
import type { PeersPage, StoreName } from './browser/peers-page.ts';
import { openPage } from './chromium.ts';
import type { Bench } from './contest.ts';

const SIZES = [100, 1_000, 10_000];
// Not Replicache: what its vendor's own terms allow was not to be found out.
const PEERS = ['PouchDB', 'RxDB'] as const satisfies StoreName[];
const WORKS = [
  ['insert', 'a message of one’s own until it is kept'],
  ['newest', 'newest 50 of a thread'],
  ['live', 'a message until a watcher hears of it'],
  ['open', 'cold open and newest 50'],
] as const satisfies [keyof PeersPage, string][];

export const besidePeers: Bench = {
  id: 'PEERS',
  what: 'beside other databases for the browser',
  async *contests() {
    for (const peer of PEERS) {
      for (const size of SIZES) {
        await using page = await openPage<PeersPage>(join(import.meta.dirname, 'browser', 'peers-page.ts'));
        const common = { id: 'PEERS', unit: 'ms', size, goals: [] };
        yield {
          ...common,
          what: `bulk load beside ${peer}`,
          ours: () => page.call('load', 'ours', size),
          peer: { name: peer, run: () => page.call('load', peer, size) },
        };
        for (const name of ['ours', peer] as const) await page.call('fill', name, size);
        for (const [work, what] of WORKS) {
          yield {
            ...common,
            what: `${what}, beside ${peer}`,
            ours: () => page.call(work, 'ours'),
            peer: { name: peer, run: () => page.call(work, peer) },
          };
        }
      }
    }
  },
};
