import { z } from 'zod';
import { actorOf, auditAccount } from '../audit/audit.ts';
import { publicProcedure, router, signedInProcedure } from '../trpc.ts';
import { confirmPassword, guess } from './attempts.ts';
import { replacePassword } from './credentials.ts';
import { endDevices } from './devices.ts';
import { chosenPassword } from './password.ts';
import { mustOpenReset, useReset } from './password-reset.ts';

const token = z.string().min(1).max(200);

export const passwordRouter = router({
  /** Sets another password; every other session ends. */
  change: signedInProcedure
    .input(z.object({ current: z.string().min(1).max(1_000), password: chosenPassword }))
    .output(z.object({ ended: z.number() }))
    .mutation(async ({ ctx, input: { current, password } }) => {
      const { services, session } = ctx;
      const { db, connections } = services;
      const { personId } = session;
      await confirmPassword(services, { personId, password: current });
      const ended = await db.transaction().execute(async (tx) => {
        await replacePassword(tx, session, password);
        await auditAccount(tx, { kind: 'password_changed', actor: actorOf(ctx, personId), personId });
        return endDevices(tx, { personId, except: session.id });
      });
      for (const id of ended) connections.closeSession(id);
      return { ended: ended.length };
    }),

  /** What the holder of a reset link is told. */
  resetLink: publicProcedure
    .input(z.object({ token }))
    .output(z.object({ name: z.string(), email: z.string() }))
    .query(({ ctx, input }) => {
      const { db, limits, now } = ctx.services;
      return guess(limits, ctx.address, () => mustOpenReset(db, { token: input.token, now: now() }));
    }),

  /** Sets another password with a reset link, once; every session ends. */
  reset: publicProcedure
    .input(z.object({ token, password: chosenPassword }))
    .output(z.object({ email: z.string() }))
    .mutation(async ({ ctx, input }) => {
      const { db, limits, now, connections } = ctx.services;
      const { email, ended } = await guess(limits, ctx.address, () =>
        useReset(db, { ...input, now: now(), from: ctx }),
      );
      for (const id of ended) connections.closeSession(id);
      return { email };
    }),
});
