import { z } from 'zod';
import { actorOf, auditAccount } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import { publicProcedure, router, signedInProcedure } from '../trpc.ts';
import { confirmPassword, counted, guess } from './attempts.ts';
import { readSecret, takeSecret } from './one-time-secrets.ts';
import { signedIn, signInNow } from './signing-in.ts';
import {
  beginTwoStep,
  confirmTwoStep,
  endTwoStep,
  mustPassTwoStep,
  renewRecoveryCodes,
  twoStepStatus,
} from './two-step.ts';

/** As somebody types it; whether it is right is the answer's business. */
const code = z.string().trim().min(1).max(100);
const current = z.string().min(1).max(1_000);
const codes = z.object({ codes: z.array(z.string()) });

export const twoStepRouter = router({
  status: signedInProcedure
    .output(z.object({ on: z.boolean(), codesLeft: z.number() }))
    .query(({ ctx: { services, session } }) => twoStepStatus(services.db, session.personId)),

  /** Gives the secret for the app. Nothing changes until a code of it is given. */
  begin: signedInProcedure
    .input(z.object({ current }))
    .output(z.object({ secret: z.string(), uri: z.string() }))
    .mutation(async ({ ctx: { services, session }, input }) => {
      const { personId, email } = session;
      await confirmPassword(services, { personId, password: input.current });
      return beginTwoStep(services.db, { personId, email, authSecret: services.settings.authSecret });
    }),

  /** Turns it on; the answer has the recovery codes, this once. */
  confirm: signedInProcedure
    .input(z.object({ code }))
    .output(codes)
    .mutation(async ({ ctx, input }) => {
      const { db, limits, settings, now } = ctx.services;
      const { personId } = ctx.session;
      const actor = actorOf(ctx, personId);
      const attempt = { actor, code: input.code, authSecret: settings.authSecret, now: now() };
      return { codes: await counted(limits, ['confirm', personId], () => confirmTwoStep(db, attempt)) };
    }),

  renewCodes: signedInProcedure
    .input(z.object({ current }))
    .output(codes)
    .mutation(async ({ ctx, input }) => {
      const { personId } = ctx.session;
      await confirmPassword(ctx.services, { personId, password: input.current });
      return { codes: await renewRecoveryCodes(ctx.services.db, actorOf(ctx, personId)) };
    }),

  end: signedInProcedure
    .input(z.object({ current }))
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const { personId } = ctx.session;
      await confirmPassword(ctx.services, { personId, password: input.current });
      await endTwoStep(ctx.services.db, actorOf(ctx, personId));
      return null;
    }),

  /** The second step, with what the first one gave. */
  signIn: publicProcedure
    .input(z.object({ token: z.string().min(1).max(200), code }))
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { db, limits, settings, now } = ctx.services;
      const step = { purpose: 'second-step', token: input.token, now: now() } as const;
      const personId = await guess(limits, ctx.address, async () => {
        const known = await readSecret(db, step);
        if (known === null) {
          throw new ApiError('STEP_OVER', 'Too much time went by. Sign in once more.', { status: 'UNAUTHORIZED' });
        }
        const attempt = { personId: known, code: input.code, authSecret: settings.authSecret, now: step.now };
        await counted(limits, ['confirm', known], () =>
          mustPassTwoStep(db, attempt).catch(async (error: unknown) => {
            if (!(error instanceof ApiError)) throw error;
            await auditAccount(db, { kind: 'second_step_failed', actor: actorOf(ctx, known), personId: known });
            throw error;
          }),
        );
        await takeSecret(db, step);
        return known;
      });
      return signInNow(ctx, personId);
    }),
});
