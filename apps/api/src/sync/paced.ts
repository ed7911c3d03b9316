/** Keeps a stream from piling up in the memory of the server when its reader is slow. */
import { setTimeout as delay } from 'node:timers/promises';

/** What was handed to a socket and has not left yet, in bytes. */
export interface Outgoing {
  readonly bufferedAmount: number;
}

// About what a phone on a bad line takes in a second; beyond it the hub's own limit begins to count.
const BUFFERED_BYTES = 256 * 1024;
const LOOK_AGAIN_MS = 100;

/** The same events, taken from the source only while the socket carries them away. Ends with the signal. */
export async function* paced<Event>(
  events: AsyncIterable<Event>,
  socket: Outgoing,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  for await (const event of events) {
    while (socket.bufferedAmount > BUFFERED_BYTES && !signal.aborted) await delay(LOOK_AGAIN_MS);
    if (signal.aborted) return;
    yield event;
  }
}
