import type { ScopeId } from '../mutator.ts';
import type { WireRow } from '../protocol.ts';

/** A scope that a committed transaction moved from one version to the next. */
export interface ScopeChange {
  scope: ScopeId;
  from: number;
  to: number;
  /** All rows that changed; `null` where they are too many for a poke. */
  rows: WireRow[] | null;
  /** Its readers; `null` where they are too many to name. */
  recipients: string[] | null;
}

/** What others are told after a commit. Only a hint: who misses it pulls later. */
export interface Commit {
  changes: ScopeChange[];
  /** Who is no longer a reader of what. */
  lost: { scope: ScopeId; personId: string }[];
}

export type Publish = (commit: Commit) => void;
