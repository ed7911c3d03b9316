import { z } from 'zod';
import { router, signedInProcedure } from '../trpc.ts';

export const presenceRouter = router({
  /** When whoever takes part was last seen in these rooms, to the minute: an organisation, a thread, or both. */
  lastSeen: signedInProcedure
    .input(z.object({ rooms: z.array(z.string().max(100)).min(1).max(2) }))
    .output(z.array(z.object({ personId: z.uuid(), at: z.number() })))
    .query(({ ctx, input }) => ctx.services.lastSeen.of(ctx.session.personId, input.rooms)),
});
