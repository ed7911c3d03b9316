/** Unread counts of all threads of a person, kept up to date beside the replica. */
import { UNREAD_SHOWN } from '@parley/core/following';
import { ownGroups } from '@parley/core/groups';
import { notesScope, threadScope, userScope } from '@parley/core/scopes';
import type { FollowLevel } from '@parley/core/thread-settings';
import type { ScopeId } from '@parley/sync/mutator';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import { unreadCount } from './unread.ts';

export interface UnreadCounts {
  /**
   * By thread, only where there is something unread in a thread that is not muted; 0 where none of it counts. Stays the same object while nothing changes.
   */
  get(): ReadonlyMap<string, number>;
  subscribe(listener: () => void): () => void;
}

/** Messages of a thread, or the notes in it, of which some are above the read position. */
interface Candidate {
  threadId: string;
  table: 'message' | 'note';
  scope: ScopeId;
  lastSeq: number;
  readSeq: number;
  at: number;
  level: Exclude<FollowLevel, 'nothing'>;
}

/** Beyond this the number is "99+" whoever wrote them, near enough not to read them all from disk. */
const CERTAIN = 3 * UNREAD_SHOWN;
/** Messages, or notes, of this many threads are held to count them exactly; the others count by place. */
const HELD = 40;

/**
 * Counts what is unread. Whose a message is stands in the message, so those of threads with something above the read
 * position are held in memory while anybody looks at the counts.
 */
export function createUnreadCounts(engine: ParleyEngine, personId: string): UnreadCounts {
  const own = userScope(personId);
  const listeners = new Set<() => void>();
  const held = new Map<ScopeId, () => void>();
  let counts: ReadonlyMap<string, number> = new Map();
  let stops: (() => void)[] = [];
  let due = false;

  const recount = () => {
    due = false;
    const candidates: Candidate[] = [];
    for (const { id, data } of engine.allRows('participation')) {
      const level = engine.row(own, 'threadSetting', id)?.data.level ?? 'all';
      if (data.leftAt !== null || level === 'nothing') continue;
      const position = engine.row(own, 'readPosition', id)?.data;
      const put = (table: Candidate['table'], scope: ScopeId, lastSeq: number, at: number) => {
        const readSeq = (table === 'note' ? position?.noteSeq : position?.seq) ?? 0;
        if (lastSeq > readSeq) candidates.push({ threadId: id, table, scope, lastSeq, readSeq, at, level });
      };
      const thread = engine.row(threadScope(id), 'thread', id)?.data;
      if (thread) put('message', threadScope(id), thread.lastSeq, thread.lastMessage?.at ?? 0);
      const notes = notesScope(id, data.actingOrg);
      const head = engine.row(notes, 'noteHead', id)?.data;
      if (thread && head) put('note', notes, head.lastSeq, head.lastNote.at);
    }
    candidates.sort((one, other) => other.at - one.at);
    hold(candidates.filter(({ lastSeq, readSeq }) => lastSeq - readSeq < CERTAIN).slice(0, HELD));

    const groups = ownGroups(personId, engine.allRows('membership'), engine.allRows('team'));
    const next = new Map<string, number>();
    for (const { threadId, table, scope, lastSeq, readSeq, level } of candidates) {
      const rows = engine.rows(scope, table).map(({ data }) => data);
      const { low, loading } = engine.window(scope);
      // While they are read from disk the last count stands, or it would flash up by one's own messages.
      const count =
        loading && rows.length === 0 && held.has(scope)
          ? (counts.get(threadId) ?? 0)
          : unreadCount({ rows, low, lastSeq, readSeq, personId });
      if (count === 0) continue;
      const selfIds = new Set([...groups, personId, threadId]);
      const counting = level === 'all' ? count : unreadCount({ rows, low, lastSeq, readSeq, personId, level, selfIds });
      next.set(threadId, Math.min((next.get(threadId) ?? 0) + counting, UNREAD_SHOWN + 1));
    }
    if (next.size === counts.size && [...next].every(([id, count]) => counts.get(id) === count)) return;
    counts = next;
    for (const listener of listeners) listener();
  };

  const hold = (wanted: readonly Candidate[]) => {
    const scopes = new Set(wanted.map(({ scope }) => scope));
    for (const [scope, release] of held) {
      if (scopes.has(scope)) continue;
      held.delete(scope);
      release();
    }
    for (const scope of scopes) {
      if (held.has(scope)) continue;
      const close = engine.open(scope);
      const stop = engine.subscribeWindow(scope, schedule);
      held.set(scope, () => {
        stop();
        close();
      });
    }
  };

  // Many rows arrive together; they are counted once.
  const schedule = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      if (stops.length > 0) recount();
      else due = false;
    });
  };

  return {
    get: () => counts,
    subscribe(listener) {
      listeners.add(listener);
      if (stops.length === 0) {
        const tables = [
          ...(['participation', 'thread', 'readPosition', 'threadSetting', 'message'] as const),
          ...(['membership', 'team', 'note', 'noteHead'] as const),
        ];
        stops = tables.map((table) => engine.subscribe(null, table, schedule));
        schedule();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        for (const stop of stops) stop();
        stops = [];
        hold([]);
      };
    },
  };
}
