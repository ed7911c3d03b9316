/** What people did, to be held against what became of it. */
import type { ScopeId } from '../../mutator.ts';
import type { Database } from './database.ts';
import { pagedTable, threadScope, userScope } from './program.ts';

/** One message, one token or one piece of a draft: something that must be there once. */
export interface Composed {
  id: string;
  kind: 'message' | 'token' | 'typed';
  author: string;
  thread: string;
  /** Of the thread, or of the notes in it that a message is one of. */
  scope: ScopeId;
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
  /** Was still queued when the server forgot its results: sent under another client id, it may be done again ([PUSH5]). */
  readonly outlived = new Set<string>();

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
    for (const { id, kind, author, thread, scope } of this.composed.values()) {
      if (kind === 'message' && database.row(pagedTable(scope), scope, id)) there.add(id);
      if (kind === 'token' && database.row('tally', threadScope(thread), 'tally')?.tokens.includes(id)) there.add(id);
      if (kind === 'typed' && typedIn(database.row('draft', userScope(author), thread)?.text).includes(id))
        there.add(id);
    }
    return there;
  }
}

/** Pieces of a draft. */
export const typedIn = (text = ''): string[] => text.match(/key-\d+/g) ?? [];

/** What an item of the outbox is about, where that is something composed. */
export function composedIn({ name, args }: { name: string; args: unknown }): string[] {
  if (typeof args !== 'object' || args === null) return [];
  const isSent = name === 'send' || name === 'sendNote';
  if (isSent && 'id' in args && typeof args.id === 'string') return [args.id];
  if (name === 'count' && 'token' in args && typeof args.token === 'string') return [args.token];
  if (name === 'type' && 'text' in args && typeof args.text === 'string') return typedIn(args.text);
  return [];
}
