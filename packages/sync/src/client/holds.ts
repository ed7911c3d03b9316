/** Lets held items go when their time is over, in whichever tab notices first; the disk decides who was. */
import type { OutboxItem, Storage, Timers } from './ports.ts';

/** Milliseconds an item is held at most, whatever the clock says: it may have been set back meanwhile. */
export const LONGEST_HOLD = 60_000;
/** Milliseconds before the disk is asked again. */
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
  /** How to stop waiting for the end of each hold, by item. */
  readonly #waits = new Map<string, () => void>();
  #stopped = false;

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  /** Waits for holds that are new, and no longer for those that are over. Cheap, and to be called after every change of the queue. */
  look(): void {
    if (this.#stopped) return;
    const { items, timers } = this.#options;
    const held = new Map(
      items().flatMap(({ id, heldUntil, state }) =>
        heldUntil === undefined || state !== 'waiting' ? [] : [[id, heldUntil]],
      ),
    );
    for (const [id, cancel] of this.#waits) {
      if (held.has(id)) continue;
      cancel();
      this.#waits.delete(id);
    }
    for (const [id, until] of held) {
      if (this.#waits.has(id)) continue;
      const wait = Math.min(Math.max(0, until - timers.now()), LONGEST_HOLD);
      this.#waits.set(
        id,
        timers.after(wait, () => void this.#end(id, until)),
      );
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#waits.values()) cancel();
  }

  /** Together with those that end at the same time: the disk knows their order. */
  async #end(id: string, until: number): Promise<void> {
    const { storage, items, keep, timers } = this.#options;
    // Once more, for as long as it is held: the disk may refuse, or not have it yet.
    const again = timers.after(RETRY, () => void this.#end(id, until));
    this.#waits.set(id, again);
    const due = items().filter(({ heldUntil }) => heldUntil === until);
    await storage
      .release(due.map((item) => item.id))
      .then(keep)
      .catch(() => undefined);
  }
}
