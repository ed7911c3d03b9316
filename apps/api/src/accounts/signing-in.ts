/** The last step of every way in: a session, and its cookie. */
import { z } from 'zod';
import { actorOf, auditAccount } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import type { Context } from '../trpc.ts';
import type { Exchange, Session } from './identity.ts';
import { issueSecret } from './one-time-secrets.ts';
import { hasTwoStep } from './two-step.ts';

export const person = z.object({ id: z.uuid(), name: z.string(), email: z.string() });
export const signedIn = z.object({ person });
type Person = z.infer<typeof person>;

/** Signs somebody in who has proved who they are. @throws ApiError `HTTP_ONLY` */
export async function signInNow(ctx: Context, personId: string): Promise<{ person: Person }> {
  const { db, identity, connections } = ctx.services;
  const exchange = mustBeHttp(ctx);
  // The session is better-auth's to write, by itself. Told first, there is none that the log does not know of.
  await auditAccount(db, { kind: 'signed_in', actor: actorOf(ctx, personId), personId });
  const { session, ended } = await identity.openSession(personId, exchange);
  for (const id of ended) connections.closeSession(id);
  return { person: toPerson(session) };
}

/** What the first step of signing in leads to: inside, or to the second one. */
export const firstStep = z.object({ person: person.nullable(), secondStep: z.string().nullable() });
const SECOND_STEP_MINUTES = 5;

/** Somebody has shown one thing that is theirs: it signs in, unless they have asked for two. @throws ApiError `HTTP_ONLY` */
export async function passFirstStep(ctx: Context, personId: string): Promise<z.infer<typeof firstStep>> {
  mustBeHttp(ctx);
  const { db, now } = ctx.services;
  if (!(await hasTwoStep(db, personId))) return { ...(await signInNow(ctx, personId)), secondStep: null };
  const step = { purpose: 'second-step', value: personId, now: now(), minutes: SECOND_STEP_MINUTES } as const;
  return { person: null, secondStep: await issueSecret(db, step) };
}

export const toPerson = ({ personId, name, email }: Session): Person => ({ id: personId, name, email });

/** Cookies are set and taken back over HTTP alone. @throws ApiError `HTTP_ONLY` */
export function mustBeHttp(ctx: Context): Exchange {
  if (!ctx.exchange) throw new ApiError('HTTP_ONLY', 'This works over HTTP only.', { status: 'METHOD_NOT_SUPPORTED' });
  return ctx.exchange;
}
