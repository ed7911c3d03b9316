import type { AppRouter } from '@parley/api/router';
import { createTRPCClient, httpLink } from '@trpc/client';
import { readKey } from './session-key.ts';

/** The way of every call over plain HTTP: besides the cookie it brings the key of this browser. */
export const callsLink = httpLink<AppRouter>({
  url: '/trpc',
  async headers({ op }) {
    const key = await readKey();
    const newKey = op.context['newKey'] as string | undefined;
    return { ...(key !== null && { 'x-parley-key': key }), ...(newKey && { 'x-parley-new-key': newKey }) };
  },
});

/**
 * Calls that need the cookie to be set or cleared, so plain HTTP: sign-in and its kin, and administration. Everything a
 * person does in threads goes through the sync engine instead. `newKey` in a call's context is for the
 * session that it opens.
 */
export const accountCalls = createTRPCClient<AppRouter>({ links: [callsLink] });
