/** The write transaction of the engine. Each method is one statement, so that what it sees is as of after the last. */
import { Refusal } from '@parley/sync/mutator';
import { parseScope } from '@parley/core/scopes';
import type { ThreadRow } from '@parley/core/threads';
import {
  RECIPIENTS,
  type Flush,
  type LaneEntry,
  type LaneVerdict,
  type LockedScope,
  type Outcome,
  type RowKey,
  type RowWrite,
  type StorageWrite,
} from '@parley/sync/server';
import { applyWrites, readersSql, soleReader } from './readers.ts';
import { cachedUpsertOf, dataOf, isRowId, rowParameter } from './row-sql.ts';
import { relationOf, runPrepared, type DatabaseTransaction } from './statement.ts';
import { mustSynced } from './synced-tables.ts';

export class PostgresWrite implements StorageWrite<DatabaseTransaction> {
  readonly native: DatabaseTransaction;
  readonly #homeOrgs = new Map<string, string | null>();

  constructor(trx: DatabaseTransaction) {
    this.native = trx;
  }

  async enterLane({ personId, clientId, lane, n, id }: LaneEntry): Promise<LaneVerdict> {
    const { changed } = await runPrepared(this.native, n === 1 ? firstInLane : nextInLane, [clientId, lane, n]);
    if (changed === 1) return { kind: 'next' };
    const { rows } = await runPrepared<StandingRow>(this.native, standing, [clientId, lane, n, personId, id]);
    const [{ last_n: last, stored, is_taken: isTaken } = noStanding] = rows;
    if (n > last) return { kind: 'gap', expected: last + 1 };
    if (stored) return { kind: 'stored', outcome: toOutcome(stored) };
    return { kind: isTaken ? 'fork' : 'unknown' };
  }

  async outcomes(personId: string, ids: readonly string[]): Promise<Map<string, Outcome>> {
    const { rows } = await runPrepared<StoredResult & { id: string }>(
      this.native,
      `select id, status, code, message, effects from mutation_result where person_id = $1 and id = any($2::uuid[])`,
      [personId, ids],
    );
    return new Map(rows.map((row) => [row.id, toOutcome(row)]));
  }

  async lock(scopes: readonly string[]): Promise<Map<string, LockedScope>> {
    if (scopes.some((scope) => !parseScope(scope))) throw new Refusal('invalid', 'One of these ids is misspelled.');
    const { rows } = await runPrepared<LockedScope & { id: string; home_org: string | null }>(
      this.native,
      `select id, version, seq, home_org from sync_scope where id = any($1) order by id for update`,
      [scopes],
    );
    for (const { id, home_org } of rows) this.#homeOrgs.set(id, home_org);
    return new Map(rows.map(({ id, version, seq }) => [id, { version, seq }]));
  }

  accepts({ table, id }: RowKey): boolean {
    return isRowId(table, id);
  }

  async read(keys: readonly RowKey[]): Promise<(object | undefined)[]> {
    const found: (object | undefined)[] = keys.map(() => undefined);
    const parts: string[] = [];
    const parameters: unknown[] = [];
    for (const [name, places] of groupBy(keys, ({ table }) => table)) {
      const table = mustSynced(name);
      const asks = places.map(({ item, index }) => [index, item.scope, mustScope(item.scope).ids[0], item.id]);
      const relation = relationOf(asks, ['int', 'text', 'uuid', table.idType], (value) => parameters.push(value));
      parts.push(`select ask.place, ${dataOf(table)} as data
        from ${relation} as ask(place, scope, scope_id, id)
        ${table.isOfThread ? 'join sync_scope s on s.id = ask.scope' : ''}
        join ${table.sql} r on ${table.isOfThread ? 'r.home_org = s.home_org and' : ''}
          r.${table.scopeColumn} = ask.scope_id and r.${table.idColumn} = ask.id and not r.deleted`);
    }
    const { rows } = await runPrepared<{ place: number; data: object }>(
      this.native,
      parts.join('\nunion all\n'),
      parameters,
    );
    for (const { place, data } of rows) found[place] = data;
    return found;
  }

  /** One statement, whatever is in it: the parts of a `with` all run, and see nothing of each other. */
  async flush({ bumps, rows, jobs, result }: Flush): Promise<Map<string, string[] | null>> {
    const parts: string[] = [];
    const parameters: unknown[] = [];
    const parameter = (value: unknown): number => parameters.push(value);

    const created = bumps.filter((bump) => bump.created);
    this.#adoptHomeOrgs(created, rows);
    if (created.length > 0) parts.push(`${createScopes(parameter(this.#scopeParameter(created)))}`);
    if (created.length < bumps.length) {
      parts.push(bumpScopes(parameter(this.#scopeParameter(bumps.filter((bump) => !bump.created)))));
    }
    for (const [name, places] of groupBy(rows, ({ table }) => table)) {
      const written = places.map(({ item }) => item);
      const n = parameter(rowParameter(mustSynced(name), written, (row) => this.#idsOf(row)));
      parts.push(cachedUpsertOf(name, n));
    }
    const tombstones = [...new Map(rows.flatMap((row) => (row.data === null ? [[row.scope, row.version]] : [])))];
    if (tombstones.length > 0) parts.push(addTombstones(parameter(JSON.stringify(tombstones))));
    if (jobs.length > 0) parts.push(addJobs(parameter(JSON.stringify(jobs))));
    if (result) {
      const { personId, clientId, lane, n, id } = result.entry;
      const { outcome } = result;
      const stored = { personId, clientId, lane, n, id, ...outcome };
      parts.push(storeResult(parameter(JSON.stringify(stored))));
    }
    if (parts.length === 0) return new Map();

    const { readers, selects } = this.#readersAsked(bumps, parameter);
    const withs = parts.map((part, index) => `w${index} as (${part})`).join(',\n');
    const select =
      selects.length > 0 ? selects.join('\nunion all\n') : 'select null as scope, null as person_id where false';
    const found = await runPrepared<{ scope: string; person_id: string }>(
      this.native,
      `with ${withs}\n${select}`,
      parameters,
    );
    for (const { scope, person_id } of found.rows) readers.get(scope)?.add(person_id);
    applyWrites(readers, rows);
    return new Map([...readers].map(([scope, people]) => [scope, people.size > RECIPIENTS ? null : [...people]]));
  }

  #readersAsked(
    bumps: Flush['bumps'],
    parameter: (value: unknown) => number,
  ): { readers: Map<string, Set<string>>; selects: string[] } {
    const readers = new Map<string, Set<string>>();
    const asked = { thread: [] as string[], org: [] as string[] };
    for (const { scope } of bumps) {
      const sole = soleReader(scope);
      readers.set(scope, new Set(sole === undefined ? [] : [sole]));
      const { kind } = mustScope(scope);
      if (kind === 'thread' || kind === 'people.thread') asked.thread.push(scope);
      if (kind === 'org' || kind === 'people.org') asked.org.push(scope);
    }
    const selects = (['thread', 'org'] as const).flatMap((kind) => {
      const scopes = asked[kind];
      if (scopes.length === 0) return [];
      const asks = scopes.map((scope) => [scope, mustScope(scope).ids[0], this.#homeOrgs.get(scope) ?? null]);
      return [readersSql[kind](relationOf(asks, ['text', 'uuid', 'uuid'], parameter))];
    });
    return { readers, selects };
  }

  /** A new thread says itself which organisation is its home. */
  #adoptHomeOrgs(created: Flush['bumps'], rows: readonly RowWrite[]): void {
    for (const { scope } of created) {
      const [id = ''] = mustScope(scope).ids;
      const head = rows.find((row) => row.table === 'thread' && row.id === id);
      const { kind } = mustScope(scope);
      const ofOrg = kind === 'org' || kind === 'people.org' ? id : null;
      this.#homeOrgs.set(scope, (head?.data as ThreadRow | undefined)?.homeOrg ?? ofOrg);
    }
  }

  #scopeParameter(bumps: Flush['bumps']): string {
    return JSON.stringify(
      bumps.map(({ scope, version, seq }) => ({
        id: scope,
        version,
        seq,
        home_org: this.#homeOrgs.get(scope) ?? null,
      })),
    );
  }

  #idsOf({ scope }: RowWrite): { scopeId: string; homeOrg: string | null } {
    const [scopeId = ''] = mustScope(scope).ids;
    return { scopeId, homeOrg: this.#homeOrgs.get(scope) ?? null };
  }
}

const firstInLane = `insert into sync_lane (client_id, lane, last_n) values ($1, $2, $3) on conflict do nothing`;
const nextInLane = `update sync_lane set last_n = $3::bigint where client_id = $1 and lane = $2 and last_n = $3::bigint - 1`;

interface StoredResult {
  status: 'applied' | 'rejected';
  code: string | null;
  message: string | null;
  effects: { scope: string; version: number }[] | null;
}
interface StandingRow {
  last_n: number;
  stored: StoredResult | null;
  is_taken: boolean;
}
const noStanding: StandingRow = { last_n: 0, stored: null, is_taken: false };
const standing = `select
  coalesce((select last_n from sync_lane where client_id = $1 and lane = $2), 0) as last_n,
  (select to_json(m) from mutation_result m where m.person_id = $4 and m.id = $5) as stored,
  exists (select from mutation_result m where m.client_id = $1 and m.lane = $2 and m.n = $3) as is_taken`;

const toOutcome = ({ status, code, message, effects }: StoredResult): Outcome =>
  status === 'applied'
    ? { status, effects: effects ?? [] }
    : { status, code: code ?? 'invalid', message: message ?? '' };

const scopeShape = 'r(id text, version bigint, seq bigint, home_org uuid)';
// In order, so that two that make the same scopes wait for each other and do not embrace.
const createScopes = (n: number) => `insert into sync_scope (id, version, seq, home_org)
  select r.id, r.version, r.seq, r.home_org from jsonb_to_recordset($${n}::jsonb) as ${scopeShape} order by r.id collate "C"`;
const bumpScopes = (n: number) => `update sync_scope s set version = r.version, seq = r.seq
  from jsonb_to_recordset($${n}::jsonb) as ${scopeShape} where s.id = r.id`;
const addTombstones = (n: number) => `insert into sync_tombstone (scope, version)
  select r ->> 0, (r ->> 1)::bigint from jsonb_array_elements($${n}::jsonb) as r on conflict do nothing`;
const addJobs = (n: number) => `insert into job (kind, payload)
  select r.kind, r.payload from jsonb_to_recordset($${n}::jsonb) as r(kind text, payload jsonb)`;
const storeResult = (n: number) => `insert into mutation_result
  (person_id, id, client_id, lane, n, status, code, message, effects)
  select r."personId", r.id, r."clientId", r.lane, r.n, r.status, r.code, r.message, r.effects
  from jsonb_to_record($${n}::jsonb) as r("personId" uuid, id uuid, "clientId" uuid, lane text, n bigint, status text,
    code text, message text, effects jsonb)`;

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, { item: T; index: number }[]> {
  const groups = new Map<string, { item: T; index: number }[]>();
  items.forEach((item, index) => {
    const group = groups.get(keyOf(item));
    if (group) group.push({ item, index });
    else groups.set(keyOf(item), [{ item, index }]);
  });
  return groups;
}

function mustScope(scope: string): NonNullable<ReturnType<typeof parseScope>> {
  const parsed = parseScope(scope);
  if (!parsed) throw new Error(`${scope} is not a scope`);
  return parsed;
}
