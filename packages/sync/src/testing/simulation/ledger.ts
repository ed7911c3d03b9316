/** What people did, to be held against what became of it. */
import type { Database } from './database.ts';
import { threadScope } from './program.ts';

/** One message or one token: something that must be there once. */
export interface Composed {
  id: string;
  kind: 'message' | 'token';
  author: string;
  thread: string;
  /** Of the tab that it was composed in; what one tab does in a thread keeps its order. */
  tab: string;
  device: string;
  /** `saving`: the device has not said that it is safe. `unsafe`: it has said that it is not. */
  state: 'saving' | 'saved' | 'unsafe';
  /** Its place among what its tab did, unless it was held or sent again. */
  order: number | null;
  /** Why it need not be anywhere, such as that the person discarded it. */
  excuse: string | null;
  /** There may be a second copy of it, in a profile that was cloned. */
  cloned: boolean;
  /** The draft that it was. */
  draft: string | null;
}

export class Ledger {
  readonly composed = new Map<string, Composed>();

  add(composed: Composed): void {
    this.composed.set(composed.id, composed);
  }

  excuse(ids: Iterable<string>, why: string): void {
    for (const id of ids) {
      const composed = this.composed.get(id);
      if (composed) composed.excuse ??= why;
    }
  }

  /** Those that the database has. */
  there(database: Database): Set<string> {
    const there = new Set<string>();
    for (const { id, kind, thread } of this.composed.values()) {
      if (kind === 'message' && database.row('message', threadScope(thread), id)) there.add(id);
      if (kind === 'token' && database.row('tally', threadScope(thread), 'tally')?.tokens.includes(id)) there.add(id);
    }
    return there;
  }
}

/** What an item of the outbox is about, where that is something composed. */
export function composedIn({ name, args }: { name: string; args: unknown }): string | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  if (name === 'send' && 'id' in args && typeof args.id === 'string') return args.id;
  if (name === 'count' && 'token' in args && typeof args.token === 'string') return args.token;
  return undefined;
}
