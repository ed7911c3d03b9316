/** A WebSocket whose bytes are laid by hand, for frames that no library would send. */
import { connect, type Socket as TcpSocket } from 'node:net';
import { once } from 'node:events';
import type { LiveRequest } from '@parley/sync/protocol';
import type { Browser } from './browser.ts';

export const TEXT = 0x1;
export const CONTINUATION = 0x0;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

export interface FrameLook {
  opcode?: number;
  /** Whether it is the last of its message. */
  final?: boolean;
  /** The three reserved bits. */
  reserved?: number;
  masked?: boolean;
  /** What it says of its length, whatever follows. */
  length?: bigint;
}

/** One frame as a client sends it, unless told otherwise. */
export function frameOf(payload: string | Buffer, look: FrameLook = {}): Buffer {
  const body = Buffer.from(payload);
  const { opcode = TEXT, final = true, reserved = 0, masked = true, length = BigInt(body.length) } = look;
  const head = [(final ? 0x80 : 0) | (reserved << 4) | opcode];
  const mask = masked ? 0x80 : 0;
  if (length < 126n) head.push(mask | Number(length));
  else
    head.push(mask | 127, ...Array.from({ length: 8 }, (_, byte) => Number((length >> BigInt(56 - 8 * byte)) & 0xffn)));
  // A mask of zeros leaves the bytes as they are.
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), body]);
}

export class RawSocket {
  readonly #tcp: TcpSocket;
  #bytes = Buffer.alloc(0);
  readonly #frames: { opcode: number; payload: Buffer }[] = [];
  #ended = false;
  #wake = (): void => {};

  private constructor(tcp: TcpSocket) {
    this.#tcp = tcp;
    tcp.on('data', (chunk: Buffer) => this.#take(chunk));
    tcp.on('error', () => undefined);
    tcp.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** Opens the stream of a client, and resolves once it is greeted. */
  static async listen({ input, ...to }: { port: number; browser: Browser; input: LiveRequest }): Promise<RawSocket> {
    const socket = await RawSocket.open(to);
    const params = { path: 'sync.live', input };
    socket.write(frameOf(JSON.stringify({ id: 1, method: 'subscription', params })));
    while (!(await socket.next(TEXT))?.includes('hello'));
    return socket;
  }

  /** Shakes hands as this browser would. */
  static async open({ port, browser }: { port: number; browser: Browser }): Promise<RawSocket> {
    const tcp = connect(port, '127.0.0.1');
    const head = [
      'GET /trpc HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `Origin: http://127.0.0.1:${port}`,
      `Cookie: ${browser.cookie}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      `Sec-WebSocket-Protocol: parley, key.${browser.key}`,
    ];
    tcp.write(`${head.join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(tcp, 'data')) as [Buffer];
    if (!answer.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(answer.toString());
    return new RawSocket(tcp);
  }

  write(...frames: Buffer[]): void {
    this.#tcp.write(Buffer.concat(frames));
  }

  /** Cuts the line. */
  cut(): void {
    this.#tcp.destroy();
  }

  /** The next frame of this kind; `undefined` where the server closes the line without one. */
  async next(opcode: number): Promise<Buffer | undefined> {
    for (;;) {
      const index = this.#frames.findIndex((frame) => frame.opcode === opcode);
      if (index >= 0) return this.#frames.splice(index, 1)[0]?.payload;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The code with which the server closed. */
  async closeCode(): Promise<number | undefined> {
    return (await this.next(CLOSE))?.readUInt16BE(0);
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const [first = 0, short = 0] = this.#bytes;
      const start = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#bytes.length < start) return;
      const length =
        short === 126 ? this.#bytes.readUInt16BE(2) : short === 127 ? Number(this.#bytes.readBigUInt64BE(2)) : short;
      if (this.#bytes.length < start + length) return;
      this.#frames.push({ opcode: first & 0xf, payload: this.#bytes.subarray(start, start + length) });
      this.#bytes = this.#bytes.subarray(start + length);
      this.#wake();
    }
  }
}
