import {
  pageRequest,
  pullRequest,
  pushRequest,
  type PageAnswer,
  type PullResponse,
  type PushResponse,
} from '@parley/sync/protocol';
import { RequestError } from '@parley/sync/server';
import { TRPCError } from '@trpc/server';
import { ApiError } from '../http/api-error.ts';
import { router, signedInProcedure } from '../trpc.ts';

const statuses = {
  UNAUTHORISED: 'UNAUTHORIZED',
  WRONG_ACCOUNT: 'FORBIDDEN',
  OUTDATED: 'PRECONDITION_FAILED',
  TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
} as const satisfies Record<RequestError['code'], TRPCError['code']>;

/** A caller within their limit; the engine's refusals of whole requests get their codes. */
const syncProcedure = signedInProcedure.use(async ({ ctx, next }) => {
  await ctx.services.limits.consume('sync', ctx.session.personId);
  const result = await next();
  if (!result.ok && result.error.cause instanceof RequestError) {
    const { code, message } = result.error.cause;
    throw new ApiError(code, message, { status: statuses[code] });
  }
  return result;
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
    .mutation(({ ctx, input }) => ctx.services.engine.push(ctx.session.personId, input)),

  /** A mutation only in name: vectors are too long for a URL. */
  pull: syncProcedure
    .input(pullRequest)
    .output(trusted<PullResponse>)
    .mutation(({ ctx, input }) => ctx.services.engine.pull(ctx.session.personId, input)),

  page: syncProcedure
    .input(pageRequest)
    .output(trusted<PageAnswer>)
    .mutation(({ ctx, input }) => ctx.services.engine.page(ctx.session.personId, input)),
});
