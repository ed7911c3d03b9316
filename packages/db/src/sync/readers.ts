/** Who reads what: the counterpart in SQL of the table of scopes in SPEC.md. */
import { maySeeDirectory, type MembershipRow, type PersonRow } from '@parley/core/organisations';
import { orgPeopleScope, orgScope, parseScope, scopesOfThread } from '@parley/core/scopes';
import type { ParticipantRow, ParticipationRow } from '@parley/core/threads';
import { RECIPIENTS, type RowWrite } from '@parley/sync/server';

export function soleReader(scope: string): string | undefined {
  const parsed = parseScope(scope);
  return parsed?.kind === 'user' ? parsed.ids[0] : undefined;
}

/** Whoever leaves a thread or an organisation, or becomes a guest of it. */
export function lostReaders(rows: readonly RowWrite[]): { scope: string; personId: string }[] {
  return rows.flatMap((row) => {
    const personId = soleReader(row.scope);
    if (personId === undefined) return [];
    if (row.table === 'participation' && !isIn(row.data as ParticipationRow | null)) {
      return scopesOfThread(row.id).map((scope) => ({ scope, personId }));
    }
    if (row.table === 'membership' && !isColleague(row.data as MembershipRow | null)) {
      return [orgScope(row.id), orgPeopleScope(row.id)].map((scope) => ({ scope, personId }));
    }
    return [];
  });
}

const isIn = (row: ParticipationRow | ParticipantRow | null): boolean => row !== null && row.leftAt === null;
const isColleague = (row: Pick<MembershipRow, 'active' | 'role'> | null): boolean =>
  row !== null && row.active && maySeeDirectory(row.role);

/**
 * Finds readers as of before the statement, one row a scope; the relation has scopes, the uuids in them and their home
 * organisations.
 */
export const readersSql = {
  thread: (relation: string) => `select ask.scope, (select string_agg(reader.person_id::text, ' ') from (
      select p.person_id from participant p
      where p.home_org = ask.home_org and p.thread_id = ask.id and p.left_at is null and not p.placeholder and not p.deleted
        and not exists (select from membership m
          where m.org_id = p.acting_org and m.person_id = p.person_id and not m.active)
      limit ${RECIPIENTS + 1}) reader) as people
    from ${relation} as ask(scope, id, home_org)`,
  org: (relation: string) => `select ask.scope, (select string_agg(reader.person_id::text, ' ') from (
      select p.person_id from org_person p
      where p.org_id = ask.id and p.active and p.role <> 'guest' and not p.placeholder and not p.deleted
      limit ${RECIPIENTS + 1}) reader) as people
    from ${relation} as ask(scope, id, home_org)`,
};

/** Carries the transaction's own writes over to the readers found before them. */
export function applyWrites(readers: Map<string, Set<string>>, rows: readonly RowWrite[]): void {
  for (const row of rows) {
    const [id = ''] = parseScope(row.scope)?.ids ?? [];
    if (row.table === 'participant') {
      const data = row.data as ParticipantRow | null;
      const reads = isIn(data) && data?.placeholder === false;
      for (const scope of scopesOfThread(id)) set(readers.get(scope), row.id, reads);
    }
    if (row.table === 'person') {
      const data = row.data as PersonRow | null;
      const reads = isColleague(data) && data?.placeholder === false;
      for (const scope of [orgScope(id), orgPeopleScope(id)]) set(readers.get(scope), row.id, reads);
    }
  }
}

function set(readers: Set<string> | undefined, personId: string, reads: boolean): void {
  if (reads) readers?.add(personId);
  else readers?.delete(personId);
}

/** Which of many scopes a person (`$1`) may read; the relation has scopes and the uuids in them. */
export const readableSql = {
  user: (relation: string) => `select s.id, s.version, s.seq, s.floor, s.home_org, 0::bigint as epoch
    from ${relation} as ask(scope, id) join sync_scope s on s.id = ask.scope and ask.id = $1`,
  thread: (relation: string) => `select s.id, s.version, s.seq, s.floor, s.home_org, p.epoch
    from ${relation} as ask(scope, id)
    join participation p on p.person_id = $1 and p.thread_id = ask.id and p.left_at is null and not p.deleted
    join sync_scope s on s.id = ask.scope`,
  org: (relation: string) => `select s.id, s.version, s.seq, s.floor, s.home_org, m.epoch
    from ${relation} as ask(scope, id)
    join membership m on m.person_id = $1 and m.org_id = ask.id and m.active and m.role <> 'guest' and not m.deleted
    join sync_scope s on s.id = ask.scope`,
};
