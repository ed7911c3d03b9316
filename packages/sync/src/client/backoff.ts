/** Waits between tries: any part of a bound that doubles, so that clients that lost their server at once come back spread. */
import type { Timers } from './ports.ts';

/** Milliseconds. What fails at once must not spin. */
const SHORTEST_WAIT = 50;
const FIRST_BOUND = 1_000;
const LONGEST_BOUND = 10_000;

export interface Retry {
  /** Milliseconds between two tries at most. */
  longestMs?: number;
  /** Tries of the connection in a row, all in vain, after which it rests until there is a reason for another; absent, it never does. */
  tries?: number;
}

export class Backoff {
  readonly #timers: Timers;
  readonly #longest: number;
  #failures = 0;
  #pending: (() => void) | null = null;

  constructor(timers: Timers, { longestMs = LONGEST_BOUND }: Retry = {}) {
    this.#timers = timers;
    this.#longest = Math.max(SHORTEST_WAIT, longestMs);
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
    const bound = Math.min(this.#longest, FIRST_BOUND * 2 ** this.#failures);
    const wait = SHORTEST_WAIT + this.#timers.random() * (bound - SHORTEST_WAIT);
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
