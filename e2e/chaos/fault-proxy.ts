/**
 * The network of one client, as bad as it is told to be. It stands between the client and the servers as TCP does: bytes
 * are late, or the line breaks, or says nothing any more; they are never swapped or lost from the middle.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type NetworkFault =
  'delay' | 'loss' | 'portal' | 'unreachable' | 'halfOpen' | 'reset' | 'cutInSend' | 'cutInAnswer';

/** What the network is like until it is told otherwise. */
export type Weather =
  | { kind: 'fair' }
  | { kind: 'delay'; ms: number }
  /** Each piece is lost with these odds, and sent again after the time that TCP waits, which doubles. */
  | { kind: 'loss'; odds: number }
  /** Whoever connects is answered with a page of the network's own; what is open ends. */
  | { kind: 'portal' }
  /** Nothing gets through in either direction, and nobody is told. */
  | { kind: 'unreachable' };

export interface FaultProxy {
  readonly port: number;
  /** Port of the server that the newest connection leads to; 0 before the first. */
  readonly server: number;
  /** How often each fault has struck. */
  readonly fired: Readonly<Record<NetworkFault, number>>;
  become(weather: Weather): void;
  /** What is open dies without a word; new connections are sound. */
  halfOpen(): void;
  /** What is open ends with a reset. */
  reset(): void;
  /**
   * Cuts the next line that carries so many bytes from now on: of what is sent, or of what comes back after the next
   * thing sent. @param byte from 1: how many get through
   */
  cutAt(where: 'send' | 'answer', byte: number): void;
  close(): Promise<void>;
}

/** Milliseconds TCP waits before it sends a lost piece again, at first and at most. */
const RESEND_MS = 200;
const RESEND_LONGEST_MS = 3_200;
const PORTAL = '<!doctype html><title>Welcome</title><h1>Free WiFi</h1><p>Accept our terms to go online.</p>';

interface Cut {
  where: 'send' | 'answer';
  left: number;
  /** Bytes are counted from here on. */
  counting: boolean;
}

/** @param servers ports on this machine; connections go to one after the other, past those that refuse */
export async function openFaultProxy(servers: readonly number[], random: () => number): Promise<FaultProxy> {
  const fired: Record<NetworkFault, number> = {
    delay: 0,
    loss: 0,
    portal: 0,
    unreachable: 0,
    halfOpen: 0,
    reset: 0,
    cutInSend: 0,
    cutInAnswer: 0,
  };
  const lines = new Set<Line>();
  let weather: Weather = { kind: 'fair' };
  let cut: Cut | null = null;
  let turn = Math.floor(random() * servers.length);
  let newest = 0;

  const lateness = (): number => {
    if (weather.kind === 'delay') {
      fired.delay += 1;
      return weather.ms;
    }
    let wait = 0;
    for (let resend = RESEND_MS; weather.kind === 'loss' && random() < weather.odds; resend *= 2) {
      fired.loss += 1;
      wait += Math.min(resend, RESEND_LONGEST_MS);
    }
    return wait;
  };

  /** How much of a piece gets through before the line is cut; `null`: all of it. */
  const cutOf = (where: Cut['where'], bytes: Buffer): number | null => {
    if (!cut) return null;
    if (where === 'send' && cut.where === 'answer') cut.counting = true;
    if (cut.where !== where || !cut.counting) return null;
    if (bytes.length < cut.left) {
      cut.left -= bytes.length;
      return null;
    }
    const { left } = cut;
    cut = null;
    fired[where === 'send' ? 'cutInSend' : 'cutInAnswer'] += 1;
    return left;
  };

  class Line {
    readonly #client: Socket;
    readonly #server: Socket;
    silent = false;
    #due = { send: 0, answer: 0 };
    #queues = { send: Promise.resolve(), answer: Promise.resolve() };

    constructor(client: Socket, server: Socket) {
      this.#client = client;
      this.#server = server;
      lines.add(this);
      client.on('data', (bytes) => this.#carry('send', bytes));
      server.on('data', (bytes) => this.#carry('answer', bytes));
      for (const [end, where] of [
        [client, 'send'],
        [server, 'answer'],
      ] as const) {
        end.on('error', () => this.#finish(where));
        end.on('close', () => this.#finish(where));
      }
    }

    #carry(where: Cut['where'], bytes: Buffer): void {
      if (this.silent) return this.#swallow();
      const most = cutOf(where, bytes);
      const passed = most === null ? bytes : bytes.subarray(0, most);
      this.#later(where, () => {
        (where === 'send' ? this.#server : this.#client).write(passed);
        if (most !== null) this.end();
      });
    }

    /** Each direction keeps its order, whatever the delays. */
    #later(where: Cut['where'], act: () => void): void {
      const now = performance.now();
      this.#due[where] = Math.max(this.#due[where], now + lateness());
      const wait = this.#due[where] - now;
      this.#queues[where] = this.#queues[where].then(async () => {
        if (wait > 0) await delay(wait);
        if (this.silent) this.#swallow();
        else act();
      });
    }

    #swallow(): void {
      fired[weather.kind === 'unreachable' ? 'unreachable' : 'halfOpen'] += 1;
    }

    /** One end has gone: the other hears of it behind what is still on its way. */
    #finish(where: Cut['where']): void {
      if (this.silent) return this.#forget();
      this.#queues[where] = this.#queues[where].then(() => this.#forget());
    }

    #forget(): void {
      lines.delete(this);
      this.end();
    }

    end(): void {
      this.#client.destroy();
      this.#server.destroy();
    }

    reset(): void {
      fired.reset += 1;
      this.#client.resetAndDestroy();
      this.#server.resetAndDestroy();
    }
  }

  const reach = async (): Promise<Socket | null> => {
    for (let tried = 0; tried < servers.length; tried += 1) {
      turn += 1;
      const port = servers[turn % servers.length] ?? 0;
      const socket = connect(port, '127.0.0.1');
      const there = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      });
      if (!there) continue;
      newest = port;
      return socket;
    }
    return null;
  };

  const accept = async (client: Socket): Promise<void> => {
    client.on('error', () => {});
    if (weather.kind === 'portal') {
      fired.portal += 1;
      client.once('data', () =>
        client.end(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${PORTAL.length}\r\n\r\n${PORTAL}`),
      );
      return;
    }
    if (weather.kind === 'unreachable') {
      fired.unreachable += 1;
      unanswered.add(client.once('close', () => unanswered.delete(client)));
      return;
    }
    client.pause();
    const server = await reach();
    if (!server || client.destroyed) {
      server?.destroy();
      client.destroy();
      return;
    }
    server.on('error', () => {});
    const line = new Line(client, server);
    // The weather may have changed while the server was looked for.
    if (isUnreachable()) line.silent = true;
    client.resume();
  };
  const isUnreachable = () => weather.kind === 'unreachable';
  const unanswered = new Set<Socket>();

  const listener: Server = createServer((client) => void accept(client));
  listener.listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const silence = () => {
    for (const line of lines) line.silent = true;
  };

  return {
    port: (listener.address() as AddressInfo).port,
    get server() {
      return newest;
    },
    fired,
    become(next) {
      weather = next;
      if (next.kind === 'fair') cut = null;
      if (next.kind === 'unreachable') silence();
      if (next.kind === 'portal') for (const line of lines) line.end();
    },
    halfOpen: silence,
    reset() {
      for (const line of lines) line.reset();
    },
    cutAt(where, byte) {
      cut = { where, left: byte, counting: where === 'send' };
    },
    async close() {
      for (const line of lines) line.end();
      for (const client of unanswered) client.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
