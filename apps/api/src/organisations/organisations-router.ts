import { PARTNERSHIP_APPROVALS, ROLES, THREAD_STARTERS } from '@parley/core/organisations';
import { MAX_RETENTION_DAYS } from '@parley/core/retention';
import { lineOfText } from '@parley/core/text';
import { z } from 'zod';
import { emailAddress, organisationName } from '../accounts/people.ts';
import { actorOf } from '../audit/audit.ts';
import { router, signedInProcedure } from '../trpc.ts';
import { connectionsOf } from './connections.ts';
import { holdOf, HOLD_REASON, liftHold, placeHold } from './legal-hold.ts';
import {
  invitationLink,
  inviteToOrganisation,
  inviteToThread,
  openInvitations,
  revokeInvitation,
} from './invitations.ts';
import { mergePeople } from './merging.ts';
import { changeSettings } from './settings.ts';
import { lastSeen, letIn, organisationsOf, setRole, shutOut } from './members.ts';

const orgId = z.uuid();
const role = z.enum(ROLES);
const member = z.object({ orgId, personId: z.uuid() });
/** Milliseconds since 1970. */
const time = z.number();

export const organisationsRouter = router({
  /** Those that have the person now, in whatever role, by name. */
  mine: signedInProcedure
    .output(z.array(z.object({ id: z.uuid(), name: z.string(), role })))
    .query(({ ctx }) => organisationsOf(ctx.services.db, ctx.session.personId).orderBy('org.name').execute()),

  /** Makes a link for one address, and mails it there; shown once. */
  invite: signedInProcedure
    .input(z.object({ orgId, email: emailAddress, role }))
    .output(z.object({ url: z.string(), expiresAt: time }))
    .mutation(async ({ ctx, input }) => {
      const { db, limits, settings, now } = ctx.services;
      await limits.consume('invite', ctx.session.personId);
      const { token, expiresAt } = await inviteToOrganisation(db, {
        ...input,
        inviter: actorOf(ctx, ctx.session.personId),
        authSecret: settings.authSecret,
        now: now(),
      });
      return { url: `${settings.publicUrl}/invitation/${token}`, expiresAt };
    }),

  /** Makes a link with which somebody from outside becomes a guest of this one thread. */
  inviteToThread: signedInProcedure
    .input(z.object({ orgId, threadId: z.uuid(), email: emailAddress }))
    .output(z.object({ url: z.string(), expiresAt: time }))
    .mutation(async ({ ctx, input }) => {
      const { limits, settings, now } = ctx.services;
      const { personId } = ctx.session;
      await limits.consume('invite', personId);
      const { token, expiresAt } = await inviteToThread(ctx.services, {
        ...input,
        inviter: { ...actorOf(ctx, personId), personId },
        authSecret: settings.authSecret,
        now: now(),
      });
      return { url: `${settings.publicUrl}/invitation/${token}`, expiresAt };
    }),

  /** Invitations that nobody accepted or withdrew, newest first; those that ended in the last 30 days too. */
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
      await revokeInvitation(db, actorOf(ctx, ctx.session.personId), { ...input, now: now() });
      return null;
    }),

  /** The link of an open invitation once more. It opens an account of its role, so whoever asks must be able to give that. */
  invitationLink: signedInProcedure
    .input(z.object({ orgId, invitationId: z.uuid() }))
    .output(z.object({ url: z.string() }))
    .query(async ({ ctx, input }) => {
      const { db, settings, now } = ctx.services;
      const asked = { ...input, personId: ctx.session.personId, now: now() };
      const token = await invitationLink(db, asked, settings.authSecret);
      return { url: `${settings.publicUrl}/invitation/${token}` };
    }),

  /** Name and rules of the organisation; what is left out stays. */
  change: signedInProcedure
    .input(
      z.object({
        orgId,
        name: z.optional(organisationName),
        threadStarters: z.enum(THREAD_STARTERS).optional(),
        receipts: z.boolean().optional(),
        partnershipApproval: z.enum(PARTNERSHIP_APPROVALS).optional(),
        /** `null` keeps messages for ever. */
        retentionDays: z.int().min(1).max(MAX_RETENTION_DAYS).nullable().optional(),
      }),
    )
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      await changeSettings(ctx.services, actorOf(ctx, ctx.session.personId), input);
      return null;
    }),

  /** The hold that the organisation is under; for its owners and admins. */
  hold: signedInProcedure
    .input(z.object({ orgId }))
    .output(z.object({ reason: z.string(), placedBy: z.string(), placedAt: time }).nullable())
    .query(({ ctx, input }) => holdOf(ctx.services.db, { ...input, personId: ctx.session.personId })),

  /** From then on nothing that members wrote gets lost, whatever they delete and whatever the rules say. */
  placeHold: signedInProcedure
    .input(z.object({ orgId, reason: lineOfText(HOLD_REASON) }))
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const { db, now } = ctx.services;
      await placeHold(db, actorOf(ctx, ctx.session.personId), { ...input, now: now() });
      return null;
    }),

  liftHold: signedInProcedure
    .input(z.object({ orgId }))
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const { db, now } = ctx.services;
      await liftHold(db, actorOf(ctx, ctx.session.personId), { ...input, now: now() });
      return null;
    }),

  changeRole: signedInProcedure
    .input(member.extend({ role }))
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      await setRole(ctx.services, actorOf(ctx, ctx.session.personId), input);
      return null;
    }),

  /** Ends the person's membership until they are let in again; what they wrote stays. */
  deactivateMember: signedInProcedure
    .input(member)
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      await shutOut(ctx.services, actorOf(ctx, ctx.session.personId), input);
      return null;
    }),

  reactivateMember: signedInProcedure
    .input(member)
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      await letIn(ctx.services, actorOf(ctx, ctx.session.personId), input);
      return null;
    }),

  /** Makes one person of two, for good: `fromId` goes, and what they have in threads becomes that of `intoId`. */
  mergePeople: signedInProcedure
    .input(z.object({ orgId, fromId: z.uuid(), intoId: z.uuid() }))
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      await mergePeople(ctx.services, actorOf(ctx, ctx.session.personId), input);
      return null;
    }),

  /** When each member was last here, to the day; whoever never signed in or signed out everywhere is absent. */
  lastSeen: signedInProcedure
    .input(z.object({ orgId }))
    .output(z.array(z.object({ personId: z.uuid(), at: time })))
    .query(({ ctx, input }) => lastSeen(ctx.services.db, { ...input, personId: ctx.session.personId })),

  /** The connections of its people to this process, those that break most first. Whoever is invisible is left out. */
  connections: signedInProcedure
    .input(z.object({ orgId }))
    .output(
      z.object({
        connections: z.array(
          z.object({
            personId: z.uuid(),
            device: z.string(),
            openedAt: time,
            reconnects: z.number(),
            answersIn: z.number().nullable(),
            isOutdated: z.boolean(),
          }),
        ),
        total: z.number(),
        isShared: z.boolean(),
      }),
    )
    .query(({ ctx, input }) => connectionsOf(ctx.services, { ...input, personId: ctx.session.personId })),
});
