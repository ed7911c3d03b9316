/** Holds: while one is on, nothing that members of an organisation wrote gets lost. SPEC.md, [RET4]. */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { audit, type Actor } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import { organisationsLog } from '../logger.ts';
import { mustAdminister } from './administer.ts';

/** Characters of a reason at most. */
export const HOLD_REASON = 200;

export interface Hold {
  reason: string;
  placedBy: string;
  /** Milliseconds since 1970. */
  placedAt: number;
}

/** @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function holdOf(
  db: Kysely<Database>,
  { orgId, personId }: { orgId: string; personId: string },
): Promise<Hold | null> {
  await mustAdminister(db, personId, orgId);
  const hold = await db
    .selectFrom('legal_hold')
    .innerJoin('person', 'person.id', 'placed_by')
    .select(['reason', 'name', 'placed_at'])
    .where('org_id', '=', orgId)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return hold ? { reason: hold.reason, placedBy: hold.name, placedAt: hold.placed_at.getTime() } : null;
}

/** @throws ApiError `NOT_FOUND`, `FORBIDDEN`, `ON_HOLD` */
export async function placeHold(
  db: Kysely<Database>,
  actor: Actor & { personId: string },
  { orgId, reason, now }: { orgId: string; reason: string; now: number },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await mustAdminister(tx, actor.personId, orgId);
    // What is being taken away at this moment is gone first: after this nothing is.
    await tx.selectFrom('org').select('id').where('id', '=', orgId).forUpdate().execute();
    const placed = await tx
      .insertInto('legal_hold')
      .values({ id: uuidv7(), org_id: orgId, reason, placed_by: actor.personId, placed_at: new Date(now) })
      .onConflict((on) => on.column('org_id').where('lifted_at', 'is', null).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!placed) throw new ApiError('ON_HOLD', 'This organisation is on hold already.', { status: 'CONFLICT' });
    await audit(tx, { kind: 'hold_placed', actor, orgId, details: { reason } });
  });
  organisationsLog.info({ by: actor.personId, orgId }, 'an organisation was put on hold');
}

/** What members deleted meanwhile goes for good. @throws ApiError `NOT_FOUND`, `FORBIDDEN`, `NOT_ON_HOLD` */
export async function liftHold(
  db: Kysely<Database>,
  actor: Actor & { personId: string },
  { orgId, now }: { orgId: string; now: number },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await mustAdminister(tx, actor.personId, orgId);
    const lifted = await tx
      .updateTable('legal_hold')
      .set({ lifted_at: new Date(now), lifted_by: actor.personId })
      .where('org_id', '=', orgId)
      .where('lifted_at', 'is', null)
      .returning('reason')
      .executeTakeFirst();
    if (!lifted) throw new ApiError('NOT_ON_HOLD', 'This organisation is not on hold.', { status: 'CONFLICT' });
    await audit(tx, { kind: 'hold_lifted', actor, orgId, details: { reason: lifted.reason } });
  });
  organisationsLog.info({ by: actor.personId, orgId }, 'the hold on an organisation was lifted');
}
