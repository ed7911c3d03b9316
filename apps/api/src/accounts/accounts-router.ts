import { ROLES } from '@parley/core/organisations';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { acceptInvitation, readInvitation } from '../organisations/invitations.ts';
import { publicProcedure, router, type Context } from '../trpc.ts';
import type { Exchange, Session } from './identity.ts';
import { chosenPassword } from './password.ts';
import { emailAddress, organisationName, personName } from './people.ts';
import { hashToken } from './secret-token.ts';
import { needsSetUp, setUpFirstAccount } from './set-up.ts';

const token = z.string().min(1).max(200);
const person = z.object({ id: z.uuid(), name: z.string(), email: z.string() });
const signedIn = z.object({ person });
/** As somebody types it to sign in: only as long as it may be; whether it is right is the answer's business. */
const typedPassword = z.string().min(1).max(1_000);

export const accountsRouter = router({
  /** Who is signed in here, and whether the first account is still to be made. */
  session: publicProcedure
    .output(z.object({ person: person.nullable(), needsSetup: z.boolean() }))
    .query(async ({ ctx: { session, services } }) => ({
      person: session && toPerson(session),
      needsSetup: session === null && (await needsSetUp(services.db)),
    })),

  setUp: publicProcedure
    .input(z.object({ token, organisationName, name: personName, email: emailAddress, password: chosenPassword }))
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { acts, limits } = ctx.services;
      await guess(limits, ctx.address, () => setUpFirstAccount(acts, input));
      return signInNow(ctx, input);
    }),

  signIn: publicProcedure
    .input(z.object({ email: emailAddress, password: typedPassword }))
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { limits } = ctx.services;
      const account = hashToken(input.email);
      return guess(limits, ctx.address, () =>
        counted(limits, ['guessByAccountAndAddress', `${account} ${ctx.address}`], () =>
          counted(limits, ['guessByAccount', account], () => signInNow(ctx, input)),
        ),
      );
    }),

  /** Ends this session here and everywhere it is connected. Signed out already: nothing happens. */
  signOut: publicProcedure.output(z.null()).mutation(async ({ ctx }) => {
    const { identity, connections } = ctx.services;
    await identity.signOut(mustBeHttp(ctx));
    if (ctx.session) connections.closeSession(ctx.session.id);
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
          acceptInvitation(ctx.services, { token: given, now: now(), as: session }),
        );
        return { person: toPerson(session), orgId };
      }
      if (name === undefined || password === undefined) {
        throw new ApiError('ACCOUNT_NEEDED', 'A name and a password are needed to make your account.');
      }
      const { email, orgId } = await guess(limits, ctx.address, () =>
        acceptInvitation(ctx.services, { token: given, now: now(), as: { name, password } }),
      );
      return { ...(await signInNow(ctx, { email, password })), orgId };
    }),
});

async function signInNow(
  ctx: Context,
  credentials: { email: string; password: string },
): Promise<z.infer<typeof signedIn>> {
  const { email, password } = credentials;
  const session = await ctx.services.identity.signIn({ email, password }, mustBeHttp(ctx));
  return { person: toPerson(session) };
}

const toPerson = ({ personId, name, email }: Session) => ({ id: personId, name, email });

/** Cookies are set and taken back over HTTP alone. @throws ApiError `HTTP_ONLY` */
function mustBeHttp(ctx: Context): Exchange {
  if (!ctx.exchange) throw new ApiError('HTTP_ONLY', 'This works over HTTP only.', { status: 'METHOD_NOT_SUPPORTED' });
  return ctx.exchange;
}

/** Counts an attempt at a secret by its address; gives it back when it was none. */
const guess = <R>(limits: RateLimits, address: string, attempt: () => Promise<R>): Promise<R> =>
  counted(limits, ['guessByAddress', address], attempt);

async function counted<R>(
  limits: RateLimits,
  [name, key]: Parameters<RateLimits['consume']>,
  attempt: () => Promise<R>,
): Promise<R> {
  await limits.consume(name, key);
  const result = await attempt();
  await limits.refund(name, key);
  return result;
}
