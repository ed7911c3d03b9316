/**
 * The database of the simulation and PostgreSQL, each driven through the engine's storage, one statement after the other,
 * so that what one says can be held against what the other says.
 */
import type { WireRow } from '@parley/sync/protocol';
import type { RowWrite, ServerStorage, StorageSnapshot, StorageWrite } from '@parley/sync/server';
import { Clock } from '@parley/sync/testing/simulation/clock';
import { Database as SimulatedDatabase } from '@parley/sync/testing/simulation/database';
import { Random } from '@parley/sync/testing/simulation/random';
import { Tally } from '@parley/sync/testing/simulation/tally';
import { sql } from 'kysely';
import { openDatabase } from '../connection.ts';
import { createPostgresStorage } from './storage.ts';

/** A row as both have it: `message`, `head`, `participant`, `membership`, `position`, and what is in it. */
export interface CommonRow {
  table: keyof typeof names;
  scope: string;
  id: string;
  version: number;
  data: Readonly<Record<string, number | string | boolean | null>> | null;
}

export interface Side {
  name: string;
  storage: ServerStorage<unknown>;
  toScope(scope: string): string;
  fromScope(scope: string): string;
  toRow(row: CommonRow): RowWrite;
  /** The same shape for both, of what is in a row. */
  fromData(table: string, data: object | null): unknown;
  fromTable(table: string): string;
  toTable(table: CommonRow['table']): string;
  /** Resolves when whatever is under way has been answered, or waits for a lock. */
  rest(underWay: () => number): Promise<void>;
  close(): Promise<void>;
}

/** Each table of the simulated program, and the one of Parley's that stands for it. */
const names = {
  message: 'message',
  head: 'thread',
  participant: 'participant',
  membership: 'participation',
  position: 'readPosition',
} as const;
const namesBack = Object.fromEntries(Object.entries(names).map(([here, there]) => [there, here]));

/** Milliseconds of virtual time in which any statement that does not wait comes to its end. */
const STATEMENT = 15;

export function openModel(seed: number): Side {
  const clock = new Clock();
  const database = new SimulatedDatabase({
    clock,
    random: new Random(seed),
    tally: new Tally(),
    deltaRows: 1_000,
    onCommit: () => {},
  });
  return {
    name: 'the model',
    storage: database.connect({ alive: true, crash: () => {} }),
    toScope: (scope) => scope,
    fromScope: (scope) => scope,
    toRow: (row) => row,
    fromData: (_table, data) => data,
    fromTable: (table) => table,
    toTable: (table) => table,
    rest: () => clock.run(STATEMENT),
    close: async () => {},
  };
}

const NOW = 1_700_000_000_000;
const ORG = '00000000-0000-7000-8000-00000000000a';

export async function openPostgres(url: string, people: readonly string[]): Promise<Side> {
  const database = openDatabase(url, { sees: 'everything', connections: 10 });
  const watch = openDatabase(url, { sees: 'everything', connections: 1 });
  for (const id of people) {
    await database.kysely
      .insertInto('person')
      .values({ id, name: 'x', placeholder: false, merged_into: null })
      .execute();
  }
  return {
    name: 'PostgreSQL',
    storage: createPostgresStorage(database.kysely),
    toScope: (scope) => scope.replace(/^people:/, 'people.thread:'),
    fromScope: (scope) => scope.replace(/^people\.thread:/, 'people:'),
    toRow: (row) => ({
      ...row,
      table: names[row.table],
      scope: row.scope.replace(/^people:/, 'people.thread:'),
      data: row.data && whole(row.table, row.data),
    }),
    fromData: (table, data) => data && essence(table, data as Record<string, unknown>),
    fromTable: (table) => namesBack[table] ?? table,
    toTable: (table) => names[table],
    async rest(underWay) {
      // Locks are handed on before the answer to a COMMIT: whoever is counted here really waits.
      for (;;) {
        const before = underWay();
        const { rows } = await sql<{ waiting: number }>`select count(*)::int as waiting from pg_locks
          where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`.execute(
          watch.kysely,
        );
        if (rows[0]?.waiting === before && before === underWay()) return;
      }
    },
    async close() {
      await database.close();
      await watch.close();
    },
  };
}

/** Parley's row for what the simulated program has. */
function whole(table: CommonRow['table'], data: NonNullable<CommonRow['data']>): object {
  const { active = true, ...rest } = data;
  const leftAt = active ? null : NOW;
  const joined = { actingOrg: ORG, joinedAt: NOW, leftAt };
  if (table === 'participant') return { ...joined, name: 'x', placeholder: false };
  if (table === 'membership') return { ...joined, epoch: rest['epoch'] };
  if (table === 'position') return { seq: rest['seq'], noteSeq: 0, markEpoch: 0 };
  if (table === 'head') {
    const common = { homeOrg: ORG, subject: 'x', kind: 'internal', createdBy: rest['by'], createdAt: NOW };
    return { ...common, lastSeq: rest['last'], lastMessage: null, resolved: null };
  }
  return {
    seq: rest['seq'],
    text: rest['text'],
    kind: 'internal',
    authorId: rest['author'],
    authorOrg: ORG,
    ownerOrg: ORG,
    replyTo: null,
    mentions: [],
    reactions: {},
    notice: null,
    forwarded: null,
    createdAt: NOW,
    editedAt: null,
    revisions: 0,
    deletedAt: null,
  };
}

function essence(table: string, data: Record<string, unknown>): object {
  if (table === 'participant') return { active: data['leftAt'] === null };
  if (table === 'membership') return { active: data['leftAt'] === null, epoch: data['epoch'] };
  if (table === 'position') return { seq: data['seq'] };
  if (table === 'head') return { last: data['lastSeq'], by: data['createdBy'] };
  return { seq: data['seq'], text: data['text'], author: data['authorId'] };
}

export const commonRows = (side: Side, rows: readonly WireRow[]): unknown[] =>
  rows
    .map(([table, id, version, data]) => [
      side.fromTable(table),
      id,
      version,
      side.fromData(side.fromTable(table), data),
    ])
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** What it says, or that it waits for somebody's lock. */
export type Answer = { says: unknown } | 'waits';
type Statement<Tx> = ((tx: Tx) => Promise<unknown>) | 'commit' | 'rollback';

/** Ends a transaction from inside. */
class Over extends Error {}

/** One transaction on one side, told its statements one by one. */
export class Session<Tx> {
  answer: Answer = { says: 'nothing yet' };
  #next = Promise.withResolvers<Statement<Tx>>();

  constructor(begin: (run: (tx: Tx, attempt: number) => Promise<void>) => Promise<void>) {
    const end = (says: string) => {
      this.answer = { says };
    };
    begin(async (tx, attempt) => {
      if (attempt > 0) throw new Over('refused for the sake of another one');
      for (;;) {
        const statement = await this.#next.promise;
        this.#next = Promise.withResolvers();
        if (statement === 'rollback') throw new Over('rolled back');
        if (statement === 'commit') return;
        this.answer = { says: await statement(tx) };
      }
    }).then(
      () => end('committed'),
      (error: unknown) => end(error instanceof Over ? error.message : `broke: ${String(error)}`),
    );
  }

  get waits(): boolean {
    return this.answer === 'waits';
  }

  say(statement: Statement<Tx>): void {
    this.answer = 'waits';
    this.#next.resolve(statement);
  }
}

export const writing = (side: Side) => new Session<StorageWrite<unknown>>((run) => side.storage.write(run));
export const reading = (side: Side) =>
  new Session<StorageSnapshot>((run) => side.storage.snapshot((snapshot) => run(snapshot, 0)));
