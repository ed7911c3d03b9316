/** One socket in a room: what it may say, how often, and what it is told. */
import { saidPresence, type SeenPresence } from '@parley/core/presence';
import type { ScopeId } from '@parley/sync/mutator';
import { randomInt } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { httpLog } from '../logger.ts';
import { EMPTY_DOCUMENT, readFrame, type Place } from './frames.ts';

/** Close codes; from 4400 to 4499 a client does not come back by itself. */
export const ROOM_CODES = { refused: 4400, lost: 4403, tooMuch: 4429 } as const;

/** Bytes of one frame at most: a state is some 60. */
export const ROOM_FRAME_BYTES = 1_024;
/** Frames in so many milliseconds; a client that types says one in five seconds. */
const PACE = { frames: 40, ms: 10_000 };
/** Whoever takes so little of what is told comes back and is told who is there. */
const BUFFERED_BYTES = 256 * 1024;

export class Seat {
  /** What the others know it by. */
  readonly id = randomInt(2 ** 48 - 1);
  readonly personId: string;
  readonly scope: ScopeId;
  state: SeenPresence | null = null;
  readonly #onChange: (seat: Seat, comesOrGoes: boolean) => void;
  #clock = 0;
  #clientId: number | undefined;
  #socket: WebSocket | undefined;
  #everybody: () => Uint8Array = () => new Uint8Array();
  #answers = true;
  #pace = { since: 0, frames: 0 };

  constructor(personId: string, scope: ScopeId, onChange: (seat: Seat, comesOrGoes: boolean) => void) {
    this.personId = personId;
    this.scope = scope;
    this.#onChange = onChange;
  }

  /** @param everybody a frame that says who is there */
  take(socket: WebSocket, everybody: () => Uint8Array): void {
    this.#socket = socket;
    this.#everybody = everybody;
    socket.on('error', (error) => httpLog.debug({ err: error }, 'a room’s socket failed'));
    socket.on('pong', () => (this.#answers = true));
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    this.send(everybody());
  }

  /** Its place as it is told next. */
  next(): Place {
    this.#clock += 1;
    return { seatId: this.id, clock: this.#clock, state: this.state };
  }

  send(frame: Uint8Array): void {
    if (!this.#socket) return;
    if (this.#socket.bufferedAmount > BUFFERED_BYTES) this.#socket.terminate();
    else this.#socket.send(frame);
  }

  /** Has it answer until the next time. */
  beat(heartbeat: Uint8Array): void {
    if (!this.#socket) return;
    if (!this.#answers) return this.#socket.terminate();
    this.#answers = false;
    this.#socket.ping();
    this.send(heartbeat);
  }

  /** The person may not be here any longer. */
  cut(): void {
    this.#close(ROOM_CODES.lost, 'not here');
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#isTooMuch()) return this.#close(ROOM_CODES.tooMuch, 'too much');
    try {
      if (!isBinary || !Buffer.isBuffer(data)) throw new Error('Frames are bytes.');
      this.#heed(data);
    } catch (error) {
      httpLog.debug({ err: error, person: this.personId }, 'a room refused a frame');
      this.#close(ROOM_CODES.refused, 'refused');
    }
  }

  #heed(data: Buffer): void {
    const frame = readFrame(data);
    if (frame.kind === 'document') return this.send(EMPTY_DOCUMENT);
    if (frame.kind === 'query') return this.send(this.#everybody());
    this.#clientId ??= frame.clientId;
    if (frame.clientId !== this.#clientId) throw new Error('A client speaks for itself alone.');
    const said = frame.said === null ? null : saidPresence.parse(frame.said);
    const state = said && { ...said, personId: this.personId };
    if (JSON.stringify(state) === JSON.stringify(this.state)) return;
    const comesOrGoes = this.state === null || state === null;
    this.state = state;
    this.#onChange(this, comesOrGoes);
  }

  #isTooMuch(): boolean {
    const now = Date.now();
    if (now - this.#pace.since > PACE.ms) this.#pace = { since: now, frames: 0 };
    this.#pace.frames += 1;
    return this.#pace.frames > PACE.frames;
  }

  #close(code: number, reason: string): void {
    const socket = this.#socket;
    if (!socket) return;
    // What it says from now on is not heard.
    socket.removeAllListeners('message');
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), CLOSING_MS).unref();
  }
}

/** A peer that does not answer the closing handshake is cut. */
const CLOSING_MS = 1_000;
