/** How procedures are made: what they know of the caller, and how their errors travel. */
import { initTRPC, TRPCError } from '@trpc/server';
import { randomUUID } from 'node:crypto';
import type { Exchange, Session } from './accounts/identity.ts';
import type { Connection } from './http/connections.ts';
import { ApiError, codeOf, describeError, toTrpcError } from './http/api-error.ts';
import { httpLog } from './logger.ts';
import type { Services } from './services.ts';

export interface Context {
  services: Services;
  /** Whose cookie came with the request or the handshake. */
  session: Session | null;
  /** The caller's network address, for limits. */
  address: string;
  /** What the caller's program calls itself. */
  userAgent: string | null;
  requestId: string;
  /** Present over HTTP: only there can a cookie be set. */
  exchange: Exchange | null;
  /** Present over a WebSocket. */
  connection: Connection | null;
}

/** In one request or frame. */
export const BATCH_CALLS = 10;
export const batchTooLarge = { code: 'BATCH_TOO_LARGE', words: `A batch holds ${BATCH_CALLS} calls at most.` };

const requestIds = new WeakMap<TRPCError, string>();

/** Over one socket go many calls: each error there has a number of its own. */
function requestIdOf(error: TRPCError, context: Context | undefined): string {
  const known = requestIds.get(error) ?? (context && !context.connection ? context.requestId : randomUUID());
  requestIds.set(error, known);
  return known;
}

const trpc = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter({ shape, error, path, ctx }) {
    const { httpStatus } = shape.data;
    return { ...shape, ...describeError(error, { httpStatus, requestId: requestIdOf(error, ctx), path }) };
  },
});

/** Called by both transports for every error: what is not a refusal is ours to look at. */
export function logError({
  error,
  path,
  ctx,
}: {
  error: TRPCError;
  path: string | undefined;
  ctx: Context | undefined;
}) {
  if (error.code !== 'INTERNAL_SERVER_ERROR') return;
  httpLog.error({ err: error.cause ?? error, path, requestId: requestIdOf(error, ctx) }, 'a request failed');
}

const coded = trpc.middleware(async ({ ctx, path, type, next }) => {
  const { calls, callSeconds } = ctx.services.metrics;
  const begun = performance.now();
  const result = await next();
  // Of the others only how they end is of interest; a stream has only begun.
  if (path.startsWith('sync.') && type !== 'subscription') {
    callSeconds.observe({ call: path }, (performance.now() - begun) / 1000);
  }
  if (result.ok) {
    calls.inc({ call: path, code: 'OK' });
    return result;
  }
  const error = toTrpcError(result.error);
  calls.inc({ call: path, code: codeOf(error) });
  throw error;
});

export const { router } = trpc;

/** HTTP refuses a batch that is too large as a whole; of a frame, each call beyond the limit is refused by itself. */
const withinBatch = trpc.middleware(({ batchIndex, next }) => {
  if (batchIndex >= BATCH_CALLS) throw new ApiError(batchTooLarge.code, batchTooLarge.words);
  return next();
});

/** Anybody may call it. */
export const publicProcedure = trpc.procedure.use(coded).use(withinBatch);

/** Only somebody signed in. @throws `UNAUTHORISED` */
export const signedInProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.session) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
  return next({ ctx: { ...ctx, session: ctx.session } });
});
