/** Carries commits between the processes of one installation. A port: in one process, or over Redis. */
import type { ScopeId } from '../mutator.ts';
import type { Commit } from './commit.ts';

/** What is told beside commits and is worth nothing a moment later: who is there, who types. */
export interface Whisper {
  /** Those of one scope arrive in the order in which a process told them. */
  scope: ScopeId;
  /** As JSON carries it. */
  said: unknown;
}

export interface BusListener {
  /** A commit of any process, this one included; each at most once. */
  commit(commit: Commit): void;
  /** A whisper of any process, this one included; each at most once. */
  whisper?(whisper: Whisper): void;
  /** Commits and whispers may have been missed. */
  gap(): void;
}

export interface Bus {
  /** Neither throws nor waits. Commits are hints: one that cannot be carried is given up. */
  publish(commit: Commit): void;
  /** The same for what is told beside commits. */
  whisper(whisper: Whisper): void;
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
    whisper(whisper) {
      for (const listener of listeners) listener.whisper?.(whisper);
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
