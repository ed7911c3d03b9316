import { SCHEMA } from '@parley/core/tables';
import {
  PROTOCOL_VERSION,
  auditAnswer,
  auditRequest,
  liveRequest,
  pageRequest,
  pullRequest,
  pushRequest,
  type LiveEvent,
  type PageAnswer,
  type PullResponse,
  type PushResponse,
} from '@parley/sync/protocol';
import { RequestError } from '@parley/sync/server';
import type { TRPCError } from '@trpc/server';
import { ApiError } from '../http/api-error.ts';
import type { Connection } from '../http/connections.ts';
import type { Services } from '../services.ts';
import { router, signedInProcedure } from '../trpc.ts';
import { paced } from './paced.ts';

const statuses = {
  UNAUTHORISED: 'UNAUTHORIZED',
  WRONG_ACCOUNT: 'FORBIDDEN',
  OUTDATED: 'PRECONDITION_FAILED',
  TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  BUSY: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<RequestError['code'], TRPCError['code']>;

/** Streams that one socket may hold: a client needs one, and a second while it replaces it. */
const STREAMS = 4;

/** The engine's refusals of whole requests get their codes. */
const engineProcedure = signedInProcedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof RequestError) {
    const { code, message } = result.error.cause;
    throw new ApiError(code, message, { status: statuses[code] });
  }
  return result;
});

const syncProcedure = engineProcedure.use(async ({ ctx, next }) => {
  await ctx.services.limits.consume('sync', ctx.session.personId);
  return next();
});

/**
 * The engine builds its answers field by field: walking through 20,000 rows once more would cost more than reading them
 * did.
 */
const trusted = <Answer>(answer: unknown): Answer => answer as Answer;

export const syncRouter = router({
  push: syncProcedure
    .input(pushRequest)
    .output(trusted<PushResponse>)
    .mutation(async ({ ctx: { services, session }, input }) => {
      const response = await services.engine.push(session.personId, input);
      for (const { status } of response.results) services.metrics.mutations.inc({ status });
      return response;
    }),

  /** A mutation only in name: vectors are too long for a URL. */
  pull: syncProcedure
    .input(pullRequest)
    .output(trusted<PullResponse>)
    .mutation(({ ctx, input }) => ctx.services.engine.pull(ctx.session.personId, input)),

  page: syncProcedure
    .input(pageRequest)
    .output(trusted<PageAnswer>)
    .mutation(({ ctx, input }) => ctx.services.engine.page(ctx.session.personId, input)),

  /** Whether what a client holds is what there is; a difference is logged. */
  audit: syncProcedure
    .input(auditRequest)
    .output(auditAnswer)
    .mutation(({ ctx, input }) => ctx.services.engine.audit(ctx.session.personId, input)),

  /** Pokes, from now on; over a WebSocket only. Its first event is `hello`. */
  live: engineProcedure.input(liveRequest).subscription(async ({ ctx, input, signal }) => {
    const { connection, session, services } = ctx;
    if (!connection || !signal) {
      throw new ApiError('SOCKET_ONLY', 'This works over a WebSocket only.', { status: 'METHOD_NOT_SUPPORTED' });
    }
    const { personId } = session;
    const { bare } = services.engine.admit(personId, input);
    await services.limits.consume('live', personId);
    if (connection.streams >= STREAMS) {
      throw new ApiError('TOO_MANY_STREAMS', 'This socket has enough streams.', { status: 'TOO_MANY_REQUESTS' });
    }
    const { clientId } = input;
    const events = services.hub.connect({ personId, clientId, bare }, signal);
    const client = `${personId} ${clientId}`;
    connection.client = { key: client, isOutdated: input.protocol < PROTOCOL_VERSION || (input.schema ?? 1) < SCHEMA };
    return stream(events, { connection, services, client, signal });
  }),
});

async function* stream(
  events: AsyncIterable<LiveEvent>,
  {
    connection,
    services,
    client,
    signal,
  }: { connection: Connection; services: Services; client: string; signal: AbortSignal },
): AsyncGenerator<LiveEvent> {
  connection.streams += 1;
  const ended = services.reconnects.opened(client);
  try {
    for await (const event of paced(events, connection.socket, signal)) {
      services.metrics.liveEvents.inc({ kind: event.kind });
      yield event;
    }
  } finally {
    connection.streams -= 1;
    ended(connection.end === 'lost');
  }
}
