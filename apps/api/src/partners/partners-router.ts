import { CONTACTS } from '@parley/core/partners';
import { z } from 'zod';
import { guess } from '../accounts/attempts.ts';
import { emailAddress } from '../accounts/people.ts';
import { actorOf } from '../audit/audit.ts';
import { publicProcedure, router, signedInProcedure } from '../trpc.ts';
import {
  acceptPartner,
  decidePartner,
  invitePartner,
  partnerInvitations,
  partnerInvitationToken,
  readPartnerInvitation,
  revokePartnerInvitation,
  waitingPartners,
} from './partner-invitations.ts';
import { choicesOf, end, offer, offeredTo, suspend } from './partners.ts';

const orgId = z.uuid();
const invitation = z.object({ orgId, invitationId: z.uuid() });
const partnership = z.object({ orgId, partnerId: z.uuid() });
const token = z.string().min(1).max(200);
const outcome = z.enum(['partners', 'waiting']);
/** Milliseconds since 1970. */
const time = z.number();

export const partnersRouter = router({
  /** Makes a link for one address, and mails it there. */
  invite: signedInProcedure
    .input(z.object({ orgId, email: emailAddress }))
    .output(z.object({ url: z.string(), expiresAt: time }))
    .mutation(async ({ ctx, input }) => {
      const { db, limits, settings, now } = ctx.services;
      await limits.consume('invite', ctx.session.personId);
      const inviter = actorOf(ctx, ctx.session.personId);
      const asked = { ...input, inviter, authSecret: settings.authSecret, now: now() };
      const { token: made, expiresAt } = await invitePartner(db, asked);
      return { url: `${settings.publicUrl}/partner-invitation/${made}`, expiresAt };
    }),

  /** Invitations that are open, ended in the last 30 days, or were accepted and wait at the other side. */
  invitations: signedInProcedure
    .input(z.object({ orgId }))
    .output(
      z.array(
        z.object({
          id: z.uuid(),
          email: z.string(),
          invitedBy: z.string(),
          expiresAt: time,
          isWaiting: z.boolean(),
        }),
      ),
    )
    .query(({ ctx, input }) =>
      partnerInvitations(ctx.services.db, { ...input, personId: ctx.session.personId, now: ctx.services.now() }),
    ),

  revokeInvitation: signedInProcedure
    .input(invitation)
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const { db, now } = ctx.services;
      await revokePartnerInvitation(db, actorOf(ctx, ctx.session.personId), { ...input, now: now() });
      return null;
    }),

  /** The link of an open invitation once more. */
  invitationLink: signedInProcedure
    .input(invitation)
    .output(z.object({ url: z.string() }))
    .query(async ({ ctx, input }) => {
      const { db, settings, now } = ctx.services;
      const asked = { ...input, personId: ctx.session.personId, now: now() };
      const found = await partnerInvitationToken(db, asked, settings.authSecret);
      return { url: `${settings.publicUrl}/partner-invitation/${found}` };
    }),

  /** What the holder of a link is told. */
  invitation: publicProcedure
    .input(z.object({ token }))
    .output(
      z.object({
        organisationName: z.string(),
        email: z.string(),
        invitedBy: z.string(),
        expiresAt: time,
      }),
    )
    .query(({ ctx, input }) => {
      const { db, limits, now } = ctx.services;
      return guess(limits, ctx.address, () => readPartnerInvitation(db, { ...input, now: now() }));
    }),

  /** Organisations for which the caller may say yes, and whether that is enough. */
  choices: signedInProcedure
    .output(z.array(z.object({ id: z.uuid(), name: z.string(), outcome })))
    .query(({ ctx }) => choicesOf(ctx.services.db, ctx.session.personId)),

  /** Says yes for an organisation. `waiting`: one of those who look after it has to say yes, too. */
  accept: signedInProcedure
    .input(z.object({ token, orgId }))
    .output(z.object({ outcome }))
    .mutation(async ({ ctx, input }) => {
      const { limits, now } = ctx.services;
      const { personId, email } = ctx.session;
      const accepting = { ...input, actor: actorOf(ctx, personId), email, now: now() };
      return { outcome: await guess(limits, ctx.address, () => acceptPartner(ctx.services, accepting)) };
    }),

  /** What members said yes to, and waits for somebody who looks after the organisation. */
  waiting: signedInProcedure
    .input(z.object({ orgId }))
    .output(
      z.array(
        z.object({
          id: z.uuid(),
          organisationName: z.string(),
          invitedBy: z.string(),
          acceptedBy: z.string(),
          acceptedAt: time,
        }),
      ),
    )
    .query(({ ctx, input }) => waitingPartners(ctx.services.db, { ...input, personId: ctx.session.personId })),

  approve: signedInProcedure
    .input(invitation)
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const actor = actorOf(ctx, ctx.session.personId);
      await decidePartner(ctx.services, { ...input, actor, approve: true, now: ctx.services.now() });
      return null;
    }),

  decline: signedInProcedure
    .input(invitation)
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const actor = actorOf(ctx, ctx.session.personId);
      await decidePartner(ctx.services, { ...input, actor, approve: false, now: ctx.services.now() });
      return null;
    }),

  /** Ids of the people of one's own whom the partner may start threads with. */
  offered: signedInProcedure
    .input(partnership)
    .output(z.array(z.uuid()))
    .query(({ ctx, input }) => offeredTo(ctx.services.db, { ...input, personId: ctx.session.personId })),

  offer: signedInProcedure
    .input(partnership.extend({ personIds: z.array(z.uuid()).max(CONTACTS) }))
    .output(z.null())
    .mutation(async ({ ctx, input: { personIds, ...pair } }) => {
      await offer(ctx.services, actorOf(ctx, ctx.session.personId), pair, personIds);
      return null;
    }),

  /** For one's own side: it rests as long as either side wants it to. */
  suspend: signedInProcedure
    .input(partnership.extend({ suspended: z.boolean() }))
    .output(z.null())
    .mutation(async ({ ctx, input: { suspended, ...pair } }) => {
      await suspend(ctx.services, actorOf(ctx, ctx.session.personId), pair, suspended);
      return null;
    }),

  /** For both sides. `threads`: what becomes of those of one's own that the partner is in, for the partner. */
  end: signedInProcedure
    .input(partnership.extend({ threads: z.enum(['kept', 'removed']) }))
    .output(z.null())
    .mutation(async ({ ctx, input: { threads, ...pair } }) => {
      await end(ctx.services, actorOf(ctx, ctx.session.personId), pair, threads);
      return null;
    }),
});
