/** Reading the audit log, newest first. */
import type { AuditDetails, AuditKind } from '@parley/core/audit';
import { asPerson, type Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { deviceName, placeName } from '../accounts/device-words.ts';
import { mustAdminister } from '../organisations/administer.ts';

/** Events of one page at most. */
export const PAGE_EVENTS = 500;

export interface LogQuery {
  orgId: string;
  kinds?: readonly AuditKind[] | undefined;
  /** Who did it, or whom it was done to. */
  personId?: string | undefined;
  /** Milliseconds since 1970: from then on, and before then. */
  from?: number | undefined;
  before?: number | undefined;
  cursor?: number | undefined;
  limit?: number | undefined;
}

/** A person, by the name they have now. */
interface Named {
  id: string;
  name: string | null;
}

export interface LoggedEvent {
  id: number;
  at: number;
  kind: string;
  /** `null`: whoever sits at the server. */
  actor: Named | null;
  subject: Named | null;
  details: AuditDetails;
  /** `null` where nobody came over a network. */
  device: string | null;
  place: string | null;
}

/** @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function readLog(
  db: Kysely<Database>,
  readerId: string,
  { orgId, kinds, personId, from, before, cursor, limit = 50 }: LogQuery,
): Promise<{ items: LoggedEvent[]; nextCursor: number | null }> {
  await mustAdminister(db, readerId, orgId);
  let query = db
    .selectFrom('audit_event as e')
    .leftJoin('person as actor', 'actor.id', 'e.actor_id')
    .leftJoin('person as subject', 'subject.id', 'e.subject_id')
    .selectAll('e')
    .select(['actor.name as actor_name', 'subject.name as subject_name'])
    .where('e.org_id', '=', orgId)
    .orderBy('e.id', 'desc')
    .limit(limit + 1);
  if (kinds !== undefined) query = query.where('kind', 'in', kinds);
  if (personId !== undefined) {
    query = query.where(({ or, eb }) => or([eb('actor_id', '=', personId), eb('subject_id', '=', personId)]));
  }
  if (from !== undefined) query = query.where('at', '>=', new Date(from));
  if (before !== undefined) query = query.where('at', '<', new Date(before));
  if (cursor !== undefined) query = query.where('e.id', '<', cursor);
  // As them, so that the database judges once more.
  const rows = await asPerson(db, readerId, async (trx) => (await trx.executeQuery(query)).rows);
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    at: row.at.getTime(),
    kind: row.kind,
    actor: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name },
    subject: row.subject_id === null ? null : { id: row.subject_id, name: row.subject_name },
    details: row.details,
    device: row.ip_address === null ? null : deviceName(row.user_agent),
    place: row.ip_address === null ? null : placeName(row.ip_address),
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
