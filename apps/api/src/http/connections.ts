/** The open WebSockets of this process, by the session that opened them. */
import type { Database } from '@parley/db';
import { sql, type Kysely } from 'kysely';
import type { WebSocket } from 'ws';
import type { Session } from '../accounts/identity.ts';
import { httpLog } from '../logger.ts';

/** Why a socket was closed, as its close code. 4401: sign in again. 1012: come back in a moment. */
export const CLOSE_CODES = { signedOut: 4401, restarting: 1012 } as const;

/** Milliseconds: a device list is as exact as that. */
const USED_MS = 5 * 60_000;

export interface Connection {
  readonly session: Session;
  readonly socket: Pick<WebSocket, 'bufferedAmount'>;
  /** Streams that this connection has open. */
  streams: number;
}

/** What a socket is for. */
export type SocketUse = 'calls' | 'room';

export interface Connections {
  add(socket: WebSocket, session: Session, use: SocketUse): Connection;
  /** Closes every socket of a session that has ended. */
  closeSession(sessionId: string): void;
  /** Closes the sockets whose sessions have ended elsewhere or expired; notes of the others that they are in use. */
  recheck(): Promise<void>;
  /** Tells every client to come back in a moment. */
  closeAll(): void;
  /** Open sockets of one session for one use. */
  countOf(sessionId: string, use: SocketUse): number;
  readonly size: number;
}

export function createConnections(db: Kysely<Database>): Connections {
  const socketsBySession = new Map<string, Map<WebSocket, SocketUse>>();
  const close = (sessionId: string, code: number, reason: string): void => {
    for (const socket of socketsBySession.get(sessionId)?.keys() ?? []) closeSoon(socket, code, reason);
  };
  return {
    add(socket, session, use) {
      const sockets = socketsBySession.get(session.id) ?? new Map<WebSocket, SocketUse>();
      socketsBySession.set(session.id, sockets.set(socket, use));
      socket.once('close', () => {
        sockets.delete(socket);
        if (sockets.size === 0 && socketsBySession.get(session.id) === sockets) socketsBySession.delete(session.id);
      });
      return { session, socket, streams: 0 };
    },
    closeSession: (sessionId) => close(sessionId, CLOSE_CODES.signedOut, 'signed out'),
    async recheck() {
      const asked = [...socketsBySession.keys()];
      if (asked.length === 0) return;
      const now = new Date();
      const alive = await db
        .selectFrom('auth_session')
        .select(['id', 'used_at'])
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
      [...(socketsBySession.get(sessionId)?.values() ?? [])].filter((each) => each === use).length,
    get size() {
      return [...socketsBySession.values()].reduce((sum, sockets) => sum + sockets.size, 0);
    },
  };
}

// A peer that does not answer the closing handshake is cut.
const CLOSING_MS = 2_000;

function closeSoon(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const cut = setTimeout(() => socket.terminate(), CLOSING_MS);
  socket.once('close', () => clearTimeout(cut));
}
