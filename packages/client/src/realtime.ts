/** The live connection for other TypeScript services: the engine of the app, without a disk. */
import type { AppRouter } from '@parley/api/router';
import { followedScopes, residentTables } from '@parley/core/following';
import { ROOMS_PATH } from '@parley/core/presence';
import { isPaged, userScope } from '@parley/core/scopes';
import { SCHEMA, type Tables } from '@parley/core/tables';
import { browserTimers } from '@parley/sync/adapters/browser';
import { createLoneTab, createMemoryStorage } from '@parley/sync/adapters/memory';
import { createTrpcNetwork } from '@parley/sync/adapters/trpc';
import { createEngine, type Engine } from '@parley/sync/client';
import { createTRPCClient, wsLink } from '@trpc/client';
import { keepRooms } from './live/keep-rooms.ts';
import { RealtimeError } from './live/realtime-error.ts';
import { createRealtimeMessaging, type RealtimeMessaging } from './live/realtime-messaging.ts';
import { enterRoom } from './live/room.ts';
import { createRoomsDoor } from './live/rooms-door.ts';
import type { ParleyClient } from './parley-client.ts';
import { ParleyError } from './parley-error.ts';

export type { NewMessage, Notification, Thread, ThreadChange, ThreadMessage } from './live/news.ts';
export type { PeopleThere, PersonThere } from './live/people-there.ts';
export type { PresenceChange, RealtimeMessaging } from './live/realtime-messaging.ts';
export { RealtimeError } from './live/realtime-error.ts';

export interface RealtimeClientOptions {
  /** Whether others see the person as there; unless they chose to be invisible, they do. */
  isSeen?: boolean;
  /** After so many messages it lets go of what it holds and begins anew, without anybody noticing; 50,000 by default. */
  messagesKept?: number;
  /** How long the waits between two tries get, and after how many in vain it rests; for ever unless said otherwise. */
  retry?: { longestMs?: number; tries?: number };
}

/** Comes back by itself after whatever cuts it, until it is closed: with `close`, or `await using`. */
export interface RealtimeClient extends RealtimeMessaging, AsyncDisposable {
  /** Tries now, where it waits or rests. */
  reconnect(): void;
  /** Ends it and lets go of everything: it keeps a process running until then. No listener is called any more. */
  close(): void;
}

/**
 * Opens the live connection of whoever is signed in, and resolves when it knows their threads; the connection ends with
 * their session. Everything new from then on is told.
 * @throws ParleyError `UNREACHABLE`, `NOT_PARLEY` where the server does not answer the first call
 * @throws RealtimeError `UNAUTHORISED`, `OUTDATED`, `UNREACHABLE`
 */
export async function createRealtimeClient(
  parley: ParleyClient,
  { isSeen = true, messagesKept = 50_000, retry }: RealtimeClientOptions = {},
): Promise<RealtimeClient> {
  const whoIsThere = async () => (await parley.calls.accounts.session.query()).person?.id;
  const personId = await whoIsThere();
  if (personId === undefined) throw new RealtimeError('UNAUTHORISED', 'Nobody is signed in.');

  const Socket = socketOf(parley);
  const socketUrl = (path: string) => new URL(path, parley.url).href.replace(/^http/, 'ws');
  const engine = createEngine<Tables, Record<string, never>>({
    personId,
    schema: SCHEMA,
    mutators: {},
    residentTables,
    isPaged,
    rootScope: userScope(personId),
    // Older messages are fetched where something is missing, and not beforehand.
    follow: (rows) =>
      followedScopes(personId, rows)
        .map(({ scope, urgent }) => ({ scope, urgent }))
        .filter(({ urgent }) => urgent),
    storage: createMemoryStorage({ placesKept: messagesKept }),
    network: createTrpcNetwork({
      url: () => socketUrl('/trpc'),
      calls: (client) => createTRPCClient<AppRouter>({ links: [wsLink({ client })] }).sync,
      async whyRefused() {
        try {
          return (await whoIsThere()) === personId ? 'lost' : 'unauthorised';
        } catch (error) {
          if (error instanceof ParleyError && error.code === 'NOT_PARLEY') return 'intercepted';
          throw error;
        }
      },
      WebSocket: Socket,
    }),
    timers: browserTimers,
    ...(retry && { retry }),
    tabs: createLoneTab(),
  });
  const door = createRoomsDoor();
  await engine.start();
  try {
    await untilReady(engine);
  } catch (error) {
    engine.stop();
    throw error;
  }
  const rooms = keepRooms({
    ...{ engine, personId, door },
    enter: (scope, onPeople) =>
      enterRoom({ url: socketUrl(ROOMS_PATH), scope, selfId: personId, WebSocket: Socket, onPeople }),
    said: () => (isSeen ? { status: 'active', device: 'desktop' } : null),
  });
  const { messaging, end } = createRealtimeMessaging({ engine, personId, rooms: door });
  const close = () => {
    end();
    rooms.stop();
    engine.stop();
  };
  return Object.assign(messaging, {
    reconnect: () => engine.wake(),
    close,
    [Symbol.asyncDispose]: async () => close(),
  });
}

/** Until it holds everything that has to be there first. @throws RealtimeError where the first try fails */
function untilReady(engine: Pick<Engine<Tables, Record<string, never>>, 'status' | 'subscribeStatus'>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = () => {
    const { connection, syncedAt } = engine.status();
    if (syncedAt !== null) resolve();
    else if (connection.state === 'unauthorised') reject(new RealtimeError('UNAUTHORISED', 'The session has ended.'));
    else if (connection.state === 'outdated') reject(new RealtimeError('OUTDATED', 'The server needs a newer client.'));
    else if (connection.state === 'reconnecting' || connection.state === 'resting')
      reject(new RealtimeError('UNREACHABLE', 'The server did not answer.'));
  };
  const stop = engine.subscribeStatus(look);
  look();
  return promise.finally(stop);
}

/** Sockets with the session of a client. A page has its cookies from the browser, and may set no headers. */
function socketOf({ url, sessionHeaders }: ParleyClient): typeof WebSocket {
  return class extends WebSocket {
    constructor(address: string | URL, protocols: string[] = []) {
      const headers = sessionHeaders();
      super(
        address,
        Object.keys(headers).length === 0
          ? protocols
          : { protocols, headers: { ...headers, origin: new URL(url).origin } },
      );
    }
  } as typeof WebSocket;
}
