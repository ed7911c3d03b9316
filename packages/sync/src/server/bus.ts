/** Carries commits between the processes of one installation. A port: in one process, or over Redis. */
import type { Commit } from './commit.ts';

export interface BusListener {
  /** A commit of any process, this one included; each at most once. */
  commit(commit: Commit): void;
  /** Commits may have been missed. */
  gap(): void;
}

export interface Bus {
  /** Neither throws nor waits. Commits are hints: one that cannot be carried is given up. */
  publish(commit: Commit): void;
  /** Returns how to stop. */
  subscribe(listener: BusListener): () => void;
  close(): Promise<void>;
}

/** For an installation of a single process. */
export function createLocalBus(): Bus {
  const listeners = new Set<BusListener>();
  return {
    publish(commit) {
      for (const listener of listeners) listener.commit(commit);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
    },
  };
}
