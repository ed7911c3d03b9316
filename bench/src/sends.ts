/** P1 to P3: messages sent and acknowledged, from the push to the commit on the disk. */
import { v7 as newId } from 'uuid';
import { quantile, type Bench, type Run } from './contest.ts';
import { addPeople, analyse, openInstallation, startThreads, type Installation } from './installation.ts';
import { Sender } from './sender.ts';
import { singleInserts } from './single-inserts.ts';
import { TEXT } from './texts.ts';

const SENDERS = 64;
const SECONDS = 4;
/** Threads in which everybody sends, eight people each. */
const MANY = { count: 256, size: 8 };
const ONE = { count: 1, size: SENDERS };

/** People who send as fast as they are answered, each for themselves. */
interface Crowd {
  /** Messages a second. */
  send: Run;
  /** Of the last `send`: within how many milliseconds 99 of 100 were answered. */
  p99: Run;
}

export const sendingToMany: Bench = {
  id: 'P1',
  what: `${SENDERS} senders over ${MANY.count} threads`,
  contests: () => contestsOf({ id: 'P1', what: 'sends over many threads', threads: MANY, goal: 1 }),
};

export const sendingToOne: Bench = {
  id: 'P2',
  what: `${SENDERS} senders in one thread`,
  contests: () => contestsOf({ id: 'P2', what: 'sends in one thread', threads: ONE, goal: 0.8 }),
};

async function* contestsOf({
  id,
  what,
  threads,
  goal,
}: {
  id: string;
  what: string;
  threads: typeof MANY;
  goal: number;
}) {
  await using installation = await openInstallation();
  const crowd = await gather(installation, threads);
  yield {
    id,
    what,
    unit: 'sends/s',
    ours: crowd.send,
    limit: await singleInserts(installation.url, SENDERS, SECONDS),
    goals: [{ against: 'limit' as const, is: 'at least' as const, value: goal }],
  };
  yield {
    id,
    what: `${what}, p99`,
    unit: 'ms',
    ours: crowd.p99,
    goals: [{ against: 'itself' as const, is: 'at most' as const, value: 10 }],
  };
}

/** As a backup does: what is written meanwhile cannot be tidied away. */
export const sendingBesideSnapshot: Bench = {
  id: 'P3',
  what: 'the same as P1 while somebody holds a snapshot',
  async *contests() {
    await using installation = await openInstallation();
    const crowd = await gather(installation, MANY);
    yield {
      id: 'P3',
      what: 'sends beside a held snapshot',
      unit: 'sends/s',
      ours: () =>
        installation.database.kysely
          .transaction()
          .setIsolationLevel('repeatable read')
          .execute(async (trx) => {
            await trx.selectFrom('message').select('id').limit(1).execute();
            return crowd.send();
          }),
      limit: { name: 'itself without one', run: crowd.send },
      goals: [{ against: 'limit', is: 'at least', value: 0.8 }],
    };
  },
};

async function gather(installation: Installation, threads: typeof MANY): Promise<Crowd> {
  const personIds = await addPeople(installation, SENDERS);
  const started = await startThreads(installation, personIds, threads);
  const senders = personIds.map((personId) => ({
    sender: new Sender(installation.server, personId),
    threadIds: started.flatMap(({ threadId, participantIds }) => (participantIds.includes(personId) ? threadId : [])),
  }));
  for (const { sender, threadIds } of senders) {
    for (const threadId of threadIds) await sender.do('sendMessage', { threadId, messageId: newId(), text: TEXT });
  }
  await analyse(installation.url);
  let latencies: number[] = [];
  const send = async (): Promise<number> => {
    latencies = [];
    const start = performance.now();
    await Promise.all(
      senders.map(async ({ sender, threadIds }) => {
        for (let turn = 0; performance.now() - start < SECONDS * 1_000; turn += 1) {
          const sent = performance.now();
          const threadId = threadIds[turn % threadIds.length] ?? '';
          await sender.do('sendMessage', { threadId, messageId: newId(), text: TEXT });
          latencies.push(performance.now() - sent);
        }
      }),
    );
    return (latencies.length * 1_000) / (performance.now() - start);
  };
  const p99 = async (): Promise<number> => {
    await send();
    return quantile(latencies, 0.99);
  };
  return { send, p99 };
}
