/** What y-websocket sends and understands, as far as a room without a document needs it. */
import type { SeenPresence } from '@parley/core/presence';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

const kinds = { document: 0, awareness: 1, query: 3 } as const;
const STEP_ONE = 0;

export type Frame =
  /** Asks for the document; there is none. */
  | { kind: 'document' }
  /** Asks who is there. */
  | { kind: 'query' }
  /** What a client says of itself; `null` when it goes. */
  | { kind: 'state'; clientId: number; said: unknown };

/** @throws where it is anything else */
export function readFrame(bytes: Uint8Array): Frame {
  // Bytes of their own: a length that lies must not reach what lies behind them in memory.
  const decoder = decoding.createDecoder(Uint8Array.from(bytes));
  const kind = decoding.readVarUint(decoder);
  const frame = kind === kinds.awareness ? readState(decoding.readVarUint8Array(decoder)) : readQuestion(kind, decoder);
  mustEnd(decoder);
  return frame;
}

function readQuestion(kind: number, decoder: decoding.Decoder): Frame {
  if (kind === kinds.query) return { kind: 'query' };
  if (kind !== kinds.document || decoding.readVarUint(decoder) !== STEP_ONE) throw new Error('Not for a room.');
  decoding.readVarUint8Array(decoder);
  return { kind: 'document' };
}

function readState(update: Uint8Array): Frame {
  const decoder = decoding.createDecoder(Uint8Array.from(update));
  if (decoding.readVarUint(decoder) !== 1) throw new Error('A client speaks for itself alone.');
  const clientId = decoding.readVarUint(decoder);
  decoding.readVarUint(decoder);
  const said: unknown = JSON.parse(decoding.readVarString(decoder));
  mustEnd(decoder);
  return { kind: 'state', clientId, said };
}

function mustEnd(decoder: decoding.Decoder): void {
  if (decoding.hasContent(decoder)) throw new Error('More than a frame.');
}

/** A place in a room, as the others see it. `clock` grows with each change; with `null` it is left. */
export interface Place {
  seatId: number;
  clock: number;
  state: SeenPresence | null;
}

export function writePlaces(places: readonly Place[]): Uint8Array {
  const update = encoding.createEncoder();
  encoding.writeVarUint(update, places.length);
  for (const { seatId, clock, state } of places) {
    encoding.writeVarUint(update, seatId);
    encoding.writeVarUint(update, clock);
    encoding.writeVarString(update, JSON.stringify(state));
  }
  const frame = encoding.createEncoder();
  encoding.writeVarUint(frame, kinds.awareness);
  encoding.writeVarUint8Array(frame, encoding.toUint8Array(update));
  return encoding.toUint8Array(frame);
}

/** The client takes a connection for one that works once it has the document: an update of nothing. */
export const EMPTY_DOCUMENT = Uint8Array.of(kinds.document, 1, 2, 0, 0);
/** A client gives a connection up on which it hears nothing for half a minute. */
export const HEARTBEAT = writePlaces([]);
