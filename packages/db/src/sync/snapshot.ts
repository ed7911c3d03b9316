/** The read transaction of the engine: a handful of statements for any number of scopes. */
import { parseScope } from '@parley/core/scopes';
import type { WireRow } from '@parley/sync/protocol';
import type { Delta, DeltaAsk, ScopeState, StorageSnapshot } from '@parley/sync/server';
import { setEyes, settingsOf } from '../row-level-security.ts';
import { readableSql } from './readers.ts';
import { dataOf, inScope, tablesIn } from './row-sql.ts';
import { relationOf, run, runPrepared, SPELLED_OUT, type DatabaseTransaction } from './statement.ts';
import type { SyncedTable } from './synced-tables.ts';

interface Found {
  scope: string;
  table: string;
  id: string;
  version: number;
  data: object | null;
}

export class PostgresSnapshot implements StorageSnapshot {
  readonly #trx: Pick<DatabaseTransaction, 'executeQuery'>;
  readonly #begin: string;
  #reader: string | undefined;
  readonly #homeOrgs = new Map<string, string | null>();
  readonly #versions = new Map<string, number>();

  /** @param begin what begins the transaction, where nothing has yet; it travels with the first statement. */
  constructor(trx: Pick<DatabaseTransaction, 'executeQuery'>, begin = '') {
    this.#trx = trx;
    this.#begin = begin;
  }

  async readable(personId: string, scopes: readonly string[]): Promise<Map<string, ScopeState>> {
    await this.#readAs(personId);
    const asked: Record<keyof typeof readableSql, unknown[][]> = { user: [], thread: [], notes: [], org: [] };
    for (const scope of scopes) {
      const parsed = parseScope(scope);
      if (parsed) asked[ruleOf[parsed.kind]].push([scope, ...parsed.ids]);
    }
    const states = new Map<string, ScopeState>();
    const parameters: unknown[] = [personId];
    const parts = (['user', 'thread', 'notes', 'org'] as const).flatMap((kind) => {
      if (asked[kind].length === 0) return [];
      const types = ['text', 'uuid', ...(kind === 'notes' ? ['uuid'] : [])];
      return [readableSql[kind](relationOf(asked[kind], types, (value) => parameters.push(value)))];
    });
    if (parts.length === 0) return states;
    const { rows } = await sayFor(scopes.length)<ScopeState & { id: string; home_org: string | null }>(
      this.#trx,
      parts.join('\nunion all\n'),
      parameters,
    );
    for (const { id, home_org, version, seq, floor, epoch } of rows) {
      states.set(id, { version, seq, floor, epoch });
      this.#homeOrgs.set(id, home_org);
      this.#versions.set(id, version);
    }
    return states;
  }

  /** The database judges everything that follows by this person, whatever `readable` finds. */
  async #readAs(personId: string): Promise<void> {
    if (this.#reader === personId) return;
    if (this.#reader !== undefined) throw new Error('A snapshot is for one person.');
    this.#reader = personId;
    const [server, people, scopes] = settingsOf({ people: [personId] });
    await run(this.#trx, `${this.#begin}select ${setEyes([`'${server}'`, `'${people}'`, `'${scopes}'`])}`, []);
  }

  async deltas(asks: readonly DeltaAsk[], limit: number): Promise<Map<string, Delta>> {
    const cuts = new Map<string, number>();
    const found = await this.#collect(
      asks,
      ({ from }) => [from],
      (table) => `cross join lateral (select * from ${table.sql} r where ${inHome(table)}
        and r.version > ask.a and (ask.a > 0 or not r.deleted)
        order by r.version fetch first ${limit} rows with ties) r`,
    );
    for (const rows of countedByTable(found).values()) {
      const last = rows.at(-1);
      if (!last || rows.length < limit || last.version >= (this.#versions.get(last.scope) ?? 0)) continue;
      cuts.set(last.scope, Math.min(last.version, cuts.get(last.scope) ?? Infinity));
    }
    const deltas = new Map<string, Delta>(asks.map(({ scope }) => [scope, { rows: [], to: cuts.get(scope) ?? null }]));
    for (const row of found.sort((a, b) => a.version - b.version)) {
      const delta = deltas.get(row.scope);
      if (delta && row.version <= (delta.to ?? Infinity)) delta.rows.push(toWireRow(row));
    }
    return deltas;
  }

  async windows(
    asks: readonly { scope: string; low: number; before: number; head: boolean }[],
  ): Promise<Map<string, WireRow[]>> {
    const found = await this.#collect(
      asks,
      // A window that nothing can lie in is how a head is left out.
      ({ low, before, head }) => [low, before, head ? 1 : 0],
      (table) => `join ${table.sql} r on ${inHome(table)} and not r.deleted
        and ${table.hasSeq ? 'r.seq >= ask.a and r.seq < ask.b' : 'ask.c = 1'}`,
    );
    const windows = new Map<string, WireRow[]>(asks.map(({ scope }) => [scope, []]));
    for (const row of found) windows.get(row.scope)?.push(toWireRow(row));
    return windows;
  }

  /** Asks every table that has rows in the scopes, in one statement. `a`, `b`, `c` are what `numbers` gave. */
  async #collect<Ask extends { scope: string }>(
    asks: readonly Ask[],
    numbers: (ask: Ask) => number[],
    join: (table: SyncedTable) => string,
  ): Promise<Found[]> {
    const parts: string[] = [];
    const parameters: unknown[] = [];
    for (const kind of new Set(asks.map(({ scope }) => parseScope(scope)?.kind))) {
      if (kind === undefined) continue;
      const ofKind = asks.filter(({ scope }) => parseScope(scope)?.kind === kind);
      const rows = ofKind.map((ask) => {
        const [a = 0, b = 0, c = 0] = numbers(ask);
        return [ask.scope, this.#homeOrgs.get(ask.scope) ?? null, a, b, c, ...(parseScope(ask.scope)?.ids ?? [])];
      });
      const ids = kind === 'notes' ? ['id0', 'id1'] : ['id0'];
      const types = ['text', 'uuid', 'bigint', 'bigint', 'bigint', ...ids.map(() => 'uuid')];
      const relation = relationOf(rows, types, (value) => parameters.push(value));
      const ask = `${relation} as ask(scope, home_org, a, b, c, ${ids.join(', ')})`;
      for (const [name, table] of tablesIn(kind)) {
        parts.push(`select ask.scope, '${name}' as "table", r.${table.idColumn}::text as id, r.version,
          case when r.deleted then null else ${dataOf(table)} end as data from ${ask} ${join(table)}`);
      }
    }
    if (parts.length === 0) return [];
    return (await sayFor(asks.length)<Found>(this.#trx, parts.join('\nunion all\n'), parameters)).rows;
  }
}

const inHome = (table: SyncedTable): string =>
  `${table.isOfThread ? 'r.home_org = ask.home_org and' : ''} ${inScope(table)}`;

/** Whose rule decides about a kind of scope. */
const ruleOf = {
  user: 'user',
  thread: 'thread',
  'people.thread': 'thread',
  'receipts.thread': 'thread',
  org: 'org',
  'people.org': 'org',
  notes: 'notes',
} as const;

/** A pull after a poke asks the same every time; what asks for much is worth a plan of its own. */
const sayFor = (count: number): typeof run => (count <= SPELLED_OUT ? runPrepared : run);
const toWireRow = ({ table, id, version, data }: Found): WireRow => [table, id, version, data];

function countedByTable(rows: readonly Found[]): Map<string, Found[]> {
  const byTable = new Map<string, Found[]>();
  for (const row of rows) {
    const key = `${row.scope} ${row.table}`;
    const list = byTable.get(key);
    if (list) list.push(row);
    else byTable.set(key, [row]);
  }
  return byTable;
}
