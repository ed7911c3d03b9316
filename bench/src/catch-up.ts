/** P7: somebody comes back, and everything others wrote meanwhile is fetched. */
import { threadScope } from '@parley/core/scopes';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Bench } from './contest.ts';
import { addPeople, openInstallation, startThreads, writeMessages, type Installation } from './installation.ts';

const THREADS = 20;
const SIZES = [100, 1_000, 10_000];

export const catchingUp: Bench = {
  id: 'P7',
  what: `catching up on messages of ${THREADS} threads`,
  async *contests() {
    await using installation = await openInstallation();
    const [alice = '', bob = ''] = await addPeople(installation, 2);
    for (const size of SIZES) {
      const threads = await startThreads(installation, [alice, bob], { count: THREADS, size: 2 });
      const threadIds = threads.map(({ threadId }) => threadId);
      await writeMessages(installation, { threadIds, authorId: alice, each: size / THREADS });
      yield {
        id: 'P7',
        what: 'catch up',
        unit: 'ms',
        size,
        ours: () => timed(() => pullAll(installation, bob, { threadIds, size })),
        limit: {
          name: 'one SELECT and one JSON',
          run: () => timed(() => selectAll(installation, { threadIds, size })),
        },
        goals: size < 1_000 ? [] : [{ against: 'limit', is: 'at most', value: 2 }],
      };
    }
  },
};

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

interface Missed {
  threadIds: string[];
  size: number;
}

async function pullAll({ server }: Installation, personId: string, { threadIds, size }: Missed): Promise<void> {
  const response = await server.pull(personId, {
    protocol: PROTOCOL_VERSION,
    personId,
    clientId: newId(),
    incarnation: null,
    scopes: threadIds.map((threadId) => ({ scope: threadScope(threadId), from: 1, epoch: 1 })),
  });
  JSON.stringify(response);
  const messages = response.answers.flatMap((answer) => (answer.kind === 'delta' && !answer.more ? answer.rows : []));
  mustBeAll(messages.filter(([table]) => table === 'message').length, size);
}

async function selectAll({ database }: Installation, { threadIds, size }: Missed): Promise<void> {
  const { rows } = await sql`select * from message where thread_id = any(${threadIds}::uuid[]) and version > 1
    and home_org in (select home_org from thread where id = any(${threadIds}::uuid[]))
    order by thread_id, version`.execute(database.kysely);
  JSON.stringify(rows);
  mustBeAll(rows.length, size);
}

function mustBeAll(found: number, size: number): void {
  if (found !== size) throw new Error(`${found} of ${size} messages were found.`);
}
