import { z } from 'zod';
import { router, signedInProcedure } from '../trpc.ts';
import { addDemo, hasDemo, removeDemo } from './demo.ts';

const nothing = z.null();

/** A workspace to try things in, for the caller alone. */
export const demoRouter = router({
  isThere: signedInProcedure
    .output(z.boolean())
    .query(({ ctx }) => hasDemo({ db: ctx.services.db, personId: ctx.session.personId })),

  /** Done twice it is there once. */
  add: signedInProcedure.output(nothing).mutation(async ({ ctx }) => {
    const { db, acts, limits, now } = ctx.services;
    await limits.consume('demo', ctx.session.personId);
    await addDemo({ db, acts, personId: ctx.session.personId, now: now() });
    return null;
  }),

  remove: signedInProcedure.output(nothing).mutation(async ({ ctx }) => {
    const { db, acts, limits, now } = ctx.services;
    await limits.consume('demo', ctx.session.personId);
    await removeDemo({ db, acts, personId: ctx.session.personId, now: now() });
    return null;
  }),
});
