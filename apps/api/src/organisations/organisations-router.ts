import { ROLES } from '@parley/core/organisations';
import { z } from 'zod';
import { emailAddress } from '../accounts/people.ts';
import { router, signedInProcedure } from '../trpc.ts';
import { inviteToOrganisation, openInvitations, revokeInvitation } from './invitations.ts';

const orgId = z.uuid();
const role = z.enum(ROLES);
/** Milliseconds since 1970. */
const time = z.number();

export const organisationsRouter = router({
  /** Makes a link for one address, and mails it there; shown once. */
  invite: signedInProcedure
    .input(z.object({ orgId, email: emailAddress, role }))
    .output(z.object({ url: z.string(), expiresAt: time }))
    .mutation(async ({ ctx, input }) => {
      const { db, limits, settings, now } = ctx.services;
      await limits.consume('invite', ctx.session.personId);
      const { token, expiresAt } = await inviteToOrganisation(db, {
        ...input,
        inviterId: ctx.session.personId,
        authSecret: settings.authSecret,
        now: now(),
      });
      return { url: `${settings.publicUrl}/invitation/${token}`, expiresAt };
    }),

  /** Open invitations, newest first. */
  invitations: signedInProcedure
    .input(z.object({ orgId }))
    .output(
      z.array(z.object({ id: z.uuid(), email: z.string(), role, invitedBy: z.string().nullable(), expiresAt: time })),
    )
    .query(({ ctx, input: { orgId: id } }) =>
      openInvitations(ctx.services.db, { orgId: id, personId: ctx.session.personId, now: ctx.services.now() }),
    ),

  revokeInvitation: signedInProcedure
    .input(z.object({ orgId, invitationId: z.uuid() }))
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const { db, now } = ctx.services;
      await revokeInvitation(db, { ...input, personId: ctx.session.personId, now: now() });
      return null;
    }),
});
