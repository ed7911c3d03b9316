/** Lets held items go when their time is over, in whichever tab notices first; the disk decides who was. */
import type { OutboxItem, Storage, Timers } from './ports.ts';

/** Milliseconds an item is held at most, whatever the clock says: it may have been set back meanwhile. */
export const LONGEST_HOLD = 60_000;
/** Milliseconds before a disk that refused is asked again. */
const RETRY = 1_000;

export interface HoldsOptions {
  storage: Pick<Storage, 'release'>;
  timers: Timers;
  items: () => readonly OutboxItem[];
  /** Takes in what now has its place. */
  keep: (released: OutboxItem[]) => Promise<void>;
}

export class Holds {
  readonly #options: HoldsOptions;
  /** The end of the hold that is waited for. */
  #until: number | null = null;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  /** Looks which hold ends first. Cheap, and to be called after every change of the queue. */
  look(): void {
    const { items, timers } = this.#options;
    const ends = items().flatMap(({ heldUntil, state }) =>
      heldUntil === undefined || state !== 'waiting' ? [] : [heldUntil],
    );
    const until = ends.length === 0 ? null : Math.min(...ends);
    if (this.#stopped || until === this.#until) return;
    this.#cancel();
    this.#until = until;
    if (until === null) return;
    const wait = Math.min(Math.max(0, until - timers.now()), LONGEST_HOLD);
    this.#cancel = timers.after(wait, () => void this.#end(until));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #end(until: number): Promise<void> {
    const { storage, items, keep, timers } = this.#options;
    const due = items().filter(({ heldUntil }) => heldUntil !== undefined && heldUntil <= until);
    try {
      await keep(await storage.release(due.map(({ id }) => id)));
    } catch {
      if (this.#stopped) return;
      this.#cancel = timers.after(RETRY, () => void this.#end(until));
    }
  }
}
