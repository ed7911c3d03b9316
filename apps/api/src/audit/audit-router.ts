import { AUDIT_KINDS } from '@parley/core/audit';
import { z } from 'zod';
import { router, signedInProcedure } from '../trpc.ts';
import { PAGE_EVENTS, readLog } from './audit-log.ts';

/** Milliseconds since 1970. */
const time = z.number().int().min(0).max(8.64e15);
const place = z.number().int().min(0);
const named = z.object({ id: z.uuid(), name: z.string().nullable() }).nullable();

export const auditRouter = router({
  /** What was done in an organisation, newest first; for its owners and admins. */
  list: signedInProcedure
    .input(
      z.object({
        orgId: z.uuid(),
        kinds: z.array(z.enum(AUDIT_KINDS)).min(1).max(AUDIT_KINDS.length).optional(),
        personId: z.uuid().optional(),
        from: time.optional(),
        before: time.optional(),
        cursor: place.optional(),
        limit: z.number().int().min(1).max(PAGE_EVENTS).optional(),
      }),
    )
    .output(
      z.object({
        items: z.array(
          z.object({
            id: place,
            at: time,
            kind: z.string(),
            actor: named,
            subject: named,
            details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
            device: z.string().nullable(),
            place: z.string().nullable(),
          }),
        ),
        nextCursor: place.nullable(),
      }),
    )
    .query(({ ctx, input }) => readLog(ctx.services.db, ctx.session.personId, input)),
});
