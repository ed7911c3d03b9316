import type { AppRouter } from '@parley/api/router';
import { createTRPCClient, httpLink } from '@trpc/client';

/**
 * Calls that need the cookie to be set or cleared, so plain HTTP: sign-in and its kin, and administration. Everything a
 * person does in threads goes through the sync engine instead.
 */
export const accountCalls = createTRPCClient<AppRouter>({ links: [httpLink({ url: '/trpc' })] });
