import type { AppRouter } from '@parley/api/router';
import { createTRPCClient, httpLink } from '@trpc/client';
import { tabPersonId } from './known-accounts.ts';
import { readKey } from './session-key.ts';

/** What a request over plain HTTP brings besides the cookies: whose it is, and their key. */
export async function sessionHeaders(personId = tabPersonId()): Promise<Record<string, string>> {
  if (!personId) return {};
  const key = await readKey(personId);
  return { 'x-parley-person': personId, ...(key !== null && { 'x-parley-key': key }) };
}

/** The way of every call over plain HTTP, in the name of the tab's person, or of `person` in the call's context. */
export const callsLink = httpLink<AppRouter>({
  url: '/trpc',
  async headers({ op }) {
    const newKey = op.context['newKey'] as string | undefined;
    const headers = await sessionHeaders(op.context['person'] as string | undefined);
    return { ...headers, ...(newKey && { 'x-parley-new-key': newKey }) };
  },
  async fetch(address, request) {
    // The server sends nobody elsewhere: whoever does is not to be given session and body.
    const response = await fetch(address, { ...(request as RequestInit), redirect: 'manual' });
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    if (response.type === 'opaqueredirect' || (response.ok && !isJson)) throw new Intercepted();
    return response;
  },
});

/** Something else answered as if all were well, such as the sign-in page of a network. */
export class Intercepted extends Error {
  override readonly name = 'Intercepted';
}

/**
 * Calls that need the cookie to be set or cleared, so plain HTTP: sign-in and its kin, and administration. Everything a
 * person does in threads goes through the sync engine instead. `newKey` in a call's context is for the
 * session that it opens.
 */
export const accountCalls = createTRPCClient<AppRouter>({ links: [callsLink] });
