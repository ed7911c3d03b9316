/** The write transaction of the engine. Each method is one statement, so that what it sees is as of after the last. */
import { parseScope, threadScope, type ScopeKind } from '@parley/core/scopes';
import type { ThreadRow } from '@parley/core/threads';
import {
  RECIPIENTS,
  type Flush,
  type Lane,
  type LockedScope,
  type Locking,
  type MutationKey,
  type Outcome,
  type RowKey,
  type RowWrite,
  type ScopeBump,
  type StorageWrite,
} from '@parley/sync/server';
import { applyWrites, readersSql, soleReader } from './readers.ts';
import { cachedUpsertOf, completeRow, dataOf, inScope, isRowId, rowParameter } from './row-sql.ts';
import { setEyes, settingsOf } from '../row-level-security.ts';
import { relationOf, runPrepared, type DatabaseTransaction } from './statement.ts';
import { mustSynced } from './synced-tables.ts';

export class PostgresWrite implements StorageWrite<DatabaseTransaction> {
  readonly native: DatabaseTransaction;
  readonly #homeOrgs = new Map<string, string | null>();

  constructor(trx: DatabaseTransaction) {
    this.native = trx;
  }

  isScope(scope: string): boolean {
    return parseScope(scope) !== undefined;
  }

  accepts({ table, id }: RowKey): boolean {
    return isRowId(table, id);
  }

  complete(table: string, data: object): object {
    return completeRow(table, data);
  }

  async lock(scopes: readonly string[], { people, patienceMs }: Locking = {}): Promise<Map<string, LockedScope>> {
    const eyes = settingsOf(people === undefined ? 'server' : { people, scopes });
    const { rows } = await runPrepared<LockedScope & { id: string | null; home_org: string | null }>(
      this.native,
      patienceMs === undefined ? lockScopes : lockScopesWithin,
      patienceMs === undefined ? [scopes, ...eyes] : [scopes, ...eyes, String(patienceMs)],
    );
    const locked = new Map<string, LockedScope>();
    for (const { id, home_org, version, seq } of rows) {
      if (id === null) continue;
      this.#homeOrgs.set(id, home_org);
      locked.set(id, { version, seq });
    }
    return locked;
  }

  async lastPlaces(lanes: readonly Lane[]): Promise<number[]> {
    const { rows } = await runPrepared<{ place: number; last_n: number }>(this.native, lastPlaces, [
      lanes.map(({ clientId }) => clientId),
      lanes.map(({ lane }) => lane),
    ]);
    const found = lanes.map(() => 0);
    for (const { place, last_n: last } of rows) found[place - 1] = last;
    return found;
  }

  async outcomes(keys: readonly MutationKey[]): Promise<(Outcome | undefined)[]> {
    const { rows } = await runPrepared<StoredResult & { place: number }>(this.native, outcomes, [
      keys.map(({ personId }) => personId),
      keys.map(({ id }) => id),
    ]);
    const found: (Outcome | undefined)[] = keys.map(() => undefined);
    for (const { place, ...stored } of rows) found[place - 1] = toOutcome(stored);
    return found;
  }

  async taken(places: readonly (Lane & { n: number })[]): Promise<boolean[]> {
    const { rows } = await runPrepared<{ place: number }>(this.native, taken, [
      places.map(({ clientId }) => clientId),
      places.map(({ lane }) => lane),
      places.map(({ n }) => n),
    ]);
    const found = new Set(rows.map(({ place }) => place));
    return places.map((_place, index) => found.has(index + 1));
  }

  async read(keys: readonly RowKey[]): Promise<(object | undefined)[]> {
    const found: (object | undefined)[] = keys.map(() => undefined);
    const parts: string[] = [];
    const parameters: unknown[] = [];
    const parameter = (value: unknown): number => parameters.push(value);
    for (const [name, places] of groupBy(keys, ({ table }) => table)) {
      const table = mustSynced(name);
      const [known, unknown] = table.isOfThread ? this.#parted(places) : [[], places];
      const ids = table.scopeColumns.map((_column, index) => `id${index}`);
      const idTypes = ids.map(() => 'uuid');
      const named = ids.join(', ');
      const asks = unknown.map(({ item, index }) => [index, item.scope, ...mustScope(item.scope).ids, item.id]);
      if (asks.length > 0) {
        parts.push(`select ask.place, ${dataOf(table)} as data
          from ${relationOf(asks, ['int', 'text', ...idTypes, table.idType], parameter)} as ask(place, scope, ${named}, id)
          ${table.isOfThread ? 'join sync_scope s on s.id = ask.scope' : ''}
          join ${table.sql} r on ${table.isOfThread ? 'r.home_org = s.home_org and' : ''}
            ${inScope(table)} and r.${table.idColumn} = ask.id and not r.deleted`);
      }
      const inHomes = known.map(({ item, index, homeOrg }) => [index, homeOrg, ...mustScope(item.scope).ids, item.id]);
      if (inHomes.length > 0) {
        parts.push(`select ask.place, ${dataOf(table)} as data
          from ${relationOf(inHomes, ['int', 'uuid', ...idTypes, table.idType], parameter)} as ask(place, home_org, ${named}, id)
          join ${table.sql} r on r.home_org = ask.home_org and
            ${inScope(table)} and r.${table.idColumn} = ask.id and not r.deleted`);
      }
    }
    const { rows } = await runPrepared<{ place: number; data: object }>(
      this.native,
      parts.join('\nunion all\n'),
      parameters,
    );
    for (const { place, data } of rows) found[place] = data;
    return found;
  }

  /** Those whose scope is locked, with its home organisation, and the others. */
  #parted<Place extends { item: RowKey }>(places: Place[]): [(Place & { homeOrg: string })[], Place[]] {
    const known = places.flatMap((place) => {
      const homeOrg = this.#homeOrgs.get(place.item.scope);
      return homeOrg ? [{ ...place, homeOrg }] : [];
    });
    return [known, places.filter(({ item }) => !this.#homeOrgs.get(item.scope))];
  }

  /** One statement, whatever is in it: the parts of a `with` all run, and see nothing of each other. */
  async flush({ acts, lanes, results }: Flush): Promise<Map<string, string[] | null>[]> {
    const parts: string[] = [];
    const parameters: unknown[] = [];
    const parameter = (value: unknown): number => parameters.push(value);

    const written = acts.flatMap(({ rows }) => rows);
    const bumps = lastBumps(acts);
    const created = bumps.filter((bump) => bump.created);
    this.#adoptHomeOrgs(created, written);
    if (created.length > 0) parts.push(`${createScopes(parameter(this.#scopeParameter(created)))}`);
    if (created.length < bumps.length) {
      parts.push(bumpScopes(parameter(this.#scopeParameter(bumps.filter((bump) => !bump.created)))));
    }
    const rows = [...new Map(written.map((row) => [`${row.table} ${row.scope} ${row.id}`, row])).values()];
    for (const [name, places] of groupBy(rows, ({ table }) => table)) {
      const ofTable = places.map(({ item }) => item);
      const n = parameter(rowParameter(mustSynced(name), ofTable, (row) => this.#idsOf(row)));
      parts.push(cachedUpsertOf(name, n));
    }
    const tombstones = written.flatMap((row) => (row.data === null ? [[row.scope, row.version]] : []));
    if (tombstones.length > 0) parts.push(addTombstones(parameter(JSON.stringify(tombstones))));
    const jobs = acts.flatMap((act) => act.jobs);
    if (jobs.length > 0) parts.push(addJobs(parameter(JSON.stringify(jobs))));
    if (lanes.length > 0) parts.push(enterLanes(parameter(JSON.stringify(lanes))));
    if (results.length > 0) {
      parts.push(
        storeResults(parameter(JSON.stringify(results.map(({ entry, outcome }) => ({ ...entry, ...outcome }))))),
      );
    }
    const told = new Set([...bumps, ...acts.flatMap(({ again = [] }) => again)].map(({ scope }) => scope));
    if (parts.length === 0 && told.size === 0) return acts.map(() => new Map());

    const { readers, selects } = this.#readersAsked(told, parameter);
    const withs = parts.map((part, index) => `w${index} as (${part})`).join(',\n');
    const select =
      selects.length > 0 ? selects.join('\nunion all\n') : 'select null as scope, null as people where false';
    const found = await runPrepared<{ scope: string; people: string | null }>(
      this.native,
      parts.length > 0 ? `with ${withs}\n${select}` : select,
      parameters,
    );
    for (const { scope, people } of found.rows) readers.set(scope, new Set(people?.split(' ')));
    // Of these not all were fetched: who goes now may not be among those that were.
    const crowds = new Set([...readers].flatMap(([scope, people]) => (people.size > RECIPIENTS ? [scope] : [])));
    return acts.map((act) => {
      applyWrites(readers, act.rows);
      return new Map(
        [...act.bumps, ...(act.again ?? [])].map(({ scope }) => {
          const people = readers.get(scope) ?? new Set();
          return [scope, crowds.has(scope) || people.size > RECIPIENTS ? null : [...people]];
        }),
      );
    });
  }

  #readersAsked(
    scopes: Iterable<string>,
    parameter: (value: unknown) => number,
  ): { readers: Map<string, Set<string>>; selects: string[] } {
    const readers = new Map<string, Set<string>>();
    const asked = { thread: [] as string[], notes: [] as string[], org: [] as string[] };
    for (const scope of scopes) {
      const sole = soleReader(scope);
      readers.set(scope, new Set(sole === undefined ? [] : [sole]));
      const { kind } = mustScope(scope);
      if (isThreadKind(kind)) asked.thread.push(scope);
      if (kind === 'notes') asked.notes.push(scope);
      if (kind === 'org' || kind === 'people.org') asked.org.push(scope);
    }
    const selects = (['thread', 'notes', 'org'] as const).flatMap((kind) => {
      const scopes = asked[kind];
      if (scopes.length === 0) return [];
      const asks = scopes.map((scope) => [scope, this.#homeOrgs.get(scope) ?? null, ...mustScope(scope).ids]);
      const types = ['text', 'uuid', ...(kind === 'notes' ? ['uuid', 'uuid'] : ['uuid'])];
      return [readersSql[kind](relationOf(asks, types, parameter))];
    });
    return { readers, selects };
  }

  /** A new thread says itself which organisation is its home; for notes it is that of their thread. */
  #adoptHomeOrgs(created: readonly ScopeBump[], rows: readonly RowWrite[]): void {
    for (const { scope } of created) {
      const [id = ''] = mustScope(scope).ids;
      const head = rows.find((row) => row.table === 'thread' && row.id === id);
      const { kind } = mustScope(scope);
      const ofOrg = kind === 'org' || kind === 'people.org' ? id : null;
      const ofThread = kind === 'notes' ? this.#homeOrgs.get(threadScope(id)) : undefined;
      this.#homeOrgs.set(scope, (head?.data as ThreadRow | undefined)?.homeOrg ?? ofThread ?? ofOrg);
    }
  }

  #scopeParameter(bumps: readonly ScopeBump[]): string {
    return JSON.stringify(
      bumps.map(({ scope, version, seq }) => ({
        id: scope,
        version,
        seq,
        home_org: this.#homeOrgs.get(scope) ?? null,
      })),
    );
  }

  #idsOf({ scope }: RowWrite): { scopeIds: readonly string[]; homeOrg: string | null } {
    return { scopeIds: mustScope(scope).ids, homeOrg: this.#homeOrgs.get(scope) ?? null };
  }
}

/** Where each scope ends up. */
function lastBumps(acts: Flush['acts']): ScopeBump[] {
  const last = new Map<string, ScopeBump>();
  for (const bump of acts.flatMap(({ bumps }) => bumps)) {
    last.set(bump.scope, { ...bump, created: bump.created || last.get(bump.scope)?.created === true });
  }
  return [...last.values()];
}

/**
 * A plan is kept from when tables were small until they are looked at again, within a minute or so; one that goes by keys is
 * right whatever they have grown to. With `npm run bench -- P1` it is twice as many sends a second.
 */
const goByKeys = ['seqscan', 'hashjoin', 'mergejoin', 'material']
  .map((way) => `set_config('enable_${way}', 'off', true)`)
  .join(', ');
// On the left of the join, so that all is set before the first lock is waited for, and where there is nothing to lock.
const lockScopes = lockAfter(setEyes(['$2', '$3', '$4']));
const lockScopesWithin = lockAfter(`${setEyes(['$2', '$3', '$4'])}, set_config('lock_timeout', $5, true)`);

const lastPlaces = `select ask.place::int, l.last_n
  from unnest($1::uuid[], $2::text[]) with ordinality as ask(client_id, lane, place)
  join sync_lane l on l.client_id = ask.client_id and l.lane = ask.lane`;
const outcomes = `select ask.place::int, m.status, m.code, m.message, m.effects
  from unnest($1::uuid[], $2::uuid[]) with ordinality as ask(person_id, id, place)
  join mutation_result m on m.person_id = ask.person_id and m.id = ask.id`;
const taken = `select ask.place::int
  from unnest($1::uuid[], $2::text[], $3::bigint[]) with ordinality as ask(client_id, lane, n, place)
  join mutation_result m on m.client_id = ask.client_id and m.lane = ask.lane and m.n = ask.n`;

interface StoredResult {
  status: 'applied' | 'rejected';
  code: string | null;
  message: string | null;
  effects: { scope: string; version: number }[] | null;
}

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
const enterLanes = (n: number) => `insert into sync_lane (client_id, lane, last_n)
  select r."clientId", r.lane, r."lastN"
  from jsonb_to_recordset($${n}::jsonb) as r("clientId" uuid, lane text, "lastN" bigint)
  on conflict (client_id, lane) do update set last_n = excluded.last_n`;
const storeResults = (n: number) => `insert into mutation_result
  (person_id, id, client_id, lane, n, status, code, message, effects)
  select r."personId", r.id, r."clientId", r.lane, r.n, r.status, r.code, r.message, r.effects
  from jsonb_to_recordset($${n}::jsonb) as r("personId" uuid, id uuid, "clientId" uuid, lane text, n bigint, status text,
    code text, message text, effects jsonb)`;

function lockAfter(settings: string): string {
  return `with locked as materialized (
      select s.id, s.version, s.seq, s.home_org from unnest($1::text[]) as ask(id) join sync_scope s on s.id = ask.id
      order by s.id for update of s)
    select locked.* from (select ${goByKeys}, ${settings}) as made left join locked on true`;
}

const isThreadKind = (kind: ScopeKind): boolean =>
  kind === 'thread' || kind === 'people.thread' || kind === 'receipts.thread';

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
