import { z } from 'zod';
import { publicProcedure, router } from '../trpc.ts';
import { guess } from './attempts.ts';
import { emailAddress } from './people.ts';
import { hashToken } from './secret-token.ts';
import { askForLink, useLink } from './sign-in-links.ts';
import { firstStep, passFirstStep } from './signing-in.ts';

export const linkRouter = router({
  /** Mails a link that signs in. The answer is the same whether anybody signs in with the address or not. */
  ask: publicProcedure
    .input(z.object({ email: emailAddress }))
    .output(z.null())
    .mutation(async ({ ctx, input: { email } }) => {
      const { db, limits, settings, now } = ctx.services;
      await limits.consume('linkByAddress', ctx.address);
      await limits.consume('linkByAccount', hashToken(email));
      await askForLink(db, { email, authSecret: settings.authSecret, now: now() });
      return null;
    }),

  /** The link is used by this, not by being opened: programs that look into mails open links too. */
  signIn: publicProcedure
    .input(z.object({ token: z.string().min(1).max(200) }))
    .output(firstStep)
    .mutation(async ({ ctx, input: { token } }) => {
      const { db, limits, now } = ctx.services;
      const { personId } = await guess(limits, ctx.address, () => useLink(db, { token, now: now() }));
      return passFirstStep(ctx, personId);
    }),
});
