import { z } from 'zod';
import { actorOf } from '../audit/audit.ts';
import { router, signedInProcedure } from '../trpc.ts';
import type { SlackImportReport } from './slack/import-slack.ts';

const orgId = z.uuid();
const count = z.int().min(0);
const importState = z.object({
  id: z.uuid(),
  fileName: z.string(),
  bytes: count,
  received: count,
  state: z.enum(['uploading', 'running', 'done', 'failed']),
  progress: z.object({ stage: z.enum(['reading', 'writing']), done: count, total: count }).nullable(),
  report: z.custom<SlackImportReport>().nullable(),
  refusal: z.string().nullable(),
});

/** The archive itself comes in pieces by `PUT /imports/slack/<import>?offset=<bytes>`. */
export const importsRouter = router({
  newest: signedInProcedure
    .input(z.object({ orgId }))
    .output(importState.nullable())
    .query(({ ctx, input }) => ctx.services.imports.newest(ctx.session.personId, input.orgId)),

  /** Begins an upload, or says from where that of the same file goes on. */
  start: signedInProcedure
    .input(
      z.object({
        orgId,
        fileName: z
          .string()
          .trim()
          .min(1)
          .max(200)
          .regex(/^[^\p{C}]*$/u),
        bytes: z.int().min(1),
        withDirectMessages: z.boolean(),
      }),
    )
    .output(z.object({ importId: z.uuid(), received: count }))
    .mutation(({ ctx, input }) => ctx.services.imports.start(actorOf(ctx, ctx.session.personId), input)),

  discard: signedInProcedure
    .input(z.object({ importId: z.uuid() }))
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      await ctx.services.imports.discard({ ...input, personId: ctx.session.personId });
      return null;
    }),
});
