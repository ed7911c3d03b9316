/** How often it is said that somebody types, and when that they have stopped. */
import { PRESENCE } from '@parley/core/presence';

export interface TypingPace {
  /** A key. */
  key(): void;
  /** Sent, emptied, left. */
  rest(): void;
}

/** @param say told another number each time; `undefined` at the end */
export function createTypingPace(say: (count: number | undefined) => void, now = Date.now): TypingPace {
  let saidAt: number | null = null;
  let count = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const rest = () => {
    clearTimeout(silence);
    if (saidAt === null) return;
    saidAt = null;
    say(undefined);
  };
  return {
    key() {
      clearTimeout(silence);
      silence = setTimeout(rest, PRESENCE.typingSilence);
      if (saidAt !== null && now() - saidAt < PRESENCE.typingAgain) return;
      saidAt = now();
      count += 1;
      say(count);
    },
    rest,
  };
}
