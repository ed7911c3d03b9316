/** Who reads what: the counterpart in SQL of the table of scopes in SPEC.md. */
import { maySeeDirectory, type MembershipRow, type PersonRow } from '@parley/core/organisations';
import { notesScope, orgPeopleScope, orgScope, parseScope, scopesOfThread } from '@parley/core/scopes';
import type { ParticipantRow, ParticipationRow } from '@parley/core/threads';
import { RECIPIENTS, type RowWrite } from '@parley/sync/server';

export function soleReader(scope: string): string | undefined {
  const parsed = parseScope(scope);
  return parsed?.kind === 'user' ? parsed.ids[0] : undefined;
}

/** Whoever leaves a thread or an organisation, or becomes a guest of it: then the act says each of their threads, too. */
export function lostReaders(rows: readonly RowWrite[]): { scope: string; personId: string }[] {
  return rows.flatMap((row) => {
    const personId = soleReader(row.scope);
    if (personId === undefined) return [];
    if (row.table === 'participation') {
      const data = row.data as ParticipationRow | null;
      const leaves = !isIn(data);
      const lost = leaves ? scopesOfThread(row.id) : [];
      const actingOrg = data?.actingOrg;
      if (actingOrg !== undefined && (leaves || isGuestNow(rows, row.scope, actingOrg)))
        lost.push(notesScope(row.id, actingOrg));
      return lost.map((scope) => ({ scope, personId }));
    }
    if (row.table === 'membership' && !isColleague(row.data as MembershipRow | null)) {
      return [orgScope(row.id), orgPeopleScope(row.id)].map((scope) => ({ scope, personId }));
    }
    return [];
  });
}

const isGuestNow = (rows: readonly RowWrite[], scope: string, orgId: string): boolean =>
  rows.some(
    (row) =>
      row.table === 'membership' &&
      row.scope === scope &&
      row.id === orgId &&
      !isColleague(row.data as MembershipRow | null),
  );
const isIn = (row: ParticipationRow | ParticipantRow | null): boolean => row !== null && row.leftAt === null;
const isColleague = (row: Pick<MembershipRow, 'active' | 'role'> | null): boolean =>
  row !== null && row.active && maySeeDirectory(row.role);

/**
 * Finds readers as of before the statement, one row a scope; the relation has scopes, their home organisations and the
 * uuids in them.
 */
export const readersSql = {
  thread: (relation: string) => `select ask.scope, (select string_agg(reader.person_id::text, ' ') from (
      select p.person_id from participant p
      where p.home_org = ask.home_org and p.thread_id = ask.id and p.left_at is null and not p.placeholder and not p.deleted
        and not exists (select from membership m
          where m.org_id = p.acting_org and m.person_id = p.person_id and not m.active)
      limit ${RECIPIENTS + 1}) reader) as people
    from ${relation} as ask(scope, home_org, id)`,
  notes: (relation: string) => `select ask.scope, (select string_agg(reader.person_id::text, ' ') from (
      select p.person_id from participant p
      join membership m on m.person_id = p.person_id and m.org_id = ask.org_id and m.active and m.role <> 'guest' and not m.deleted
      where p.home_org = ask.home_org and p.thread_id = ask.id and p.acting_org = ask.org_id
        and p.left_at is null and not p.placeholder and not p.deleted
      limit ${RECIPIENTS + 1}) reader) as people
    from ${relation} as ask(scope, home_org, id, org_id)`,
  org: (relation: string) => `select ask.scope, (select string_agg(reader.person_id::text, ' ') from (
      select p.person_id from org_person p
      where p.org_id = ask.id and p.active and p.role <> 'guest' and not p.placeholder and not p.deleted
      limit ${RECIPIENTS + 1}) reader) as people
    from ${relation} as ask(scope, home_org, id)`,
};

/** Carries the transaction's own writes over to the readers found before them. */
export function applyWrites(readers: Map<string, Set<string>>, rows: readonly RowWrite[]): void {
  for (const row of rows) {
    const [id = ''] = parseScope(row.scope)?.ids ?? [];
    if (row.table === 'participant') {
      const data = row.data as ParticipantRow | null;
      const reads = isIn(data) && data?.placeholder === false;
      for (const scope of scopesOfThread(id)) set(readers.get(scope), row.id, reads);
      // Who joins has yet to hear that there are notes; who goes must hear nothing more.
      if (!reads) dropFromNotes(readers, row.id, ([threadId]) => threadId === id);
    }
    if (row.table === 'person') {
      const data = row.data as PersonRow | null;
      const reads = isColleague(data) && data?.placeholder === false;
      for (const scope of [orgScope(id), orgPeopleScope(id)]) set(readers.get(scope), row.id, reads);
      if (!reads) dropFromNotes(readers, row.id, ([, orgId]) => orgId === id);
    }
  }
}

function dropFromNotes(
  readers: Map<string, Set<string>>,
  personId: string,
  areOf: (ids: readonly string[]) => boolean,
): void {
  for (const [scope, people] of readers) {
    const parsed = parseScope(scope);
    if (parsed?.kind === 'notes' && areOf(parsed.ids)) people.delete(personId);
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
  // Before the first note there is no scope: whoever may read it holds it as one in which nothing ever happened.
  notes: (relation: string) => `select ask.scope as id, coalesce(s.version, 0) as version, coalesce(s.seq, 0) as seq,
      coalesce(s.floor, 0) as floor, s.home_org, p.epoch
    from ${relation} as ask(scope, id, org_id)
    join participation p on p.person_id = $1 and p.thread_id = ask.id and p.acting_org = ask.org_id
      and p.left_at is null and not p.deleted
    join membership m on m.person_id = $1 and m.org_id = ask.org_id and m.active and m.role <> 'guest' and not m.deleted
    left join sync_scope s on s.id = ask.scope`,
  org: (relation: string) => `select s.id, s.version, s.seq, s.floor, s.home_org, m.epoch
    from ${relation} as ask(scope, id)
    join membership m on m.person_id = $1 and m.org_id = ask.id and m.active and m.role <> 'guest' and not m.deleted
    join sync_scope s on s.id = ask.scope`,
};
