/** Whether the person is at this tab. */
import { PRESENCE } from '@parley/core/presence';

const signs = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'touchstart'] as const;

export interface Activity {
  isActive(): boolean;
  stop(): void;
}

/** @param onChange told when they go away and come back */
export function watchActivity(onChange: () => void): Activity {
  const over = new AbortController();
  const { signal } = over;
  let lastAt = Date.now();
  let active = true;
  let timer: ReturnType<typeof setTimeout>;
  // One timer: to set it anew at every movement would cost more than all the rest.
  const look = () => {
    const left = lastAt + PRESENCE.awayAfter - Date.now();
    if (left > 0) timer = setTimeout(look, left);
    else {
      active = false;
      onChange();
    }
  };
  const notice = () => {
    lastAt = Date.now();
    if (active) return;
    active = true;
    look();
    onChange();
  };
  timer = setTimeout(look, PRESENCE.awayAfter);
  for (const sign of signs) window.addEventListener(sign, notice, { signal, passive: true, capture: true });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && notice(), { signal });
  return {
    isActive: () => active,
    stop() {
      over.abort();
      clearTimeout(timer);
    },
  };
}
