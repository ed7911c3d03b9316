/** RECON: a server that was killed comes back, and everybody is there at once with an empty cache. */
import { threadScope } from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { quantile, type Bench, type Run } from './contest.ts';
import type { EngineCalls, Owner } from './crowd/engines.ts';
import { launch, wallClock, type Launched } from './crowd/launched.ts';
import { addSignedIn } from './crowd/people.ts';
import type { Profiled } from './crowd/serving.ts';
import { openInstallation, openOrganisation, startThreads, writeMessages, type Installation } from './installation.ts';
import { Sender } from './sender.ts';
import { TEXT } from './texts.ts';

const CLIENTS = 1_000;
/** People of one organisation, who are all in one thread, and each with three others in four more. */
const COLLEAGUES = 50;
const SMALL = { count: COLLEAGUES, size: 4 };
/** Messages in each thread. */
const MESSAGES = 50;
const SHARES = [
  ['half', 0.5],
  ['95 of 100', 0.95],
  ['all', 1],
] as const;

export const reconnecting: Bench = {
  id: 'RECON',
  what: `${CLIENTS.toLocaleString('en')} clients with empty caches after a restart`,
  async *contests() {
    await using installation = await openInstallation();
    const organisations: Organisation[] = [];
    while (organisations.length < CLIENTS / COLLEAGUES) organisations.push(await gatherOrganisation(installation));
    await using restarted = new Restarted(installation);
    await using some = launch<EngineCalls>('engines');
    await using others = launch<EngineCalls>('engines');
    const port = await restarted.start();
    const owners = organisations.flatMap(({ owners }) => owners);
    await some.call('open', port, owners.slice(0, CLIENTS / 2));
    await others.call('open', port, owners.slice(CLIENTS / 2));
    await Promise.all([some, others].map((clients) => clients.call('came')));

    const recovered = async (): Promise<number[]> => {
      await restarted.kill();
      const places: Record<string, number> = {};
      for (const organisation of organisations) places[organisation.threadId] = await organisation.say();
      await Promise.all([some, others].map((clients) => clients.call('await', places)));
      await restarted.start();
      const start = wallClock();
      const came = await Promise.all([some, others].map((clients) => clients.call('came')));
      return came.flat().map((at) => at - start);
    };
    const shares = shared(recovered);
    for (const [name, share] of SHARES) {
      yield {
        id: 'RECON',
        what: `restart until ${name} have the newest`,
        unit: 'ms',
        size: CLIENTS,
        ours: shares(share),
        goals: [],
      };
    }
  },
};

/** Several figures of one restart, for contests that are held one after the other. */
function shared(recovered: () => Promise<number[]>): (share: number) => Run {
  const measured: number[][] = [];
  return (share) => {
    let next = 0;
    return async () => {
      const times = (measured[next] ??= await recovered());
      next += 1;
      return quantile(times, share);
    };
  };
}

interface Organisation {
  owners: Owner[];
  threadId: string;
  /** Says something in the thread of all. @returns its place */
  say: () => Promise<number>;
}

async function gatherOrganisation(installation: Installation): Promise<Organisation> {
  const { server } = installation;
  const branch = { ...installation, orgId: await openOrganisation(server) };
  const people = await addSignedIn(branch, COLLEAGUES);
  const ids = people.map(({ personId }) => personId);
  const [authorId = ''] = ids;
  const [all] = await startThreads(branch, ids, { count: 1, size: COLLEAGUES });
  if (!all) throw new Error('There is nobody.');
  const { threadId } = all;
  const threads = [all, ...(await startThreads(branch, ids, SMALL))];
  await writeMessages(branch, { threadIds: threads.map((each) => each.threadId), authorId, each: MESSAGES });
  const sender = new Sender(server, authorId);
  return {
    owners: people.map((person) => ({ ...person, threadId })),
    threadId,
    async say() {
      await sender.do('sendMessage', { threadId, messageId: newId(), text: TEXT });
      const { lastSeq } = await installation.database.kysely
        .selectFrom('sync_scope')
        .select('seq as lastSeq')
        .where('id', '=', threadScope(threadId))
        .executeTakeFirstOrThrow();
      return lastSeq;
    },
  };
}

/** The API, whose process is killed and started anew at the same port. */
class Restarted {
  readonly #databaseUrl: string;
  #process: Launched<Profiled> | undefined;
  #port = 0;

  constructor({ url }: Installation) {
    this.#databaseUrl = url;
  }

  async start(): Promise<number> {
    this.#process = launch<Profiled>('parley-server');
    this.#port = await this.#process.call('listen', this.#databaseUrl, this.#port);
    return this.#port;
  }

  async kill(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
