/**
 * When each room last saw somebody in it, to the minute. Whoever may be in the room may ask: it tells nothing that they
 * would not have seen there. Rules: docs/decisions/0026.
 */
import { parseScope } from '@parley/core/scopes';
import type { Database } from '@parley/db';
import type { ScopeId } from '@parley/sync/mutator';
import { sql, type Kysely } from 'kysely';
import { ApiError } from '../http/api-error.ts';
import { httpLog } from '../logger.ts';

export interface Seen {
  personId: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface LastSeenOptions {
  db: Kysely<Database>;
  readable: (personId: string, scopes: readonly ScopeId[]) => Promise<ReadonlySet<ScopeId>>;
  now?: () => number;
}

export interface LastSeen {
  /** A room sees somebody, or did until now. */
  note(scope: ScopeId, personId: string): void;
  /** Everybody in these rooms, as `asker` may know. @throws ApiError `NOT_FOUND` where one is none of theirs */
  of(asker: string, scopes: readonly ScopeId[]): Promise<Seen[]>;
  /** Writes what has not been written. */
  close(): Promise<void>;
}

const MINUTE = 60_000;
/** Milliseconds in which notes gather: at a restart everybody goes at once. */
const GATHERED_MS = 2_000;

export function createLastSeen({ db, readable, now = Date.now }: LastSeenOptions): LastSeen {
  let noted = new Map<ScopeId, Map<string, Date>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();

  async function writeNoted(): Promise<void> {
    const rows = [...noted].flatMap(([scope, people]) => [...people].map(([person, at]) => ({ scope, person, at })));
    noted = new Map();
    if (rows.length === 0) return;
    // In one order, as other processes do it: two that write the same rows must not wait for each other.
    await sql`
      insert into last_seen (scope, person_id, at)
      select noted.scope, person.id, noted.at
      from unnest(${rows.map(({ scope }) => scope)}::text[], ${rows.map(({ person }) => person)}::uuid[],
        ${rows.map(({ at }) => at)}::timestamptz[]) as noted(scope, person_id, at)
      join person on person.id = noted.person_id
      order by 1, 2
      on conflict (scope, person_id) do update set at = excluded.at where last_seen.at < excluded.at`.execute(db);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing
      .then(writeNoted)
      .catch((error: unknown) => httpLog.error({ err: error }, 'it was not kept who was last seen when'));
    return writing;
  }

  return {
    note(scope, personId) {
      // Of notes nobody asks.
      if (parseScope(scope)?.kind === 'notes') return;
      const people = noted.get(scope) ?? new Map<string, Date>();
      noted.set(scope, people.set(personId, new Date(Math.floor(now() / MINUTE) * MINUTE)));
      timer ??= setTimeout(() => void flush(), GATHERED_MS);
    },

    async of(asker, scopes) {
      const allowed = await readable(asker, scopes);
      const parsed = scopes.map((scope) => (allowed.has(scope) ? parseScope(scope) : undefined));
      if (parsed.some((scope) => scope?.kind !== 'org' && scope?.kind !== 'thread')) {
        throw new ApiError('NOT_FOUND', 'There is no such room.');
      }
      await flush();
      // Whoever left the thread or the organisation since, or is a guest now, is in the room no more.
      const { rows } = await sql<{ id: string; at: Date }>`
        select seen.person_id as id, max(seen.at) as at from last_seen seen
        where seen.scope = any(${scopes}::text[]) and case split_part(seen.scope, ':', 1)
          when 'org' then exists (select from membership m
            where m.person_id = seen.person_id and m.org_id = split_part(seen.scope, ':', 2)::uuid
              and m.active and m.role <> 'guest' and not m.deleted)
          else exists (select from participation p
            where p.person_id = seen.person_id and p.thread_id = split_part(seen.scope, ':', 2)::uuid
              and p.left_at is null and not p.deleted) end
        group by seen.person_id`.execute(db);
      return rows.map(({ id, at }) => ({ personId: id, at: at.getTime() }));
    },

    close: flush,
  };
}
