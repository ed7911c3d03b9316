import { z } from 'zod';
import { router, signedInProcedure } from '../trpc.ts';
import { devicesOf, endDevice, endDevices } from './devices.ts';

/** Milliseconds since 1970. */
const time = z.number();

export const devicesRouter = router({
  /** Where this person is signed in. */
  list: signedInProcedure
    .output(
      z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          place: z.string(),
          signedInAt: time,
          usedAt: time,
          isThis: z.boolean(),
        }),
      ),
    )
    .query(({ ctx: { services, session } }) =>
      devicesOf(services.db, { personId: session.personId, sessionId: session.id, now: services.now() }),
    ),

  /** Ends one session and cuts its sockets. */
  signOut: signedInProcedure
    .input(z.object({ deviceId: z.uuid() }))
    .output(z.null())
    .mutation(async ({ ctx: { services, session }, input: { deviceId } }) => {
      await endDevice(services.db, { personId: session.personId, deviceId });
      services.connections.closeSession(deviceId);
      return null;
    }),

  /** Ends every other session and cuts their sockets. */
  signOutOthers: signedInProcedure
    .output(z.object({ ended: z.number() }))
    .mutation(async ({ ctx: { services, session } }) => {
      const ended = await endDevices(services.db, { personId: session.personId, except: session.id });
      for (const id of ended) services.connections.closeSession(id);
      return { ended: ended.length };
    }),
});
