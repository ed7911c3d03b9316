/** Every queue and what its jobs carry. A kind of job row that has no queue here is not relayed. */
import { z } from 'zod';

export const queues = {
  /** Deletes what nobody needs any more. */
  housekeeping: z.object({}),
} as const satisfies Record<string, z.ZodType<object>>;

export type QueueName = keyof typeof queues;
export type Payload<Name extends QueueName> = z.infer<(typeof queues)[Name]>;

export const queueNames = Object.keys(queues) as QueueName[];

export const isQueue = (name: string): name is QueueName => Object.hasOwn(queues, name);
