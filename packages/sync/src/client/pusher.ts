/**
 * Sends the outbox: in order inside each lane, one batch at a time, again and again until the server has answered for
 * each item. The server keeps every result, so sending twice does nothing twice.
 */
import { LIMITS, SPEAKS } from '../limits.ts';
import type { PushResponse, WireMutation } from '../protocol.ts';
import { Backoff, type Retry } from './backoff.ts';
import type { Connection, OutboxItem, Timers } from './ports.ts';

/** Milliseconds before a lane is tried again whose first item waits for something. */
const NOT_YET_WAIT = 1_000;

export interface PusherOptions {
  connection: () => Pick<Connection, 'push'> | null;
  timers: Timers;
  retry?: Retry | undefined;
  caller: () => { personId: string; clientId: string; incarnation: string | null };
  items: () => readonly OutboxItem[];
  /** Keeps what is about to be sent from being changed; gives it as it is now. */
  seal: (batch: WireMutation[]) => Promise<WireMutation[]>;
  sending: (ids: ReadonlySet<string>) => void;
  /** Takes in the results of one batch; resolves when they are kept. */
  onResults: (answer: PushResponse) => Promise<void>;
}

export class Pusher {
  readonly #options: PusherOptions;
  readonly #backoff: Backoff;
  /** Lanes whose first item waits for something that is not in this queue's hands. */
  #resting: ReadonlySet<string> = new Set();
  #pushing = false;
  #again = false;

  constructor(options: PusherOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.timers, options.retry);
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
    const { connection, sending, onResults, timers } = this.#options;
    // Of the same moment as the items: their places count for this client.
    const caller = this.#options.caller();
    // After a failure one at a time, so that an item that breaks the server holds up nobody else's lane for long.
    const batch = nextBatch(
      this.#options.items(),
      this.#resting,
      this.#backoff.failures === 0 ? LIMITS.pushMutations : 1,
      caller.clientId,
    );
    if (batch.length === 0) return;
    const mutations = await this.#options.seal(batch).catch(() => null);
    if (!mutations) return void this.#backoff.again(() => void this.run());
    const open = connection();
    if (!open) return;
    sending(new Set(mutations.map(({ id }) => id)));
    const answer = await open
      .push({ ...SPEAKS, ...caller, mutations })
      .catch(() => null)
      .finally(() => sending(new Set()));
    if (!answer) {
      // Whether it arrived is not known: the same is sent again.
      this.#backoff.again(() => void this.run());
      return;
    }
    this.#backoff.reset();
    try {
      await onResults(answer);
    } catch {
      // The disk refuses: the same is asked again, and answered as before.
      return void this.#backoff.again(() => void this.run());
    }
    this.#again = true;
    const waits = new Set(answer.results.flatMap(({ id, status }) => (status === 'not_yet' ? [id] : [])));
    if (waits.size === 0) return;
    this.#resting = this.#resting.union(new Set(mutations.flatMap(({ id, lane }) => (waits.has(id) ? [lane] : []))));
    timers.after(NOT_YET_WAIT, () => {
      this.#resting = new Set();
      void this.run();
    });
  }
}

/**
 * As many waiting items, oldest first, as one request may carry; at least one, where there is one outside of the lanes that
 * rest and of those with a place that counts for another client. Each names what it depends on, as long as the server has
 * not answered for that.
 */
export function nextBatch(
  items: readonly OutboxItem[],
  resting: ReadonlySet<string>,
  most: number,
  clientId: string,
): WireMutation[] {
  const batch: WireMutation[] = [];
  const queued = items.filter(hasPlace);
  const unanswered = new Set(queued.map(({ id }) => id));
  const closed = resting.union(new Set(queued.flatMap((item) => (countsFor(item, clientId) ? [] : [item.lane]))));
  let bytes = 1_000;
  for (const { id, lane, n, name, version, args, at, after = [] } of queued) {
    if (closed.has(lane)) continue;
    const named = after.filter((other) => unanswered.has(other)).slice(0, LIMITS.pushAfter);
    const mutation = { id, lane, n, name, version, args, at, ...(named.length > 0 && { after: named }) };
    bytes += new TextEncoder().encode(JSON.stringify(mutation)).length;
    if (batch.length > 0 && (bytes > LIMITS.pushBytes || batch.length === most)) break;
    batch.push(mutation);
  }
  return batch;
}

/** It waits in its lane to be sent, and is not held or parked outside of it. */
export const hasPlace = ({ state, n }: OutboxItem): boolean => state === 'waiting' && n > 0;

export const countsFor = ({ client, n }: OutboxItem, clientId: string): boolean =>
  n === 0 || client === undefined || client === clientId;
