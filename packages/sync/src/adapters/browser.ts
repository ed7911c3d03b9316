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
  return {
    lead(lead) {
      const held = () =>
        new Promise<void>((resolve) => {
          if (closed.signal.aborted) return resolve();
          const end = lead();
          closed.signal.addEventListener('abort', () => {
            end();
            resolve();
          });
        });
      // Closing before the lock was granted is the only way to fail, and then nobody waits for it.
      navigator.locks.request(`parley-leader-${personId}`, { signal: closed.signal }, held).catch(() => {});
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
