/** PEERS: our engine beside other databases for the browser, at what a messenger does all day. */
import { join } from 'node:path';
import type { PeersPage, StoreName } from './browser/peers-page.ts';
import { openPage } from './chromium.ts';
import type { Bench } from './contest.ts';
import { fetchReplicache } from './replicache.ts';

const SIZES = [100, 1_000, 10_000];
const PEERS = ['PouchDB', 'RxDB', 'Replicache'] as const satisfies StoreName[];
/** What reads comes first: without a server what is written stays in our queue, and is run over all that is read. */
const WORKS = [
  ['open', 'cold open and newest 50'],
  ['newest', 'newest 50 of a thread'],
  ['insert', 'a message of one’s own until it is kept'],
  ['live', 'a message until a watcher hears of it'],
] as const satisfies [keyof PeersPage, string][];

const pagePath = (name: string): string => join(import.meta.dirname, 'browser', `${name}.ts`);

export const besidePeers: Bench = {
  id: 'PEERS',
  what: 'beside other databases for the browser',
  async *contests({ withReplicache }) {
    const replicache = withReplicache ? await fetchReplicache() : null;
    for (const peer of PEERS) {
      const isLeftOut = peer === 'Replicache' && replicache === null;
      for (const size of isLeftOut ? SIZES.slice(0, 1) : SIZES) {
        await using page = await (peer === 'Replicache' && replicache !== null
          ? openPage<PeersPage>(pagePath('replicache-page'), { 'replicache/impl': replicache })
          : openPage<PeersPage>(pagePath('peers-page')));
        const common = { id: 'PEERS', unit: 'ms', size, goals: [] };
        const load = {
          ...common,
          what: `bulk load beside ${peer}`,
          ours: () => page.call('load', 'ours', size),
        };
        if (isLeftOut) {
          yield { ...load, notRun: `${peer}, which runs where \`--with-replicache\` accepts its terms` };
          continue;
        }
        yield { ...load, peer: { name: peer, run: () => page.call('load', peer, size) } };
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
