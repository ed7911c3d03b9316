/** Every procedure of the server. Its type is all that clients know of it. */
import { accountsRouter } from './accounts/accounts-router.ts';
import { auditRouter } from './audit/audit-router.ts';
import { demoRouter } from './demo/demo-router.ts';
import { importsRouter } from './imports/imports-router.ts';
import { organisationsRouter } from './organisations/organisations-router.ts';
import { partnersRouter } from './partners/partners-router.ts';
import { presenceRouter } from './presence/presence-router.ts';
import { syncRouter } from './sync/sync-router.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  accounts: accountsRouter,
  audit: auditRouter,
  demo: demoRouter,
  imports: importsRouter,
  organisations: organisationsRouter,
  partners: partnersRouter,
  presence: presenceRouter,
  sync: syncRouter,
});

export type AppRouter = typeof appRouter;

type Kind = 'query' | 'mutation' | 'subscription';

// tRPC types the flat record it keeps as if it were nested.
const flat = appRouter._def.procedures as unknown as Record<string, { _def: { type: Kind } }>;

/** Every procedure's kind, by its path such as `accounts.signIn`. */
export const procedureKinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries(flat).map(([path, { _def }]) => [path, _def.type]),
);
