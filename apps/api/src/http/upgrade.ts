/** WebSocket handshakes: who may open one, and what is answered to everybody else. */
import { ROOMS_PATH } from '@parley/core/presence';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { KEY_HEADER, type Session } from '../accounts/identity.ts';
import { PERSON_HEADER } from '../accounts/session-cookies.ts';
import { httpLog } from '../logger.ts';
import { ROOM_FRAME_BYTES, type Seat } from '../presence/seat.ts';
import { appRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { logError, type Context } from '../trpc.ts';
import { addressOf } from './address.ts';
import { errorBody } from './app.ts';
import type { Connection, SocketUse } from './connections.ts';
import { isOwnOrigin } from './origin.ts';

/** Bytes and milliseconds of a socket. */
export interface SocketLimits {
  /** Bytes of one frame at most. */
  frameBytes: number;
  /** A quiet peer is asked after so long … */
  pingMs: number;
  /** … and given up when it does not answer within. */
  pongMs: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  // A push of 256 KiB, escaped as JSON, with room.
  frameBytes: 1024 * 1024,
  // Above the 20 s after which a client asks: as long as it lives, the server never has to.
  pingMs: 30_000,
  pongMs: 10_000,
};

const SOCKET_PROTOCOL = 'parley';
/** What a page cannot put into headers of a handshake: it names it as a protocol behind one of these. */
const OFFERED = [
  ['key.', KEY_HEADER],
  ['person.', PERSON_HEADER],
] as const;

/**
 * Sockets of one session. For calls a browser needs one, whatever its tabs, and some more while it changes lines; each
 * tab is in the rooms of its organisations, of a thread and of its notes.
 */
const SOCKETS_PER_SESSION: Record<SocketUse, number> = { calls: 20, room: 80 };

interface Handshake {
  session: Session;
  address: string;
  userAgent: string | null;
  /** To be set in the browser. */
  cookies: string[];
  /** In the room that it leads into. */
  seat?: Seat;
  connection?: Connection;
}

export interface Upgrades {
  /** Refuses new handshakes and tells the open sockets to come back. Resolves when all are closed. */
  close(): Promise<void>;
}

/**
 * Takes over the server's `upgrade` requests. Not compressed: a message is 550 bytes up and 1,000 down, where deflate
 * saves little, while a connection that was compressed once keeps zlib's windows, some 270 KB against the 6 KB of the
 * socket. Only a bootstrap would gain (240 KB are 11 KB packed), once for each device.
 */
export function acceptUpgrades(server: Server, services: Services, limits = SOCKET_LIMITS): Upgrades {
  // Key and person of the browser are among what is offered, and are not said back.
  const handleProtocols = (offered: Set<string>) => offered.has(SOCKET_PROTOCOL) && SOCKET_PROTOCOL;
  const serve = (maxPayload: number) =>
    new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false, handleProtocols });
  const wss = serve(limits.frameBytes);
  const rooms = serve(ROOM_FRAME_BYTES);
  const accepted = new WeakMap<IncomingMessage, Handshake>();
  for (const each of [wss, rooms]) {
    each.on('headers', (headers, request) => {
      for (const cookie of accepted.get(request)?.cookies ?? []) headers.push(`Set-Cookie: ${cookie}`);
    });
  }
  // Before tRPC's own listener, which makes the context at once.
  wss.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const handshake = accepted.get(request);
    if (!handshake) return socket.terminate();
    handshake.connection = services.connections.add(socket, handshake.session, 'calls');
    return undefined;
  });
  applyWSSHandler({
    wss,
    router: appRouter,
    keepAlive: { enabled: true, pingMs: limits.pingMs, pongWaitMs: limits.pongMs },
    experimental_encoder: { encode: JSON.stringify, decode: decodeFrame },
    createContext({ req }): Context {
      const handshake = accepted.get(req);
      if (!handshake?.connection) throw new Error('A socket without a handshake.');
      const { session, connection, address, userAgent } = handshake;
      return {
        services,
        session,
        connection,
        requestId: randomUUID(),
        address,
        userAgent,
        exchange: null,
      };
    },
    onError({ error, path, ctx }) {
      logError({ error, path, ctx });
    },
  });

  let closing = false;
  server.on('upgrade', (request, socket, head) => {
    // Until `ws` takes the socket over, a peer that cuts the line must not end the process.
    const ignore = (): void => {};
    socket.on('error', ignore);
    admit(request, { services, closing }).then(
      (admitted) => {
        if ('status' in admitted) {
          services.metrics.handshakesRefused.inc({ code: admitted.code });
          return refuse(socket, admitted);
        }
        accepted.set(request, admitted);
        const { seat, session } = admitted;
        if (seat) {
          if (socket.destroyed) return services.rooms.leave(seat);
          leaveAtEnd(services, seat, socket);
        }
        socket.off('error', ignore);
        if (seat) {
          rooms.handleUpgrade(request, socket, head, (client) => {
            services.connections.add(client, session, 'room');
            services.rooms.enter(seat, client);
          });
        } else {
          const kept = keptOf(request);
          accepted.set(kept, admitted);
          wss.handleUpgrade(request, socket, head, (client) => wss.emit('connection', client, kept));
        }
        return undefined;
      },
      (error: unknown) => {
        httpLog.error({ err: error }, 'a handshake failed');
        services.metrics.handshakesRefused.inc({ code: 'INTERNAL' });
        refuse(socket, { status: 503, code: 'INTERNAL', words: 'Something went wrong on the server.' });
      },
    );
  });

  return {
    async close() {
      closing = true;
      services.connections.closeAll();
      await Promise.all([wss, rooms].map((each) => new Promise<void>((resolve) => each.close(() => resolve()))));
    },
  };
}

/** Of a request all that tRPC reads later: it holds this for as long as the socket is open, and headers are kilobytes. */
const keptOf = ({ url }: IncomingMessage): IncomingMessage => ({ url, headers: {} }) as IncomingMessage;

/** In a scope of its own: what it holds stays for as long as the socket is open, and the request is not among it. */
const leaveAtEnd = ({ rooms }: Services, seat: Seat, socket: Duplex): void =>
  void socket.once('close', () => rooms.leave(seat));

interface Refused {
  status: number;
  code: string;
  words: string;
}

async function admit(
  request: IncomingMessage,
  { services, closing }: { services: Services; closing: boolean },
): Promise<Handshake | Refused> {
  const { publicUrl } = services.settings;
  if (closing) return { status: 503, code: 'RESTARTING', words: 'The server is restarting.' };
  const [pathname = ''] = (request.url ?? '').split('?');
  const use = purposeOf(pathname);
  if (use === undefined) return NOTHING_HERE;
  const { origin, host = null, cookie } = request.headers;
  if (origin === undefined || !isOwnOrigin(origin, { publicUrl, host })) {
    return { status: 403, code: 'CROSS_ORIGIN', words: 'Connections from other sites are refused.' };
  }
  const told = new Headers();
  const address = addressOf(request.socket.remoteAddress, request.headers);
  const userAgent = request.headers['user-agent'] ?? null;
  const session =
    cookie === undefined
      ? null
      : await services.identity.session({
          headers: new Headers({
            cookie,
            ...headersOffered(request),
            'user-agent': userAgent ?? '',
          }),
          responseHeaders: told,
          address,
        });
  if (!session) return { status: 401, code: 'UNAUTHORISED', words: 'Sign in first.' };
  if (services.connections.countOf(session.id, use) >= SOCKETS_PER_SESSION[use]) {
    return { status: 429, code: 'TOO_MANY_CONNECTIONS', words: 'This session has enough connections.' };
  }
  const handshake = { session, address, userAgent, cookies: told.getSetCookie() };
  if (use === 'calls') return handshake;
  const seat = await services.rooms.admit(session.personId, pathname.slice(ROOMS_PATH.length + 1));
  return seat ? { ...handshake, seat } : NOTHING_HERE;
}

const NOTHING_HERE: Refused = { status: 404, code: 'NOT_FOUND', words: 'Nothing is here.' };

function purposeOf(pathname: string): SocketUse | undefined {
  if (pathname === '/trpc') return 'calls';
  return pathname.startsWith(`${ROOMS_PATH}/`) ? 'room' : undefined;
}

function headersOffered({ headers }: IncomingMessage): Record<string, string> {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  return Object.fromEntries(
    OFFERED.flatMap(([prefix, header]) => {
      const protocol = offered.find((one) => one.startsWith(prefix));
      return protocol === undefined ? [] : [[header, protocol.slice(prefix.length)]];
    }),
  );
}

function refuse(socket: Duplex, { status, code, words }: Refused): void {
  const body = JSON.stringify(errorBody({ status, code, words, requestId: randomUUID() }));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** A frame is one call or a batch. What it throws is answered as `PARSE_ERROR`, under no id. */
function decodeFrame(data: string | ArrayBuffer | Uint8Array): unknown {
  if (typeof data !== 'string') throw new Error('Frames are text.');
  const frame: unknown = JSON.parse(data);
  if (Array.isArray(frame) && frame.length === 0) throw new Error('This batch is empty.');
  return frame;
}
