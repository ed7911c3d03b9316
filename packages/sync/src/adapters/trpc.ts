/**
 * The engine's network over one tRPC WebSocket: calls and pokes share it. A connection here lives once; trying again is
 * the engine's affair, so the library's own reconnecting is switched off.
 */
import { createWSClient, type TRPCWebSocketClient } from '@trpc/client';
import type { CloseReason, Connection, ConnectionEvents, Network } from '../client/ports.ts';
import { SPEAKS } from '../limits.ts';
import type {
  AuditAnswer,
  AuditRequest,
  LiveEvent,
  LiveRequest,
  PageAnswer,
  PageRequest,
  PullRequest,
  PullResponse,
  PushRequest,
  PushResponse,
} from '../protocol.ts';

/** The `sync` part of a typed tRPC client. */
export interface SyncCalls {
  pull: { mutate(request: PullRequest): Promise<PullResponse> };
  push: { mutate(request: PushRequest): Promise<PushResponse> };
  page: { mutate(request: PageRequest): Promise<PageAnswer> };
  audit: { mutate(request: AuditRequest): Promise<AuditAnswer> };
  live: {
    subscribe(
      request: LiveRequest,
      observer: { onData(event: LiveEvent): void; onError(error: unknown): void; onComplete(): void },
    ): { unsubscribe(): void };
  };
}

export interface TrpcNetworkOptions {
  /** Address of the WebSocket, asked at every connection. */
  url: () => string;
  /** Protocols to offer in the handshake, asked at every connection: all that a page can add to it. */
  protocols?: () => Promise<string[]>;
  /** Binds typed calls to an open socket. */
  calls: (client: TRPCWebSocketClient) => SyncCalls;
  /** A browser hides why a handshake was refused; this finds out by other means. Rejects where it cannot. */
  whyRefused: () => Promise<CloseReason>;
  /** Given where there is no global one. */
  WebSocket?: typeof WebSocket;
}

/** Milliseconds a call may take. A server that answers later is taken for dead. */
const CALL_TIMEOUT = 30_000;
/** What is asked in one moment travels in one frame, in which a server takes ten calls; the others are one at a time. */
const PAGES_AT_ONCE = 4;
/** Milliseconds of silence before the client asks whether the server is there: between these, so that no two ask in step … */
const SILENCE = [15_000, 25_000] as const;
/** … and how long the answer may take. */
const PONG_TIMEOUT = 8_000;

export function createTrpcNetwork(options: TrpcNetworkOptions): Network {
  return {
    connect: (caller, events) => connect(options, caller, events),
    online: () => typeof navigator === 'undefined' || navigator.onLine,
    onOnline(listener) {
      if (typeof window === 'undefined') return () => {};
      window.addEventListener('online', listener);
      window.addEventListener('offline', listener);
      return () => {
        window.removeEventListener('online', listener);
        window.removeEventListener('offline', listener);
      };
    },
  };
}

const closed = () => new Error('The connection is closed.');
const between = (least: number, most: number) => least + Math.random() * (most - least);

function connect(
  { url, protocols, calls, whyRefused, WebSocket: Socket = globalThis.WebSocket }: TrpcNetworkOptions,
  caller: { personId: string; clientId: string },
  events: ConnectionEvents,
): Connection {
  const sockets: WebSocket[] = [];
  let offered: string[] = [];
  /** Rejects calls that have no answer. */
  const unanswered = new Set<(reason: Error) => void>();
  let over = false;
  let opened = false;
  const end = (reason: CloseReason | null) => {
    if (over) return;
    over = true;
    for (const reject of unanswered) reject(closed());
    client.close().catch(() => {});
    for (const socket of sockets) socket.close();
    if (reason) events.closed(reason);
  };
  const refused = () => {
    const late = setTimeout(() => end('lost'), CALL_TIMEOUT);
    void whyRefused()
      .then(end, () => end('lost'))
      .finally(() => clearTimeout(late));
  };
  const client: TRPCWebSocketClient = createWSClient({
    url: async () => {
      offered = (await protocols?.()) ?? [];
      return url();
    },
    WebSocket: class extends Socket {
      constructor(address: string | URL) {
        super(address, offered);
        sockets.push(this);
      }
      /**
       * Without a code: so the library gives up a dead line, and a browser would ask the other end first, for up to a
       * minute. With one: so a socket outside of browsers answers the end that the server has put to it.
       */
      override close(code?: number, reason?: string) {
        super.close(code, reason);
        if (code === undefined) end('lost');
      }
    },
    keepAlive: { enabled: true, intervalMs: between(...SILENCE), pongTimeoutMs: PONG_TIMEOUT },
    // It waits even where it will not try, and a process that has let go of it would have to wait as well.
    retryDelayMs: () => (over ? 0 : 60_000),
    onOpen: () => {
      opened = true;
      if (over) for (const socket of sockets) socket.close();
    },
    onError: () => refused(),
    // A refused handshake ends in 1006 like a lost line, and says so at the same moment as the error.
    onClose: (cause) => (!opened || (cause?.code ?? 0) >= 4000 ? refused() : end('lost')),
  });
  const { pull, push, page, audit, live } = calls(client);

  live.subscribe(
    { ...SPEAKS, ...caller },
    {
      onData: (event) => {
        if (!over) events.live(event);
      },
      onError: (error) => end(reasonOf(error)),
      onComplete: () => end('lost'),
    },
  );

  const call = async <T>(answer: Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    answer.then(resolve, reject);
    if (over) reject(closed());
    unanswered.add(reject);
    const timer = setTimeout(() => {
      reject(new Error('The server did not answer.'));
      end('lost');
    }, CALL_TIMEOUT);
    try {
      return await promise;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== 'lost') end(reason);
      throw error;
    } finally {
      clearTimeout(timer);
      unanswered.delete(reject);
    }
  };
  const inTurn = takingTurns(PAGES_AT_ONCE);
  return {
    pull: (request) => call(pull.mutate(request)),
    push: (request) => call(push.mutate(request)),
    page: (request) => inTurn(() => call(page.mutate(request))),
    audit: (request) => call(audit.mutate(request)),
    close: () => end(null),
  };
}

/** Lets so many things be under way at a time, the others wait. */
function takingTurns(places: number): <T>(act: () => Promise<T>) => Promise<T> {
  let taken = 0;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (taken < places) taken += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else taken -= 1;
    }
  };
}

/** What a coded refusal of a whole request means for the connection. */
function reasonOf(error: unknown): CloseReason {
  const data = error instanceof Error && 'data' in error ? error.data : null;
  const code = data && typeof data === 'object' && 'code' in data ? data.code : null;
  if (code === 'UNAUTHORISED') return 'unauthorised';
  if (code === 'WRONG_ACCOUNT') return 'wrong_account';
  return code === 'OUTDATED' ? 'outdated' : 'lost';
}
