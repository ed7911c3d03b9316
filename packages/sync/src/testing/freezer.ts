/**
 * Stops the clock and the network of one tab, as a browser does that freezes it: the sockets stay open, requests stay on
 * their way, and everything that came meanwhile comes at once when it thaws, before the tab hears of anything else.
 */
import type { Connection, Network, Timers } from '../client/ports.ts';

export interface Freezer {
  freeze(): void;
  thaw(): void;
  timers(timers: Timers): Timers;
  network(network: Network): Network;
}

export function createFreezer(): Freezer {
  let frozen: PromiseWithResolvers<void> | null = null;
  let held: (() => void)[] = [];
  const reach = (act: () => void) => {
    if (frozen) held.push(act);
    else act();
  };
  const answer = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
    await call.catch(() => {});
    await frozen?.promise;
    return call;
  };
  return {
    freeze() {
      frozen ??= Promise.withResolvers();
    },
    thaw() {
      const acts = held;
      frozen?.resolve();
      frozen = null;
      held = [];
      for (const act of acts) act();
    },
    timers: (timers) => ({
      now: () => timers.now(),
      random: () => timers.random(),
      after(ms, act) {
        let off = false;
        const cancel = timers.after(ms, () => reach(() => off || act()));
        return () => {
          off = true;
          cancel();
        };
      },
    }),
    network: (network) => ({
      online: () => network.online(),
      onOnline: (listener) => network.onOnline(() => reach(listener)),
      connect(caller, events): Connection {
        let closed = false;
        const connection = network.connect(caller, {
          live: (event) => reach(() => closed || events.live(event)),
          closed: (reason) => reach(() => closed || events.closed(reason)),
        });
        return {
          pull: (request) => answer(connection.pull(request)),
          push: (request) => answer(connection.push(request)),
          page: (request) => answer(connection.page(request)),
          audit: (request) => answer(connection.audit(request)),
          close() {
            closed = true;
            connection.close();
          },
        };
      },
    }),
  };
}
