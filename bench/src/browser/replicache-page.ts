/** The page of PEERS with Replicache in it, for those who accept its terms; see docs/decisions/0017. */
import { ReplicacheImpl } from 'replicache/impl';
import { stores } from './peers-page.ts';
import type { Message, OpenStore } from './stores.ts';

const NEWEST = 50;
/** No message is beyond this place. */
const HIGHEST = 100_000_000;

// It reads forwards only: the newest message has the least key.
const keyOf = ({ threadId, seq }: Message): string => `${threadId}/${String(HIGHEST - seq).padStart(9, '0')}`;

/** What it is told is in memory at once, and on the disk when it thinks it time: here it is asked to, where it is to be kept. */
const openReplicache: OpenStore = async (name) => {
  let arrived: readonly Message[] = [];
  const replicache = new ReplicacheImpl({
    name,
    logLevel: 'error',
    pullInterval: null,
    mutators: { send: (tx, message) => tx.set(keyOf(message), { ...message }) },
    puller: async () => ({
      response: {
        cookie: arrived.length,
        lastMutationIDChanges: {},
        patch: arrived.map((message) => ({ op: 'put', key: keyOf(message), value: { ...message } })),
      },
      httpRequestInfo: { httpStatusCode: 200, errorMessage: '' },
    }),
    pusher: async () => ({ httpRequestInfo: { httpStatusCode: 200, errorMessage: '' } }),
  });
  const persist = async (): Promise<void> => {
    // It refuses while it is at it by itself, and what that leaves out is not known.
    await replicache.persist().catch(async () => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      await persist();
    });
  };
  return {
    async load(messages) {
      arrived = messages;
      await replicache.pull({ now: true });
      await persist();
    },
    async insert(message) {
      await replicache.mutate.send(message);
      await persist();
    },
    newest: (threadId) =>
      replicache.query(
        async (tx) =>
          (
            await tx
              .scan({ prefix: `${threadId}/`, limit: NEWEST })
              .values()
              .toArray()
          ).length,
      ),
    watch: async (threadId, seen) =>
      replicache.subscribe(
        (tx) =>
          tx
            .scan({ prefix: `${threadId}/`, limit: 1 })
            .values()
            .toArray(),
        seen,
      ),
    close: () => replicache.close(),
  };
};

Object.assign(stores, { Replicache: openReplicache });
