/** The tabs of one person in one browser, in one process: the oldest that is open leads. */
import type { TabMessage, Tabs } from '../client/ports.ts';

export interface TabGroup {
  open(): Tabs;
}

export function createTabGroup(): TabGroup {
  interface Member {
    lead: (() => () => void) | null;
    end: (() => void) | null;
    listener: ((message: TabMessage) => void) | null;
  }
  const members: Member[] = [];
  const elect = () => {
    const first = members.find(({ lead }) => lead !== null);
    if (first?.lead && !members.some(({ end }) => end !== null)) first.end = first.lead();
  };
  return {
    open() {
      const own: Member = { lead: null, end: null, listener: null };
      members.push(own);
      return {
        lead(lead) {
          own.lead = lead;
          elect();
        },
        post(message) {
          const copy = structuredClone(message);
          for (const other of members) if (other !== own) queueMicrotask(() => other.listener?.(copy));
        },
        onMessage(listener) {
          own.listener = listener;
        },
        close() {
          const index = members.indexOf(own);
          if (index >= 0) members.splice(index, 1);
          own.end?.();
          elect();
        },
      };
    },
  };
}
