import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { lineOfText } from '@parley/core/text';
import { z } from 'zod';
import { actorOf } from '../audit/audit.ts';
import { isOwnOrigin } from '../http/origin.ts';
import { publicProcedure, router, signedInProcedure, type Context } from '../trpc.ts';
import { confirmPassword, guess } from './attempts.ts';
import {
  addPasskey,
  beginPasskey,
  beginPasskeySignIn,
  mustBePasskey,
  passkeysOf,
  removePasskey,
  renamePasskey,
  type Site,
} from './passkeys.ts';
import { mustBeHttp, signedIn, signInNow } from './signing-in.ts';

const token = z.string().min(1).max(200);
const id = z
  .string()
  .max(2_000)
  .regex(/^[\w-]+$/);
const name = lineOfText(60);
const current = z.string().min(1).max(1_000);
/** What the browser answers: the library looks at the rest of it. */
const response = z.looseObject({ id });

/** Its fields are the standard's, and the browser's to read. */
const creation = (options: unknown) => options as { token: string; options: PublicKeyCredentialCreationOptionsJSON };
const request = (options: unknown) => options as { token: string; options: PublicKeyCredentialRequestOptionsJSON };

export const passkeysRouter = router({
  list: signedInProcedure
    .output(
      z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          synced: z.boolean(),
          addedAt: z.number(),
          usedAt: z.number().nullable(),
        }),
      ),
    )
    .query(({ ctx: { services, session } }) => passkeysOf(services.db, session.personId)),

  begin: signedInProcedure
    .input(z.object({ current }))
    .output(creation)
    .mutation(async ({ ctx, input }) => {
      const { services, session } = ctx;
      await confirmPassword(services, { personId: session.personId, password: input.current });
      return beginPasskey(services.db, { account: session, site: siteOf(ctx), now: services.now() });
    }),

  add: signedInProcedure
    .input(z.object({ token, name, response }))
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const { services, session } = ctx;
      const actor = actorOf(ctx, session.personId);
      await addPasskey(services.db, { ...input, actor, site: siteOf(ctx), now: services.now() });
      return null;
    }),

  rename: signedInProcedure
    .input(z.object({ id, name }))
    .output(z.null())
    .mutation(async ({ ctx: { services, session }, input }) => {
      await renamePasskey(services.db, { ...input, personId: session.personId });
      return null;
    }),

  remove: signedInProcedure
    .input(z.object({ id, current }))
    .output(z.null())
    .mutation(async ({ ctx, input: { id, current: password } }) => {
      const { services, session } = ctx;
      const { personId } = session;
      await confirmPassword(services, { personId, password });
      await removePasskey(services.db, { id, actor: actorOf(ctx, personId) });
      return null;
    }),

  beginSignIn: publicProcedure.output(request).mutation(async ({ ctx }) => {
    const { db, limits, now } = ctx.services;
    await limits.consume('ceremony', ctx.address);
    return beginPasskeySignIn(db, { site: siteOf(ctx), now: now() });
  }),

  signIn: publicProcedure
    .input(z.object({ token, response }))
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { db, limits, now } = ctx.services;
      const site = siteOf(ctx);
      const personId = await guess(limits, ctx.address, () => mustBePasskey(db, { ...input, site, now: now() }));
      return signInNow(ctx, personId);
    }),
});

/** The page that asks, if it is one of ours; else the public one, with which nothing signed elsewhere agrees. */
function siteOf(ctx: Context): Site {
  const { headers } = mustBeHttp(ctx);
  const { publicUrl } = ctx.services.settings;
  const asked = headers.get('origin');
  const origin = asked !== null && isOwnOrigin(asked, { publicUrl, host: headers.get('host') }) ? asked : publicUrl;
  return { origin, host: new URL(origin).hostname };
}
