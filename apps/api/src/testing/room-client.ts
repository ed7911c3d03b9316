/** Somebody in a room, by bytes: what a y-websocket client sends and hears, and whatever else a test lays by hand. */
import type { SaidPresence, SeenPresence } from '@parley/core/presence';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { expect, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { Browser } from './browser.ts';
import { opened } from './socket.ts';

const AWARENESS = 1;

export class RoomClient {
  readonly #ws: WebSocket;
  readonly #seen = new Map<number, SeenPresence>();
  readonly #frames: Buffer[] = [];
  #closed: number | undefined;
  #clock = 0;
  readonly clientId: number;

  /** @throws HandshakeRefused */
  static async enter(browser: Browser, scope: string, headers?: Record<string, string>): Promise<RoomClient> {
    const client = new RoomClient(browser.shakeHands(`/presence/${scope}`, headers));
    await opened(client.#ws);
    return client;
  }

  constructor(ws: WebSocket) {
    this.#ws = ws;
    this.clientId = Math.floor(Math.random() * 2 ** 32);
    ws.on('message', (data: Buffer) => this.#take(data));
    ws.on('close', (code) => (this.#closed = code));
  }

  say(said: SaidPresence | null): void {
    this.send(awareness([{ clientId: this.clientId, clock: (this.#clock += 1), state: JSON.stringify(said) }]));
  }

  send(bytes: Uint8Array | string): void {
    this.#ws.send(bytes, { binary: typeof bytes !== 'string' });
  }

  /** Who is there besides this client. */
  get others(): SeenPresence[] {
    return [...this.#seen.values()];
  }

  get frames(): readonly Buffer[] {
    return this.#frames;
  }

  /** Until these people are there, each as often as they are named. */
  async sees(...personIds: string[]): Promise<void> {
    const there = () => this.others.map(({ personId }) => personId).sort();
    await vi.waitFor(() => expect(there()).toEqual([...personIds].sort()), { timeout: 5_000 });
  }

  async closeCode(): Promise<number | undefined> {
    await vi.waitFor(() => expect(this.#closed).toBeDefined(), { timeout: 5_000 });
    return this.#closed;
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  close(): void {
    this.#ws.close();
  }

  #take(data: Buffer): void {
    this.#frames.push(data);
    seenIn(data, this.#seen);
  }
}

/** Takes over what a frame says of who is there. */
export function seenIn(frame: Uint8Array, seen: Map<number, SeenPresence>): void {
  const decoder = decoding.createDecoder(Uint8Array.from(frame));
  if (decoding.readVarUint(decoder) !== AWARENESS) return;
  const update = decoding.createDecoder(decoding.readVarUint8Array(decoder));
  for (let left = decoding.readVarUint(update); left > 0; left -= 1) {
    const seat = decoding.readVarUint(update);
    decoding.readVarUint(update);
    const state = JSON.parse(decoding.readVarString(update)) as SeenPresence | null;
    if (state) seen.set(seat, state);
    else seen.delete(seat);
  }
}

/** An awareness frame; `count` is what it says of their number. */
export function awareness(
  entries: readonly { clientId: number; clock: number; state: string }[],
  count = entries.length,
): Uint8Array {
  const update = encoding.createEncoder();
  encoding.writeVarUint(update, count);
  for (const { clientId, clock, state } of entries) {
    encoding.writeVarUint(update, clientId);
    encoding.writeVarUint(update, clock);
    encoding.writeVarString(update, state);
  }
  const frame = encoding.createEncoder();
  encoding.writeVarUint(frame, AWARENESS);
  encoding.writeVarUint8Array(frame, encoding.toUint8Array(update));
  return encoding.toUint8Array(frame);
}
