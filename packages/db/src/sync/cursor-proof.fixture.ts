/**
 * The harness of the cursor proof. What is proved are the engine's own readers and writers; beside them stand the four
 * mistakes that look right, so that the proof shows that it would see them.
 */
import { parseScope, threadScope, userScope } from '@parley/core/scopes';
import type { WireRow } from '@parley/sync/protocol';
import type { Flush, LockedScope, RowKey, ServerStorage, StorageWrite } from '@parley/sync/server';
import { sql } from 'kysely';
import type { OpenDatabase } from '../connection.ts';
import type { TestClient } from './acme.fixture.ts';
import { PostgresSnapshot } from './snapshot.ts';
import { run, type DatabaseTransaction } from './statement.ts';
import { PostgresWrite } from './writing.ts';

/** Opens once; whoever comes before waits. `reached` tells that somebody waits. */
export class Barrier {
  readonly reached: Promise<void>;
  #reach: () => void = () => undefined;
  #open: () => void = () => undefined;
  readonly #opened: Promise<void>;

  constructor() {
    this.reached = new Promise((resolve) => (this.#reach = resolve));
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  async wait(): Promise<void> {
    this.#reach();
    await this.#opened;
  }

  open(): void {
    this.#open();
  }
}

export const READERS = ['the engine', 'id > last', 'rows and version in two statements'] as const;
export type ReaderName = (typeof READERS)[number];

/** Follows the messages of some threads; each call gives the ids that are new to it. */
export interface Reader {
  readNew(): Promise<string[]>;
}

/** `between` runs in the middle of a read, where a reader has one. */
export function openReader(
  name: ReaderName,
  about: { database: OpenDatabase; client: TestClient; threadIds: string[]; between?: () => Promise<void> },
): Reader {
  const { database, client, threadIds, between = async () => undefined } = about;
  if (name === 'id > last') return identityReader(database);
  if (name === 'rows and version in two statements') return tornReader(database, { client, threadIds, between });
  return new EngineReader(client, threadIds);
}

/** What ships: the cursor is the scope's version, and one snapshot answers. Checks the order on its way. */
export class EngineReader implements Reader {
  readonly #client: TestClient;
  readonly #cursors: Map<string, number>;

  constructor(client: TestClient, threadIds: readonly string[]) {
    this.#client = client;
    this.#cursors = new Map(threadIds.map((threadId) => [threadScope(threadId), 0]));
  }

  async readNew(): Promise<string[]> {
    const asks = [...this.#cursors].map(([scope, from]) => ({ scope, from, epoch: 1 }));
    const ids: string[] = [];
    for (const answer of await this.#client.pull(...asks)) {
      if (answer.kind !== 'delta') throw new Error(`A reader who keeps up is answered ${answer.kind}.`);
      let last = answer.from;
      for (const row of answer.rows) {
        if (row[2] <= answer.from || row[2] > answer.to || row[2] < last) throw new Error('A row is out of order.');
        last = row[2];
      }
      ids.push(...messageIds(answer.rows));
      this.#cursors.set(answer.scope, answer.to);
    }
    return ids;
  }
}

const messageIds = (rows: readonly WireRow[]): string[] =>
  rows.flatMap(([table, id]) => (table === 'message' ? [id] : []));

/** Each message leaves one job, so the jobs' identity column counts messages. */
function identityReader({ kysely }: OpenDatabase): Reader {
  let last = 0;
  return {
    async readNew() {
      const rows = await kysely
        .selectFrom('job')
        .select(['id', sql<string>`payload ->> 'messageId'`.as('messageId')])
        .where('id', '>', last)
        .orderBy('id')
        .execute();
      last = rows.at(-1)?.id ?? last;
      return rows.map(({ messageId }) => messageId);
    },
  };
}

function tornReader(
  { kysely }: OpenDatabase,
  { client, threadIds, between }: { client: TestClient; threadIds: string[]; between: () => Promise<void> },
): Reader {
  const cursors = new Map(threadIds.map((threadId) => [threadScope(threadId), 0]));
  return {
    readNew: () =>
      kysely
        .transaction()
        .setIsolationLevel('read committed')
        .execute(async (trx) => {
          const snapshot = new PostgresSnapshot(trx);
          const scopes = [...cursors.keys()];
          await snapshot.readable(client.personId, scopes);
          const deltas = await snapshot.deltas(
            [...cursors].map(([scope, from]) => ({ scope, from })),
            1_000,
          );
          await between();
          const states = await snapshot.readable(client.personId, scopes);
          for (const [scope, { version }] of states) cursors.set(scope, version);
          return [...deltas.values()].flatMap(({ rows }) => messageIds(rows));
        }),
  };
}

export const WRITERS = ['the engine', 'authorise, then lock', 'lock and authorise in one statement'] as const;
export type WriterName = (typeof WRITERS)[number];

/** Puts one of the mistaken writers in the place of the real one. */
export function withWriter(
  name: WriterName,
): (storage: ServerStorage<DatabaseTransaction>) => ServerStorage<DatabaseTransaction> {
  return (storage) => {
    if (name === 'the engine') return storage;
    const Mistaken = name === 'authorise, then lock' ? LateLock : LockAndRead;
    return {
      ...storage,
      write: (work) => storage.write((tx, attempt) => work(new Mistaken(tx.native), attempt)),
    };
  };
}

/** Looks at the scopes without locking them, and locks when it writes. */
class LateLock extends PostgresWrite {
  override async lock(scopes: readonly string[]): Promise<Map<string, LockedScope>> {
    const { rows } = await run<LockedScope & { id: string }>(
      this.native,
      'select id, version, seq from sync_scope where id = any($1)',
      [scopes],
    );
    return new Map(rows.map(({ id, version, seq }) => [id, { version, seq }]));
  }

  override async flush(flush: Flush): Promise<Map<string, string[] | null>[]> {
    const current = await super.lock(flush.acts.flatMap(({ bumps }) => bumps.map(({ scope }) => scope)));
    const shift = (scope: string, version: number) => (current.get(scope)?.version ?? version - 1) + 1;
    const acts = flush.acts.map(({ bumps, rows, jobs }) => ({
      bumps: bumps.map((bump) => ({
        ...bump,
        version: shift(bump.scope, bump.version),
        seq: (current.get(bump.scope)?.seq ?? bump.seq - 1) + 1,
      })),
      rows: rows.map((row) => ({
        ...row,
        version: shift(row.scope, row.version),
        data:
          row.table === 'message' && row.data ? { ...row.data, seq: (current.get(row.scope)?.seq ?? 0) + 1 } : row.data,
      })),
      jobs,
    }));
    return super.flush({ ...flush, acts });
  }
}

/** Fetches the participation together with the locks: its snapshot is older than the lock it waits for. */
class LockAndRead extends PostgresWrite {
  #participations: { person_id: string; thread_id: string; data: object }[] = [];

  override async lock(scopes: readonly string[]): Promise<Map<string, LockedScope>> {
    const threadIds = scopes.flatMap((scope) =>
      parseScope(scope)?.kind === 'thread' ? (parseScope(scope)?.ids ?? []) : [],
    );
    const { rows } = await run<{ participations: { person_id: string; thread_id: string; data: object }[] | null }>(
      this.native,
      `with locked as materialized (select id from sync_scope where id = any($1) order by id for update),
        waited as materialized (select count(*) from locked)
      select (select json_agg(json_build_object('person_id', person_id, 'thread_id', thread_id, 'data',
          json_build_object('actingOrg', acting_org, 'epoch', epoch, 'leftAt', left_at)))
        from participation where thread_id = any($2::uuid[]) and (select count from waited) >= 0) as participations`,
      [scopes, threadIds],
    );
    this.#participations = rows[0]?.participations ?? [];
    return super.lock(scopes);
  }

  override async read(keys: readonly RowKey[]): Promise<(object | undefined)[]> {
    const read = await super.read(keys);
    return keys.map(({ table, scope, id }, index) => {
      const isSeen = (seen: { person_id: string; thread_id: string }) =>
        scope === userScope(seen.person_id) && id === seen.thread_id;
      return table === 'participation' ? this.#participations.find(isSeen)?.data : read[index];
    });
  }
}

/** Runs `act` at the end of every write transaction, before it commits. */
export const beforeCommit =
  (act: (tx: StorageWrite<DatabaseTransaction>) => Promise<void>) =>
  (storage: ServerStorage<DatabaseTransaction>): ServerStorage<DatabaseTransaction> => ({
    ...storage,
    write: (work) =>
      storage.write(async (tx, attempt) => {
        const value = await work(tx, attempt);
        await act(tx);
        return value;
      }),
  });

/** Runs `act` inside every snapshot, between the versions and the rows. */
export const midSnapshot =
  (act: () => Promise<void>) =>
  (storage: ServerStorage<DatabaseTransaction>): ServerStorage<DatabaseTransaction> => ({
    ...storage,
    snapshot: (work) =>
      storage.snapshot((snapshot) =>
        work({
          readable: (personId, scopes) => snapshot.readable(personId, scopes),
          windows: (asks) => snapshot.windows(asks),
          async deltas(asks, limit) {
            await act();
            return snapshot.deltas(asks, limit);
          },
        }),
      ),
  });

/** Resolves once some transaction of this database waits for a lock. */
export async function someoneWaits({ kysely }: OpenDatabase): Promise<void> {
  for (;;) {
    const { rows } = await sql`select from pg_locks join pg_stat_activity using (pid)
      where datname = current_database() and not granted`.execute(kysely);
    if (rows.length > 0) return;
  }
}
