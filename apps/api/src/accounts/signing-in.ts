/** The last step of every way in: a session, and its cookie. */
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import type { Context } from '../trpc.ts';
import type { Exchange, Session } from './identity.ts';

export const person = z.object({ id: z.uuid(), name: z.string(), email: z.string() });
export const signedIn = z.object({ person });
type Person = z.infer<typeof person>;

/** Signs somebody in who has proved who they are. @throws ApiError `HTTP_ONLY` */
export async function signInNow(ctx: Context, personId: string): Promise<{ person: Person }> {
  const { identity, connections } = ctx.services;
  const { session, replaced } = await identity.openSession(personId, mustBeHttp(ctx));
  if (replaced !== null) connections.closeSession(replaced);
  return { person: toPerson(session) };
}

export const toPerson = ({ personId, name, email }: Session): Person => ({ id: personId, name, email });

/** Cookies are set and taken back over HTTP alone. @throws ApiError `HTTP_ONLY` */
export function mustBeHttp(ctx: Context): Exchange {
  if (!ctx.exchange) throw new ApiError('HTTP_ONLY', 'This works over HTTP only.', { status: 'METHOD_NOT_SUPPORTED' });
  return ctx.exchange;
}
