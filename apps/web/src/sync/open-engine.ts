/** The engine of the person signed in on this device: one a tab, kept while pages come and go. */
import type { AppRouter } from '@parley/api/router';
import { followedScopes, residentTables } from '@parley/core/following';
import { mutators, type Mutators } from '@parley/core/mutators';
import { isPaged, userScope } from '@parley/core/scopes';
import { SCHEMA, type Tables } from '@parley/core/tables';
import { createEngine } from '@parley/sync/client';
import { browserTimers, createBrowserTabs } from '@parley/sync/adapters/browser';
import { createDexieStorage } from '@parley/sync/adapters/dexie';
import { createTrpcNetwork } from '@parley/sync/adapters/trpc';
import { createTRPCClient, wsLink } from '@trpc/client';
import { v7 as uuidv7 } from 'uuid';
import { accountCalls } from '../accounts/account-calls.ts';
import { readKey } from '../accounts/session-key.ts';
import type { ParleyEngine } from './engine-provider.tsx';

const socketUrl = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/trpc`;

/** A page cannot set headers of a handshake: person and key go where it can put something. */
async function socketProtocols(personId: string): Promise<string[]> {
  const key = await readKey(personId);
  return key === null ? [] : ['parley', `person.${personId}`, `key.${key}`];
}

export interface OpenEngine {
  engine: ParleyEngine;
  /** Resolves when what is on this device can be shown. */
  started: Promise<void>;
}

const open = new Map<string, OpenEngine>();

/** Opens the engine of a person, or gives the one that is open. */
export function openEngine(personId: string): OpenEngine {
  const known = open.get(personId);
  if (known) return known;
  const engine = createEngine<Tables, Mutators>({
    personId,
    schema: SCHEMA,
    mutators,
    residentTables,
    isPaged,
    rootScope: userScope(personId),
    follow: (rows) => followedScopes(personId, rows),
    storage: createDexieStorage(personId, uuidv7),
    network: createTrpcNetwork({
      url: socketUrl,
      protocols: () => socketProtocols(personId),
      calls: (client) => createTRPCClient<AppRouter>({ links: [wsLink({ client })] }).sync,
      whyRefused: () => whyRefused(personId),
    }),
    timers: browserTimers,
    tabs: createBrowserTabs(personId),
  });
  const opened = { engine, started: engine.start() };
  open.set(personId, opened);
  return opened;
}

/** Stops the engine of a person; what it holds stays on the device. */
export function closeEngine(personId: string): void {
  open.get(personId)?.engine.stop();
  open.delete(personId);
}

/** A browser hides why a handshake failed; the session says it. @throws where the server does not answer */
async function whyRefused(personId: string): Promise<'lost' | 'unauthorised'> {
  const { person } = await accountCalls.accounts.session.query(undefined, { context: { person: personId } });
  return person === null ? 'unauthorised' : 'lost';
}
