import { z } from 'zod';
import { actorOf, auditAccount } from '../audit/audit.ts';
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
    .mutation(async ({ ctx, input: { deviceId } }) => {
      const { services, session } = ctx;
      const { personId } = session;
      await services.db.transaction().execute(async (db) => {
        await endDevice(db, { personId, deviceId });
        await auditAccount(db, { kind: 'device_signed_out', actor: actorOf(ctx, personId), personId });
      });
      services.connections.closeSession(deviceId);
      return null;
    }),

  /** Ends every other session and cuts their sockets. */
  signOutOthers: signedInProcedure.output(z.object({ ended: z.number() })).mutation(async ({ ctx }) => {
    const { services, session } = ctx;
    const { personId } = session;
    const ended = await services.db.transaction().execute(async (db) => {
      const ids = await endDevices(db, { personId, except: session.id });
      if (ids.length === 0) return ids;
      const details = { devices: ids.length };
      await auditAccount(db, { kind: 'device_signed_out', actor: actorOf(ctx, personId), personId, details });
      return ids;
    });
    for (const id of ended) services.connections.closeSession(id);
    return { ended: ended.length };
  }),
});
