/** What every engine of a person is made of, wherever it runs; what is missing is where it keeps things. */
import type { AppRouter } from '@parley/api/router';
import { followedScopes, residentTables } from '@parley/core/following';
import { mutators } from '@parley/core/mutators';
import { isPaged, userScope } from '@parley/core/scopes';
import { SCHEMA, type Tables } from '@parley/core/tables';
import type { EngineOptions } from '@parley/sync/client';
import { browserTimers } from '@parley/sync/adapters/browser';
import { createTrpcNetwork } from '@parley/sync/adapters/trpc';
import { createTRPCClient, wsLink } from '@trpc/client';
import { accountCalls } from '../accounts/account-calls.ts';
import { readKey } from '../accounts/session-key.ts';

const socketUrl = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/trpc`;

/** A page cannot set headers of a handshake: person and key go where it can put something. */
async function socketProtocols(personId: string): Promise<string[]> {
  const key = await readKey(personId);
  return key === null ? [] : ['parley', `person.${personId}`, `key.${key}`];
}

export const engineOptions = (personId: string) =>
  ({
    personId,
    schema: SCHEMA,
    mutators,
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
  }) satisfies Omit<EngineOptions<Tables, typeof mutators>, 'storage' | 'tabs'>;

/** A browser hides why a handshake failed; the session says it. @throws where the server does not answer */
async function whyRefused(personId: string): Promise<'lost' | 'unauthorised'> {
  const { person } = await accountCalls.accounts.session.query(undefined, { context: { person: personId } });
  return person === null ? 'unauthorised' : 'lost';
}
