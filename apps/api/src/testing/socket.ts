/** One WebSocket to the server, speaking tRPC's frames, that counts every byte in both directions. */
import type { Socket as TcpSocket } from 'node:net';
import type { WebSocket } from 'ws';

export interface CallResult {
  data: unknown;
  code: string | undefined;
  error: { message: string; data: Record<string, unknown> } | undefined;
}

interface Frame {
  id: number | string | null;
  result?: { type: string; data: unknown };
  error?: CallResult['error'];
}

/** A handshake that the server refused, with its coded body. */
export class HandshakeRefused extends Error {
  readonly status: number;
  readonly code: string | undefined;
  constructor(status: number, body: string) {
    super(`refused with ${status}: ${body}`);
    this.status = status;
    const parsed = JSON.parse(body) as { error?: { data?: { code?: string } } };
    this.code = parsed.error?.data?.code;
  }
}

/** How a handshake ends: its status, and its code where it was refused. What was opened is closed. */
export async function endOf(opening: Promise<{ close(): void }>): Promise<[number, string | undefined]> {
  try {
    (await opening).close();
  } catch (error) {
    if (error instanceof HandshakeRefused) return [error.status, error.code];
    throw error;
  }
  return [101, undefined];
}

/** A subscription. */
export interface Stream {
  next(): Promise<unknown>;
  /** The error that ended it. */
  failed(): Promise<CallResult>;
  stop(): void;
  stopped(): Promise<void>;
}

/** @throws HandshakeRefused */
export function opened(ws: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  ws.once('open', () => resolve());
  ws.once('unexpected-response', (_request, response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => reject(new HandshakeRefused(response.statusCode ?? 0, Buffer.concat(chunks).toString())));
  });
  ws.on('error', reject);
  return promise;
}

export class Socket {
  /** Every frame of the server's, as it came. */
  readonly heard: string[] = [];
  readonly #ws: WebSocket;
  #nextId = 1;
  #pings = 0;
  readonly #frames: Frame[] = [];
  readonly #waiting = new Set<() => void>();
  #closed: { code: number; reason: string } | undefined;

  static open(ws: WebSocket): Promise<Socket> {
    const socket = new Socket(ws);
    return opened(ws).then(() => socket);
  }

  constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text === 'PING') {
        ws.send('PONG');
        this.#pings += 1;
      }
      this.heard.push(text);
      if (text !== 'PING' && text !== 'PONG') this.#frames.push(JSON.parse(text) as Frame);
      this.#wake();
    });
    ws.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      this.#wake();
    });
  }

  /** Bytes on the TCP connection so far, frames' heads included. */
  get bytes(): { sent: number; received: number } {
    const { bytesWritten, bytesRead } = (this.#ws as unknown as { _socket: TcpSocket })._socket;
    return { sent: bytesWritten, received: bytesRead };
  }

  /** What the server chose of what was offered. */
  get protocol(): string {
    return this.#ws.protocol;
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  sendRaw(data: string | Buffer): void {
    this.#ws.send(data, { binary: typeof data !== 'string' });
  }

  /** Calls a procedure and waits for its answer. */
  async call(method: 'query' | 'mutation', path: string, input?: unknown): Promise<CallResult> {
    const id = this.#nextId++;
    this.sendRaw(JSON.stringify({ id, method, params: { path, input } }));
    const { result, error } = await this.frame((frame) => frame.id === id);
    const code = error?.data['code'];
    return { data: result?.data, code: typeof code === 'string' ? code : undefined, error };
  }

  /** Opens a stream; what arrives on it is read with `next`. */
  subscribe(path: string, input: unknown): Stream {
    const id = this.#nextId++;
    this.sendRaw(JSON.stringify({ id, method: 'subscription', params: { path, input } }));
    return {
      next: async () => (await this.frame((frame) => frame.id === id && frame.result?.type === 'data')).result?.data,
      failed: async () => {
        const { error } = await this.frame((frame) => frame.id === id && frame.error !== undefined);
        const code = error?.data['code'];
        return { data: undefined, code: typeof code === 'string' ? code : undefined, error };
      },
      stopped: async () => {
        await this.frame((frame) => frame.id === id && frame.result?.type === 'stopped');
      },
      stop: () => this.sendRaw(JSON.stringify({ id, method: 'subscription.stop' })),
    };
  }

  /** The first frame that fits, taken out of those that have arrived or will. */
  async frame(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const index = this.#frames.findIndex(fits);
      const [found] = index < 0 ? [] : this.#frames.splice(index, 1);
      if (found) return found;
      if (this.#closed) throw new Error(`closed with ${this.#closed.code} while waiting for a frame`);
      await this.#change();
    }
  }

  /** Waits until the server has asked so often whether somebody is there; how often it was in the end. */
  async pings(count: number): Promise<number> {
    while (this.#pings < count) await this.#change();
    return this.#pings;
  }

  /** How the server closed the socket. */
  async closed(): Promise<{ code: number; reason: string }> {
    while (!this.#closed) await this.#change();
    return this.#closed;
  }

  close(): void {
    this.#ws.close();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
