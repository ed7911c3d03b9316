/** Clock, other tabs and network awareness of a browser. */
import type { Tabs, TabMessage, Timers } from '../client/ports.ts';

export const browserTimers: Timers = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
};

/** Tabs of one person: a Web Lock says which one leads, a BroadcastChannel carries what they tell each other. */
export function createBrowserTabs(personId: string): Tabs {
  const channel = new BroadcastChannel(`parley-${personId}`);
  const closed = new AbortController();
  const leader = `parley-leader-${personId}`;
  return {
    claim({ steal, granted, lost }) {
      const over = new AbortController();
      const signal = AbortSignal.any([over.signal, closed.signal]);
      const held = () =>
        new Promise<void>((resolve) => {
          if (signal.aborted) return resolve();
          signal.addEventListener('abort', () => resolve());
          granted();
        });
      const request = steal
        ? navigator.locks.request(leader, { steal }, held)
        : navigator.locks.request(leader, { signal }, held);
      // Rejects when another tab steals it, and when this one leaves the line.
      request.catch(() => {
        if (!signal.aborted) lost();
      });
      return () => over.abort();
    },
    visible: () => document.visibilityState === 'visible',
    onVisible(listener) {
      document.addEventListener('visibilitychange', listener, { signal: closed.signal });
      return () => document.removeEventListener('visibilitychange', listener);
    },
    post: (message) => {
      if (!closed.signal.aborted) channel.postMessage(message);
    },
    onMessage(listener) {
      channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => listener(data));
    },
    close() {
      closed.abort();
      channel.close();
    },
  };
}
