/** Time and order of a simulation: one event after another, each followed by all the promises that it sets off. */
import { setImmediate } from 'node:timers';

interface Event {
  at: number;
  order: number;
  label: string;
  act: (() => void) | null;
}

export class Clock {
  /** Milliseconds since the simulation began. Never goes back, whatever the devices' own clocks say. */
  now = 0;
  /** Of everything that has happened, in its order. */
  hash = 0x811c9dc5;
  events = 0;
  /** The first thing that must not have happened; time stands still from then on. */
  failure: Error | null = null;
  readonly #heap: Event[] = [];
  #order = 0;

  /** Returns how to call it off. */
  after(ms: number, label: string, act: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, ms), order: (this.#order += 1), label, act };
    this.#push(event);
    return () => {
      event.act = null;
    };
  }

  fail(error: Error): void {
    this.failure ??= error;
  }

  /** Mixes a word into the hash. */
  mark(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      this.hash = Math.imul(this.hash ^ text.charCodeAt(index), 0x01000193);
    }
  }

  /** Lets `ms` milliseconds go by. Rejects where an event throws. */
  run(ms: number): Promise<void> {
    const end = this.now + ms;
    return new Promise((resolve, reject) => {
      // Promises are done between two immediates, all of them.
      const step = () => {
        try {
          if (this.failure) return reject(this.failure);
          const event = this.#next(end);
          if (!event) {
            this.now = end;
            return resolve();
          }
          this.now = event.at;
          this.events += 1;
          this.mark(event.label);
          this.hash = Math.imul(this.hash ^ (event.at * 1_000), 0x01000193);
          event.act?.();
          setImmediate(step);
        } catch (error) {
          reject(error);
        }
      };
      setImmediate(step);
    });
  }

  #next(end: number): Event | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (!first || first.at > end) return undefined;
      this.#pop();
      if (first.act) return first;
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, event)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      let below = heap[child];
      if (!below) break;
      const right = heap[child + 1];
      if (right && isBefore(right, below)) [child, below] = [child + 1, right];
      if (isBefore(last, below)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
