/** Every procedure of the server. Its type is all that clients know of it. */
import { accountsRouter } from './accounts/accounts-router.ts';
import { organisationsRouter } from './organisations/organisations-router.ts';
import { syncRouter } from './sync/sync-router.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  accounts: accountsRouter,
  organisations: organisationsRouter,
  sync: syncRouter,
});

export type AppRouter = typeof appRouter;
