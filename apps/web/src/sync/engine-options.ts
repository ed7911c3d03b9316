/** What every engine of a person is made of, wherever it runs; what is missing is where it keeps things. */
import type { AppRouter } from '@parley/api/router';
import { followedScopes, residentTables } from '@parley/core/following';
import type { Mutators } from '@parley/core/mutators';
import { isPaged, userScope } from '@parley/core/scopes';
import { SCHEMA, type Tables } from '@parley/core/tables';
import type { CloseReason, EngineOptions } from '@parley/sync/client';
import { browserTimers } from '@parley/sync/adapters/browser';
import { createTrpcNetwork } from '@parley/sync/adapters/trpc';
import { createTRPCClient, TRPCClientError, wsLink } from '@trpc/client';
import { accountCalls, Intercepted } from '../accounts/account-calls.ts';
import { readKey } from '../accounts/session-key.ts';

const socketUrl = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/trpc`;

/** A page cannot set headers of a handshake: person and key go where it can put something. */
export async function socketProtocols(personId: string): Promise<string[]> {
  const key = await readKey(personId);
  return key === null ? [] : ['parley', `person.${personId}`, `key.${key}`];
}

/** What people can do, and how each act is checked: nothing that is only read needs it, so it comes behind the list. */
const mutators = {} as Mutators;
let fetching: Promise<void> | undefined;

/** Resolves when they are there. Where they cannot be had, the next act tries again. */
export function fetchMutators(): Promise<void> {
  fetching ??= import('@parley/core/mutators').then(
    (there) => void Object.assign(mutators, there.mutators),
    (error: unknown) => {
      fetching = undefined;
      throw error;
    },
  );
  return fetching;
}

export const engineOptions = (personId: string) =>
  ({
    personId,
    schema: SCHEMA,
    mutators,
    fetchMutators,
    residentTables,
    isPaged,
    rootScope: userScope(personId),
    follow: (rows) => followedScopes(personId, rows),
    network: createTrpcNetwork({
      url: socketUrl,
      protocols: () => socketProtocols(personId),
      calls: (client) => createTRPCClient<AppRouter>({ links: [wsLink({ client })] }).sync,
      whyRefused: () => whyRefused(personId),
    }),
    timers: browserTimers,
  }) satisfies Omit<EngineOptions<Tables, Mutators>, 'storage' | 'tabs'>;

/** A browser hides why a handshake failed; a question over HTTP tells. @throws where nobody answers */
async function whyRefused(personId: string): Promise<CloseReason> {
  try {
    const { person } = await accountCalls.accounts.session.query(undefined, { context: { person: personId } });
    return person === null ? 'unauthorised' : 'lost';
  } catch (error) {
    if (error instanceof TRPCClientError && error.cause instanceof Intercepted) return 'intercepted';
    throw error;
  }
}
