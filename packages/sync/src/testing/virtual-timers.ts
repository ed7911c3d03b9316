/** A clock that stands still until a test moves it. */
import type { Timers } from '../client/ports.ts';

export interface VirtualTimers extends Timers {
  /** Lets `ms` milliseconds go by: what falls due runs in its order, each followed by all that it sets off. */
  advance(ms: number): Promise<void>;
}

export function createVirtualTimers(random: () => number = () => 0.5): VirtualTimers {
  const due = new Set<{ at: number; act: () => void }>();
  let now = 0;
  return {
    now: () => now,
    random,
    after(ms, act) {
      const timer = { at: now + ms, act };
      due.add(timer);
      return () => due.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      await settled();
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        due.delete(next);
        now = next.at;
        next.act();
        await settled();
      }
      now = end;
    },
  };
}

/** Everything that waits for nothing but promises is done. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
