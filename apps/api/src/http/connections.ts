/** The open WebSockets of this process, by the session that opened them. */
import type { Database } from '@parley/db';
import { sql, type Kysely } from 'kysely';
import type { WebSocket } from 'ws';
import { isRenewalDue, type Session } from '../accounts/identity.ts';
import { httpLog } from '../logger.ts';

/** Why a socket was closed, as its close code. 4401: sign in again. 1012: come back in a moment. */
export const CLOSE_CODES = { signedOut: 4401, restarting: 1012 } as const;

/** Milliseconds: a device list is as exact as that. */
const USED_MS = 5 * 60_000;

/** What a socket is for. */
export const SOCKET_USES = ['calls', 'room'] as const;
export type SocketUse = (typeof SOCKET_USES)[number];

/** `left`: its client closed it. `lost`: the line was cut, or nobody answered any more. `closed`: by the server. */
export type SocketEnd = 'left' | 'lost' | 'closed';

export interface Connection {
  readonly session: Session;
  readonly use: SocketUse;
  readonly socket: Pick<WebSocket, 'bufferedAmount'>;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  /** The client that has opened a stream on it, and whether that is of an older release. */
  client?: { key: string; isOutdated: boolean };
  /** Milliseconds until the client's machine answered, when it was last asked; `null` until it has. */
  answersIn: number | null;
  /** Asks it, not more often than every ten seconds. */
  ask(): void;
  /** Streams that this connection has open. */
  streams: number;
  /** How its socket ended; `undefined` while it is open. */
  end?: SocketEnd;
}

export interface Connections {
  add(socket: WebSocket, session: Session, use: SocketUse): Connection;
  /** Closes every socket of a session that has ended. */
  closeSession(sessionId: string): void;
  /**
   * Closes the sockets whose sessions have ended elsewhere or expired; notes of the others that they are in use. Only a
   * handshake can renew a cookie, so those that are due to be renewed are told to come back.
   */
  recheck(): Promise<void>;
  /** Tells every client to come back in a moment. */
  closeAll(): void;
  /** Open sockets of one session for one use. */
  countOf(sessionId: string, use: SocketUse): number;
  /** All that are open. */
  open(): Connection[];
}

/** @param onEnd hears of every socket that is no longer open */
export function createConnections(db: Kysely<Database>, onEnd: (use: SocketUse, end: SocketEnd) => void): Connections {
  const socketsBySession = new Map<string, Map<WebSocket, Connection>>();
  const close = (sessionId: string, code: number, reason: string): void => {
    for (const socket of socketsBySession.get(sessionId)?.keys() ?? []) closeSoon(socket, code, reason);
  };
  return {
    add(socket, session, use) {
      const sockets = socketsBySession.get(session.id) ?? new Map<WebSocket, Connection>();
      const connection: Connection = {
        session,
        use,
        socket,
        openedAt: Date.now(),
        streams: 0,
        answersIn: null,
        ask: asking(socket, (milliseconds) => (connection.answersIn = milliseconds)),
      };
      socketsBySession.set(session.id, sockets.set(socket, connection));
      socket.once('close', (code) => {
        sockets.delete(socket);
        if (sockets.size === 0 && socketsBySession.get(session.id) === sockets) socketsBySession.delete(session.id);
        connection.end = endOf(code);
        onEnd(use, connection.end);
      });
      return connection;
    },
    closeSession: (sessionId) => close(sessionId, CLOSE_CODES.signedOut, 'signed out'),
    async recheck() {
      const asked = [...socketsBySession.keys()];
      if (asked.length === 0) return;
      const now = new Date();
      const alive = await db
        .selectFrom('auth_session')
        .select(['id', 'used_at', 'created_at', 'expires_at'])
        .where(sql<boolean>`id = any(${asked})`)
        .where('expires_at', '>', now)
        .execute();
      const stale = alive.filter(({ used_at }) => now.getTime() - used_at.getTime() > USED_MS).map(({ id }) => id);
      if (stale.length > 0) {
        await db
          .updateTable('auth_session')
          .set({ used_at: now })
          .where(sql<boolean>`id = any(${stale})`)
          .execute();
      }
      for (const { id, created_at: createdAt, expires_at: expiresAt } of alive) {
        if (isRenewalDue({ createdAt, expiresAt })) close(id, CLOSE_CODES.restarting, 'come back to be renewed');
      }
      const ids = new Set(alive.map(({ id }) => id));
      for (const id of asked) {
        if (ids.has(id)) continue;
        httpLog.debug({ session: id }, 'a session has ended');
        close(id, CLOSE_CODES.signedOut, 'signed out');
      }
    },
    closeAll() {
      for (const id of socketsBySession.keys()) close(id, CLOSE_CODES.restarting, 'restarting');
    },
    countOf: (sessionId, use) =>
      [...(socketsBySession.get(sessionId)?.values() ?? [])].filter((each) => each.use === use).length,
    open: () => [...socketsBySession.values()].flatMap((sockets) => [...sockets.values()]),
  };
}

const ASK_MS = 10_000;

function asking(socket: WebSocket, onAnswer: (milliseconds: number) => void): () => void {
  let askedAt = -Infinity;
  let isAsking = false;
  socket.on('pong', () => {
    if (isAsking) onAnswer(performance.now() - askedAt);
    isAsking = false;
  });
  return () => {
    if (performance.now() - askedAt < ASK_MS || socket.readyState !== socket.OPEN) return;
    isAsking = true;
    askedAt = performance.now();
    socket.ping();
  };
}

// 1006: nobody said goodbye. 1000, 1001 and 1005 are what pages say that close a socket or are closed themselves.
function endOf(code: number): SocketEnd {
  if (code === 1006) return 'lost';
  return code === 1000 || code === 1001 || code === 1005 ? 'left' : 'closed';
}

// A peer that does not answer the closing handshake is cut.
const CLOSING_MS = 2_000;

function closeSoon(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const cut = setTimeout(() => socket.terminate(), CLOSING_MS);
  socket.once('close', () => clearTimeout(cut));
}
