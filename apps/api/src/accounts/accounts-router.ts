import { ROLES } from '@parley/core/organisations';
import { personName } from '@parley/core/own-name';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { acceptInvitation, readInvitation } from '../organisations/invitations.ts';
import { publicProcedure, router } from '../trpc.ts';
import { counted, guess } from './attempts.ts';
import { mustKnowPassword } from './credentials.ts';
import { devicesRouter } from './devices-router.ts';
import { linkRouter } from './link-router.ts';
import { passkeysRouter } from './passkeys-router.ts';
import { chosenPassword } from './password.ts';
import { passwordRouter } from './password-router.ts';
import { emailAddress, organisationName } from './people.ts';
import { hashToken } from './secret-token.ts';
import { needsSetUp, setUpFirstAccount } from './set-up.ts';
import { keyOf } from './identity.ts';
import { whoIsShutOut } from './shut-out.ts';
import { firstStep, mustBeHttp, passFirstStep, person, signedIn, signInNow, toPerson } from './signing-in.ts';
import { twoStepRouter } from './two-step-router.ts';

const token = z.string().min(1).max(200);
/** As somebody types it to sign in: only as long as it may be; whether it is right is the answer's business. */
const typedPassword = z.string().min(1).max(1_000);

export const accountsRouter = router({
  /**
   * Who is signed in here, and whether the first account is still to be made. `shutOut`: who was, until their last
   * organisation shut them out, so that their device forgets what it was given.
   */
  session: publicProcedure
    .output(z.object({ person: person.nullable(), needsSetup: z.boolean(), shutOut: z.optional(z.uuid()) }))
    .query(async ({ ctx: { session, services, exchange } }) => {
      const { db, now } = services;
      if (session) return { person: toPerson(session), needsSetup: false };
      const key = exchange && keyOf(exchange.headers);
      const shutOut = key === null ? undefined : await whoIsShutOut(db, { key, now: now() });
      return { person: null, needsSetup: await needsSetUp(db), ...(shutOut && { shutOut }) };
    }),

  setUp: publicProcedure
    .input(z.object({ token, organisationName, name: personName, email: emailAddress, password: chosenPassword }))
    .output(signedIn)
    .mutation(async ({ ctx, input: { token: printed, ...account } }) => {
      const { acts, limits } = ctx.services;
      const link = { token: printed, from: ctx };
      const { personId } = await guess(limits, ctx.address, () => setUpFirstAccount(acts, account, link));
      return signInNow(ctx, personId);
    }),

  signIn: publicProcedure
    .input(z.object({ email: emailAddress, password: typedPassword }))
    .output(firstStep)
    .mutation(async ({ ctx, input }) => {
      const { db, limits } = ctx.services;
      const account = hashToken(input.email);
      const { personId } = await guess(limits, ctx.address, () =>
        counted(limits, ['guessByAccountAndAddress', `${account} ${ctx.address}`], () =>
          counted(limits, ['guessByAccount', account], () => mustKnowPassword(db, input)),
        ),
      );
      return passFirstStep(ctx, personId);
    }),

  /**
   * Ends this session here and everywhere it is connected, also for a browser that has its cookie but was wiped. Signed
   * out already: nothing happens.
   */
  signOut: publicProcedure.output(z.null()).mutation(async ({ ctx }) => {
    const { identity, connections } = ctx.services;
    const ended = await identity.signOut(mustBeHttp(ctx));
    if (ended !== null) connections.closeSession(ended);
    return null;
  }),

  /** What the holder of an invitation's link is told. */
  invitation: publicProcedure
    .input(z.object({ token }))
    .output(
      z.object({
        organisationName: z.string(),
        email: z.string(),
        role: z.enum(ROLES),
        invitedBy: z.string().nullable(),
        expiresAt: z.number(),
      }),
    )
    .query(({ ctx, input }) => {
      const { db, limits, now } = ctx.services;
      return guess(limits, ctx.address, () => readInvitation(db, { token: input.token, now: now() }));
    }),

  /** Joins as the person signed in; otherwise makes an account from `name` and `password`, and signs in. */
  acceptInvitation: publicProcedure
    .input(z.object({ token, name: z.optional(personName), password: chosenPassword.optional() }))
    .output(z.object({ person, orgId: z.uuid() }))
    .mutation(async ({ ctx, input: { token: given, name, password } }) => {
      const { limits, now } = ctx.services;
      const { session } = ctx;
      if (session) {
        const { orgId } = await guess(limits, ctx.address, () =>
          acceptInvitation(ctx.services, { token: given, now: now(), as: session, from: ctx }),
        );
        return { person: toPerson(session), orgId };
      }
      if (name === undefined || password === undefined) {
        throw new ApiError('ACCOUNT_NEEDED', 'A name and a password are needed to make your account.');
      }
      const { personId, orgId } = await guess(limits, ctx.address, () =>
        acceptInvitation(ctx.services, { token: given, now: now(), as: { name, password }, from: ctx }),
      );
      return { ...(await signInNow(ctx, personId)), orgId };
    }),

  devices: devicesRouter,
  link: linkRouter,
  passkeys: passkeysRouter,
  password: passwordRouter,
  twoStep: twoStepRouter,
});
