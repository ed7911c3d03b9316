/** Waits between tries: doubling from half a second to ten seconds, with jitter so that a thousand clients spread out. */
import type { Timers } from './ports.ts';

/** Milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

export class Backoff {
  readonly #timers: Timers;
  #failures = 0;
  #pending: (() => void) | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  get waiting(): boolean {
    return this.#pending !== null;
  }

  /** Counts a failure and runs `act` after the wait that follows from it. @returns the wait in milliseconds */
  again(act: () => void): number {
    this.cancel();
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    const wait = longest * (0.5 + this.#timers.random() / 2);
    this.#failures += 1;
    this.#pending = this.#timers.after(wait, () => {
      this.#pending = null;
      act();
    });
    return wait;
  }

  reset(): void {
    this.cancel();
    this.#failures = 0;
  }

  cancel(): void {
    this.#pending?.();
    this.#pending = null;
  }
}
