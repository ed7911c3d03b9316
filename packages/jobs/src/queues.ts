/** Every queue and what its jobs carry. A kind of job row that has no queue here is not relayed. */
import { z } from 'zod';

export const queues = {
  /** Deletes what nobody needs any more. */
  housekeeping: z.object({}),
  /** Brings the people of threads in line with the groups in them. */
  'groups.changed': z.object({
    orgId: z.uuid(),
    threadId: z.uuid().optional(),
    groupId: z.uuid().optional(),
    personId: z.uuid().optional(),
  }),
  /** Brings threads in line with what two partners are to each other now. */
  'partners.changed': z.object({ orgId: z.uuid(), partnerId: z.uuid() }),
  /** Mails the invitation, if it is still open. */
  'invitation.created': z.object({ invitationId: z.uuid() }),
  /** Mails an invitation to become partners, if it is still open. */
  'partnership-invitation.created': z.object({ invitationId: z.uuid() }),
  /** Brings what partners see of an organisation in line with it. */
  'partners.shown': z.object({ orgId: z.uuid() }),
  /** Carries a person's new name to wherever their old one stands. */
  'person.renamed': z.object({ personId: z.uuid() }),
  /** Carries over what a person has in threads to the one they were merged into. */
  'person.merged': z.object({ personId: z.uuid() }),
  /** Mails a person that how they sign in was changed. */
  'sign-in.changed': z.object({
    personId: z.uuid(),
    change: z.enum(['password', 'two-step-on', 'two-step-off', 'recovery-codes', 'passkey-added', 'passkey-removed']),
    /** Milliseconds since 1970. */
    at: z.number(),
    changeId: z.uuid(),
  }),
  /** Mails the link with which somebody signs in, if it still works. */
  'sign-in-link.asked': z.object({ linkId: z.uuid() }),
} as const satisfies Record<string, z.ZodType<object>>;

export type QueueName = keyof typeof queues;
export type Payload<Name extends QueueName> = z.infer<(typeof queues)[Name]>;

export const queueNames = Object.keys(queues) as QueueName[];

/** What came out of the store, as its handler wants it. @throws ZodError */
export const mustBePayload = <Name extends QueueName>(name: Name, payload: unknown): Payload<Name> =>
  // The schema of a name that is not known yet is not known to TypeScript either.
  queues[name].parse(payload) as Payload<Name>;

export const isQueue = (name: string): name is QueueName => Object.hasOwn(queues, name);
