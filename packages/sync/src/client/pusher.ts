/**
 * Sends the outbox: in order inside each lane, one batch at a time, again and again until the server has answered for
 * each item. The server keeps every result, so sending twice does nothing twice.
 */
import { LIMITS, SPEAKS, type PushResult, type WireMutation } from '../protocol.ts';
import { Backoff } from './backoff.ts';
import type { Connection, OutboxItem, Timers } from './ports.ts';

/** Milliseconds before an item that waits for another one is tried again. */
const NOT_YET_WAIT = 1_000;

export interface PusherOptions {
  connection: () => Connection | null;
  timers: Timers;
  caller: () => { personId: string; clientId: string; incarnation: string | null };
  items: () => readonly OutboxItem[];
  /** Keeps what is about to be sent from being changed; gives it as it is now. */
  seal: (batch: WireMutation[]) => Promise<WireMutation[]>;
  sending: (ids: ReadonlySet<string>) => void;
  /** Takes in the results of one batch; resolves when they are kept. */
  onResults: (results: readonly PushResult[]) => Promise<void>;
}

export class Pusher {
  readonly #options: PusherOptions;
  readonly #backoff: Backoff;
  #pushing = false;
  #again = false;

  constructor(options: PusherOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.timers);
  }

  /** Sends whatever waits. Safe to call at any time, any number of times. */
  async run(): Promise<void> {
    this.#again = true;
    if (this.#pushing) return;
    this.#pushing = true;
    try {
      while (this.#again && this.#options.connection() && !this.#backoff.waiting) {
        this.#again = false;
        await this.#push();
      }
    } finally {
      this.#pushing = false;
    }
  }

  async #push(): Promise<void> {
    const { connection, caller, sending, onResults, timers } = this.#options;
    // After a failure one at a time, so that an item that breaks the server holds up nobody else's lane for long.
    const batch = nextBatch(this.#options.items(), this.#backoff.failures === 0 ? LIMITS.pushMutations : 1);
    if (batch.length === 0) return;
    const mutations = await this.#options.seal(batch).catch(() => null);
    if (!mutations) return void this.#backoff.again(() => void this.run());
    const open = connection();
    if (!open) return;
    sending(new Set(mutations.map(({ id }) => id)));
    const answer = await open
      .push({ ...SPEAKS, ...caller(), mutations })
      .catch(() => null)
      .finally(() => sending(new Set()));
    if (!answer) {
      // Whether it arrived is not known: the same is sent again.
      this.#backoff.again(() => void this.run());
      return;
    }
    this.#backoff.reset();
    await onResults(answer.results);
    if (answer.results.some(({ status }) => status === 'not_yet')) timers.after(NOT_YET_WAIT, () => void this.run());
    this.#again ||= answer.results.some(({ status }) => status !== 'not_yet');
  }
}

/** As many waiting items, oldest first, as one request may carry; at least one. */
export function nextBatch(items: readonly OutboxItem[], most: number): WireMutation[] {
  const batch: WireMutation[] = [];
  let bytes = 1_000;
  for (const { id, lane, n, name, version, args, at, state } of items) {
    if (state !== 'waiting' || n === 0) continue;
    const mutation = { id, lane, n, name, version, args, at };
    bytes += new TextEncoder().encode(JSON.stringify(mutation)).length;
    if (batch.length > 0 && (bytes > LIMITS.pushBytes || batch.length === most)) break;
    batch.push(mutation);
  }
  return batch;
}
