/**
 * The tabs of one person in one browser, in one process. They wait for the lead in line as for a Web Lock, and a tab that
 * is frozen keeps it, as it does in a browser: it hears of nothing until it thaws.
 */
import type { Claim, TabMessage, Tabs } from '../client/ports.ts';

export interface TestTab extends Tabs {
  /** Nothing that others do reaches it, until it thaws. */
  freeze(): void;
  thaw(): void;
  setVisible(visible: boolean): void;
  /** Whether it has the lead, frozen or not. */
  leads(): boolean;
}

export interface TabGroup {
  open(): TestTab;
}

export function createTabGroup(): TabGroup {
  interface Waiting {
    claim: Claim;
    reach: (act: () => void) => void;
  }
  const listeners = new Map<object, (message: TabMessage) => void>();
  const line: Waiting[] = [];
  let leader: Waiting | null = null;

  const elect = () => {
    if (leader) return;
    leader = line.shift() ?? null;
    const { claim, reach } = leader ?? {};
    if (claim) reach?.(() => queueMicrotask(() => leader?.claim === claim && claim.granted()));
  };
  const leave = (waiting: Waiting) => {
    const place = line.indexOf(waiting);
    if (place >= 0) line.splice(place, 1);
    if (leader === waiting) leader = null;
    elect();
  };

  return {
    open() {
      const own = {};
      const claims = new Set<Waiting>();
      const watchers = new Set<() => void>();
      const held: (() => void)[] = [];
      let frozen = false;
      let visible = true;
      const reach = (act: () => void) => {
        if (frozen) held.push(act);
        else act();
      };
      return {
        claim(claim) {
          const waiting = { claim, reach };
          claims.add(waiting);
          if (claim.steal && leader) {
            const robbed = leader;
            robbed.reach(() => queueMicrotask(() => robbed.claim.lost()));
            leader = null;
          }
          if (claim.steal) line.unshift(waiting);
          else line.push(waiting);
          elect();
          return () => {
            claims.delete(waiting);
            leave(waiting);
          };
        },
        visible: () => visible,
        onVisible(listener) {
          watchers.add(listener);
          return () => watchers.delete(listener);
        },
        post(message) {
          const copy = structuredClone(message);
          for (const [tab, listener] of listeners) if (tab !== own) queueMicrotask(() => listener(copy));
        },
        onMessage: (listener) => listeners.set(own, (message) => reach(() => listener(message))),
        close() {
          listeners.delete(own);
          for (const waiting of claims) leave(waiting);
        },
        freeze: () => {
          frozen = true;
        },
        thaw() {
          frozen = false;
          for (const act of held.splice(0)) act();
        },
        setVisible(value) {
          visible = value;
          for (const watcher of watchers) watcher();
        },
        leads: () => leader !== null && claims.has(leader),
      };
    },
  };
}
